/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static struct why why;

static int here(void)
{
    return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static enum outcome read_here(const char *name, size_t limit, uid_t owner, struct text **text)
{
    fd_auto folder = here();
    return file_read(folder, name, limit, owner, text, &why);
}

static void round_trip(void **state)
{
    fd_auto folder = here();
    text_auto *text = NULL;
    struct stat st;

    (void)state;
    (void)umask(0);
    assert_int_equal(file_write(folder, "one", "first", 5, &why), 0);
    assert_int_equal(file_write(folder, "one", "a\0b", 3, &why), 0);
    assert_int_equal(file_read(folder, "one", 3, geteuid(), &text, &why), 0);
    assert_int_equal(text_length(text), 3);
    assert_memory_equal(text_peek(text), "a\0b", 3);
    assert_int_equal(stat("one", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void absent(void **state)
{
    text_auto *text = NULL;

    (void)state;
    assert_int_equal(read_here("absent", 10, geteuid(), &text), OUTCOME_OK);
    assert_null(text);
}

static void too_large(void **state)
{
    text_auto *text = NULL;

    (void)state;
    test_write("large", "0123456789", 10);
    test_reason(read_here("large", 9, geteuid(), &text), &why, REASON_BAD_SETTING,
                "more than 9 bytes");
    assert_null(text);
}

static void link_read(void **state)
{
    text_auto *text = NULL;

    (void)state;
    test_write("target", "x", 1);
    assert_int_equal(symlink("target", "link"), 0);
    test_reason(read_here("link", 10, geteuid(), &text), &why, REASON_OTHER_OWNER, "is a link");
}

static void no_file(void **state)
{
    text_auto *text = NULL;

    (void)state;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    test_reason(read_here("fifo", 10, geteuid(), &text), &why, REASON_OTHER_OWNER,
                "no regular file");
    assert_int_equal(mkdir("folder", 0700), 0);
    test_reason(read_here("folder", 10, geteuid(), &text), &why, REASON_OTHER_OWNER,
                "no regular file");
}

static void writable_by_others(void **state)
{
    text_auto *text = NULL;

    (void)state;
    test_write("open", "x", 1);
    assert_int_equal(chmod("open", 0620), 0);
    test_reason(read_here("open", 10, geteuid(), &text), &why, REASON_OTHER_OWNER, "mode 620");
    assert_int_equal(chmod("open", 0602), 0);
    test_reason(read_here("open", 10, geteuid(), &text), &why, REASON_OTHER_OWNER, "mode 602");
    assert_int_equal(read_here("open", 10, (uid_t)-1, &text), OUTCOME_OK);
}

static void other_owner(void **state)
{
    text_auto *text = NULL;
    fd_auto fd = -1;

    (void)state;
    if (geteuid())
        test_skip("only root can give a file away");
    test_write("theirs", "x", 1);
    assert_int_equal(chown("theirs", 65534, 65534), 0);
    test_reason(read_here("theirs", 10, geteuid(), &text), &why, REASON_OTHER_OWNER,
                "belongs to user 65534");
    assert_int_equal(mkdir("their-folder", 0700), 0);
    assert_int_equal(chown("their-folder", 65534, 65534), 0);
    test_reason(file_open_folder(".", "their-folder", &fd, &why), &why, REASON_OTHER_OWNER,
                "belongs to user 65534");
    assert_int_equal(fd, -1);
}

static enum outcome secret_here(const char *name, size_t limit, struct secret **secret)
{
    fd_auto folder = here();
    return file_read_secret(folder, name, limit, geteuid(), secret, &why);
}

static void secret_file(void **state)
{
    static const struct {
        const char *written, *read; /* NULL: it is too large */
    } rows[] = {
        { "12345678", "12345678" },
        { "12345678\n", "12345678" },
        { "1\n\n", "1\n" },
        { "", "" },
        { "\n", "" },
        { "12\r\n", "12\r" },
        { "123456789", NULL },
        { "123456789\n", NULL },
        { "12345678\n9", NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        secret_auto *secret = NULL;
        test_write("secret", rows[i].written, strlen(rows[i].written));
        enum outcome out = secret_here("secret", 8, &secret);
        if (rows[i].read)
            assert_string_equal(secret_peek(secret), rows[i].read);
        else
            test_reason(out, &why, REASON_BAD_SETTING, "more than 8 bytes");
    }
}

/* It is opened as any other file is. */
static void secret_distrusted(void **state)
{
    secret_auto *secret = NULL;

    (void)state;
    assert_int_equal(secret_here("no-secret", 8, &secret), OUTCOME_OK);
    assert_null(secret);
    test_write("secret", "x", 1);
    assert_int_equal(symlink("secret", "secret-link"), 0);
    test_reason(secret_here("secret-link", 8, &secret), &why, REASON_OTHER_OWNER, "is a link");
    assert_int_equal(chmod("secret", 0602), 0);
    test_reason(secret_here("secret", 8, &secret), &why, REASON_OTHER_OWNER, "mode 602");
    assert_null(secret);
}

static void link_replaced(void **state)
{
    fd_auto folder = here();
    char bytes[16];
    struct stat st;

    (void)state;
    test_write("victim", "keep me", 7);
    assert_int_equal(symlink("victim", "pretty"), 0);
    assert_int_equal(file_write(folder, "pretty", "new", 3, &why), 0);
    assert_int_equal(lstat("pretty", &st), 0);
    assert_true(S_ISREG(st.st_mode));
    (void)test_read("victim", bytes, sizeof bytes);
    assert_string_equal(bytes, "keep me");
}

/* How many names a folder holds. */
static int count(const char *path)
{
    int n = 0;
    DIR *dir = opendir(path);

    assert_non_null(dir);
    while (readdir(dir))
        n++;
    (void)closedir(dir);
    return n - 2;
}

static int on_full_disk(void *data)
{
    static char many[65536];
    char bytes[16];
    fd_auto folder = -1;

    (void)data;
    if (!test_small_disk("disk", "16k"))
        return 77;
    folder = open("disk", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file_write(folder, "file", "old", 3, &why))
        return 1;
    test_reason(file_write(folder, "file", many, sizeof many, &why), &why, REASON_CANNOT_WRITE,
                "No space left");
    (void)test_read("disk/file", bytes, sizeof bytes);
    return strcmp(bytes, "old") != 0 || count("disk") != 1;
}

static void full_disk(void **state)
{
    (void)state;
    assert_int_equal(mkdir("disk", 0700), 0);
    int status = test_child(on_full_disk, NULL);
    if (status == 77)
        test_skip("no tmpfs can be mounted in a namespace here");
    assert_int_equal(status, 0);
}

static void name_too_long(void **state)
{
    fd_auto folder = here();
    char name[300];

    (void)state;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    test_reason(file_write(folder, name, "x", 1, &why), &why, REASON_CANNOT_WRITE, "too long");
}

static void removes(void **state)
{
    fd_auto folder = here();

    (void)state;
    test_write("gone", "x", 1);
    assert_int_equal(file_remove(folder, "gone", &why), 0);
    assert_int_equal(file_remove(folder, "gone", &why), 0);
    assert_int_equal(access("gone", F_OK), -1);
    assert_int_equal(mkdir("stays", 0700), 0);
    test_reason(file_remove(folder, "stays", &why), &why, REASON_CANNOT_WRITE, "stays");
}

static void makes_folder(void **state)
{
    fd_auto fd = -1, again = -1;
    struct stat st;

    (void)state;
    (void)umask(0);
    assert_int_equal(file_open_folder("parent", "child", &fd, &why), 0);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(file_open_folder("parent", "child", &again, &why), 0);
}

static void refuses_folder(void **state)
{
    fd_auto fd = -1;

    (void)state;
    test_reason(file_open_folder("no/where", "child", &fd, &why), &why, REASON_CANNOT_WRITE,
                "no/where");
    assert_int_equal(mkdir("real", 0700), 0);
    assert_int_equal(symlink("real", "alias"), 0);
    test_reason(file_open_folder(".", "alias", &fd, &why), &why, REASON_OTHER_OWNER, "alias");
    test_write("plain", "x", 1);
    test_reason(file_open_folder(".", "plain", &fd, &why), &why, REASON_OTHER_OWNER, "plain");
    assert_int_equal(mkdir("loose", 0700), 0);
    assert_int_equal(chmod("loose", 0770), 0);
    test_reason(file_open_folder(".", "loose", &fd, &why), &why, REASON_OTHER_OWNER, "mode 770");
    assert_int_equal(fd, -1);
}

FACTS(FACT(secret_file, "file_read_secret: what is in it, without the line break at its end"),
      FACT(secret_distrusted, "file_read_secret: a link and one that others may write are refused"),
      FACT(round_trip, "file_write: replaces the file, mode 0600 whatever the umask"),
      FACT(absent, "file_read: an absent file is OK and no text"),
      FACT(too_large, "file_read: one byte over the limit is refused"),
      FACT(link_read, "file_read: a link is not followed"),
      FACT(no_file, "file_read: a FIFO or folder is refused without waiting"),
      FACT(writable_by_others, "file_read: a file that others may write is refused"),
      FACT(other_owner, "file_read: another owner's file or folder is refused"),
      FACT(link_replaced, "file_write: a link is replaced, its target untouched"),
      FACT(full_disk, "file_write: on a full disk the old file stays, nothing beside it"),
      FACT(name_too_long, "file_write: a name that is too long is refused"),
      FACT(removes, "file_remove: an absent file is fine"),
      FACT(makes_folder, "file_open_folder: makes folder and parent, mode 0700"),
      FACT(refuses_folder, "file_open_folder: links, files and loose folders are refused"))
