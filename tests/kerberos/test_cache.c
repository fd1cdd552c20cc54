/* SPDX-License-Identifier: MIT */
#include "kerberos/signed_in.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void writes(void **state)
{
    char where[300];
    struct ticket ticket;
    struct stat st;

    (void)state;
    (void)umask(0);
    const char *name = cache_name("FILE", "first");
    assert_int_equal(sign_in(name, "alice@CORP.EXAMPLE", where, sizeof where), 0);
    assert_string_equal(where, name);
    assert_int_equal(stat("first", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(find(name, NULL, "alice@CORP.EXAMPLE", &ticket), 0);
    assert_string_equal(ticket.principal, "alice@CORP.EXAMPLE");
    assert_string_equal(ticket.user, "alice");
    assert_string_equal(ticket.realm, "CORP.EXAMPLE");
    assert_string_equal(ticket.cache, name);
    assert_true(ticket.is_default);
    assert_int_equal(ticket.end, 2000000000);
    assert_int_equal(ticket.renewable_end, 2000600000);
    assert_int_equal(sign_in(name, "alice@CORP.EXAMPLE", where, sizeof where), 0);
    assert_string_equal(where, name);
}

static size_t files_of(const char *path)
{
    DIR *folder = opendir(path);
    size_t count = 0;

    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder));)
        count += *entry->d_name != '.';
    (void)closedir(folder);
    return count;
}

/* Who has opened the file reads on in what it was. */
static void at_once(void **state)
{
    char where[300], before[4096], after[4096];

    (void)state;
    assert_int_equal(mkdir("alone", 0700), 0);
    assert_int_equal(
        sign_in(cache_name("FILE", "alone/x"), "alice@CORP.EXAMPLE", where, sizeof where), 0);
    int fd = open("alone/x", O_RDONLY);
    size_t length = test_read("alone/x", before, sizeof before);
    assert_int_equal(truncate("alone/x", 0), 0); /* no ticket: for anybody */
    assert_int_equal(sign_in(where, "alice@CORP.EXAMPLE", where, sizeof where), 0);
    assert_int_equal(read(fd, after, sizeof after), 0);
    assert_int_equal(test_read("alone/x", after, sizeof after), length);
    assert_int_equal(files_of("alone"), 1);
    (void)close(fd);
}

static void other_in_file(void **state)
{
    char before[4096], after[4096], where[300], again[300];
    struct ticket ticket;
    struct stat st, now;

    (void)state;
    (void)umask(0);
    assert_int_equal(sign_in(cache_name("FILE", "bobs"), "bob@CORP.EXAMPLE", where, sizeof where),
                     0);
    size_t length = test_read("bobs", before, sizeof before);
    assert_int_equal(stat("bobs", &st), 0);
    const char *name = cache_name("FILE", "bobs");
    assert_int_equal(sign_in(name, "alice@CORP.EXAMPLE", where, sizeof where), 0);
    assert_string_equal(where, cache_name("FILE", "bobs.alice@CORP.EXAMPLE"));
    assert_int_equal(test_read("bobs", after, sizeof after), length);
    assert_memory_equal(before, after, length);
    assert_int_equal(stat("bobs", &now), 0);
    assert_int_equal(st.st_ino, now.st_ino);
    assert_int_equal(stat("bobs.alice@CORP.EXAMPLE", &now), 0);
    assert_int_equal(now.st_mode & 07777, 0600);
    name = cache_name("FILE", "bobs");
    assert_int_equal(sign_in(name, "alice@CORP.EXAMPLE", again, sizeof again), 0);
    assert_string_equal(where, again);
    assert_int_equal(find(cache_name("FILE", "bobs"), NULL, "alice@CORP.EXAMPLE", &ticket), 0);
    assert_string_equal(ticket.cache, where);
    assert_false(ticket.is_default);
}

static void strange_names(void **state)
{
    char where[300];

    (void)state;
    assert_int_equal(sign_in(cache_name("FILE", "x"), "bob@CORP.EXAMPLE", where, sizeof where), 0);
    assert_int_equal(
        sign_in(cache_name("FILE", "x"), "..\\/..\\/a b\xc3\xbc@CORP.EXAMPLE", where, sizeof where),
        0);
    assert_null(strchr(strrchr(where, '/') + 1, ' '));
    assert_string_equal(where, cache_name("FILE", "x...__..__a_b__@CORP.EXAMPLE"));
}

static void not_ours(void **state)
{
    struct ticket ticket;
    char where[300];

    (void)state;
    assert_int_equal(sign_in(cache_name("FILE", "y"), "bob@CORP.EXAMPLE", where, sizeof where), 0);
    test_reason(find(cache_name("FILE", "y"), NULL, "alice@CORP.EXAMPLE", &ticket), &why,
                REASON_NOT_SIGNED_IN, "alice@CORP.EXAMPLE");
    test_reason(find(cache_name("FILE", "y"), where, "alice@CORP.EXAMPLE", &ticket), &why,
                REASON_NOT_SIGNED_IN, "alice@CORP.EXAMPLE");
    test_reason(find(cache_name("FILE", "none"), NULL, NULL, &ticket), &why, REASON_NOT_SIGNED_IN,
                "");
    assert_int_equal(find(cache_name("FILE", "y"), NULL, NULL, &ticket), 0);
    assert_string_equal(ticket.principal, "bob@CORP.EXAMPLE");
}

static void hints(void **state)
{
    struct ticket ticket;
    char where[300];

    (void)state;
    assert_int_equal(sign_in(cache_name("FILE", "h"), "alice@CORP.EXAMPLE", where, sizeof where),
                     0);
    assert_int_equal(find(cache_name("FILE", "elsewhere"), where, "alice@CORP.EXAMPLE", &ticket),
                     0);
    assert_string_equal(ticket.cache, where);
    assert_int_equal(symlink("h", "h-link"), 0);
    test_reason(find(cache_name("FILE", "elsewhere"), strcat(where, "-link"), "alice@CORP.EXAMPLE",
                     &ticket),
                &why, REASON_NOT_SIGNED_IN, "");
}

static void links(void **state)
{
    char where[300], bytes[32];

    (void)state;
    test_write("victim", "keep me", 7);
    assert_int_equal(symlink("victim", "link"), 0);
    test_reason(sign_in(cache_name("FILE", "link"), "alice@CORP.EXAMPLE", where, sizeof where),
                &why, REASON_OTHER_OWNER, "is a link");
    assert_int_equal(symlink("absent", "dangling"), 0);
    test_reason(sign_in(cache_name("FILE", "dangling"), "alice@CORP.EXAMPLE", where, sizeof where),
                &why, REASON_OTHER_OWNER, "is a link");
    assert_int_equal(sign_in(cache_name("FILE", "z"), "bob@CORP.EXAMPLE", where, sizeof where), 0);
    assert_int_equal(symlink("victim", "z.alice@CORP.EXAMPLE"), 0);
    test_reason(sign_in(cache_name("FILE", "z"), "alice@CORP.EXAMPLE", where, sizeof where), &why,
                REASON_OTHER_OWNER, "is a link");
    (void)test_read("victim", bytes, sizeof bytes);
    assert_string_equal(bytes, "keep me");
    assert_int_equal(access("absent", F_OK), -1);
}

/* A link that appears after the check. */
static void late_link(void **state)
{
    krb5_context context = open_context();
    krb5_creds creds = creds_of(context, "alice@CORP.EXAMPLE");
    krb5_ccache cache;
    char bytes[32];
    struct stat st;

    (void)state;
    test_write("target", "keep me", 7);
    assert_int_equal(cache_choose(context, cache_name("FILE", "late"), creds.client, &cache, &why),
                     0);
    assert_int_equal(symlink("target", "late"), 0);
    (void)cache_write(context, cache, &creds, &why);
    (void)test_read("target", bytes, sizeof bytes);
    assert_string_equal(bytes, "keep me");
    assert_int_equal(lstat("late", &st), 0);
    (void)krb5_cc_close(context, cache);
    krb5_free_principal(context, creds.client);
    krb5_free_principal(context, creds.server);
    krb5_free_context(context);
}

static void foreign_owner(void **state)
{
    char where[300];

    (void)state;
    if (geteuid())
        test_skip("only root can give a file away");
    test_write("theirs", "", 0);
    assert_int_equal(chown("theirs", 65534, 65534), 0);
    test_reason(sign_in(cache_name("FILE", "theirs"), "alice@CORP.EXAMPLE", where, sizeof where),
                &why, REASON_OTHER_OWNER, "belongs to user 65534");
}

static void short_lived(void **state)
{
    static const char *const names[] = { "MEMORY:", "MEMORY:x", "KEYRING:process:x",
                                         "KEYRING:thread:x" };
    char where[300];

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        test_reason(sign_in(names[i], "alice@CORP.EXAMPLE", where, sizeof where), &why,
                    REASON_CACHE_UNUSABLE, "ends with the process");
    test_reason(sign_in("NONSENSE:x", "alice@CORP.EXAMPLE", where, sizeof where), &why,
                REASON_CACHE_UNUSABLE, "NONSENSE:x");
}

static void garbage(void **state)
{
    char where[300], bytes[32];

    (void)state;
    test_write("garbage", "this is no ticket cache", 23);
    assert_int_equal(
        sign_in(cache_name("FILE", "garbage"), "alice@CORP.EXAMPLE", where, sizeof where), 0);
    assert_string_equal(where, cache_name("FILE", "garbage.alice@CORP.EXAMPLE"));
    (void)test_read("garbage", bytes, sizeof bytes);
    assert_string_equal(bytes, "this is no ticket cache");
}
static void no_such_folder(void **state)
{
    char where[300];

    (void)state;
    test_reason(sign_in(cache_name("FILE", "no/such"), "alice@CORP.EXAMPLE", where, sizeof where),
                &why, REASON_CACHE_UNUSABLE, "no/such");
}

static void destroys(void **state)
{
    char where[300];
    struct ticket ticket;
    tickets_auto *tickets = NULL;

    (void)state;
    assert_int_equal(sign_in(cache_name("FILE", "d"), "bob@CORP.EXAMPLE", where, sizeof where), 0);
    assert_int_equal(sign_in(cache_name("FILE", "d"), "alice@CORP.EXAMPLE", where, sizeof where),
                     0);
    assert_int_equal(find(cache_name("FILE", "d"), NULL, "alice@CORP.EXAMPLE", &ticket), 0);
    assert_int_equal(tickets_open(&tickets, &why), 0);
    assert_int_equal(tickets_destroy(tickets, &ticket, &why), 0);
    assert_int_equal(access("d", F_OK), 0);
    assert_int_equal(access("d.alice@CORP.EXAMPLE", F_OK), -1);
}

static void cache_folders(void **state)
{
    static const struct {
        const char *name, *folder;
    } rows[] = {
        { "FILE:/tmp/krb5cc_1", "/tmp" },
        { "/tmp/x/krb5cc_1", "/tmp/x" },
        { "DIR:/run/user/1/c", "/run/user/1" },
        { "DIR::/run/user/1/c/tktA", "/run/user/1/c" },
        { "KEYRING:persistent:1", "" },
        { "KCM:", "" },
        { "FILE:/x", "/" },
        { "FILE:x", "." },
    };
    struct ticket_place place;
    char name[1200];

    (void)state;
    (void)setenv("KRB5_CONFIG", "/dev/null", 1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(tickets_place(rows[i].name, &place, &why), 0);
        assert_string_equal(place.folder, rows[i].folder);
        assert_int_equal(place.local_socket, !strcmp(rows[i].name, "KCM:"));
    }
    assert_int_equal(tickets_place("DIR:/tmp", &place, &why), 0); /* it is there */
    assert_string_equal(place.folder, "/tmp");
    (void)snprintf(name, sizeof name, "FILE:/%01100d/x", 0);
    test_reason(tickets_place(name, &place, &why), &why, REASON_CACHE_UNUSABLE, "too long");
}
FACTS(FACT(writes, "cache_write: a FILE is written 0600 under umask 000, and found again"),
      FACT(at_once,
           "cache_write: a FILE is replaced by another one, and nothing is left beside it"),
      FACT(other_in_file, "cache_choose: another principal's FILE stays byte for byte"),
      FACT(strange_names, "cache_choose: the file beside never leaves the folder"),
      FACT(not_ours, "cache_find: another principal's ticket is not ours"),
      FACT(hints, "cache_find: the hint is used while it holds this principal and is no link"),
      FACT(links, "cache_choose: a link is refused, its target untouched"),
      FACT(late_link, "cache_write: a link that appears later is not followed"),
      FACT(foreign_owner, "cache_choose: another owner's file is refused"),
      FACT(short_lived, "cache_choose: MEMORY and unknown kinds are refused"),
      FACT(garbage, "cache_choose: a file that is no ticket cache is left alone"),
      FACT(no_such_folder, "cache_write: an absent folder is cache-unusable"),
      FACT(destroys, "tickets_destroy: removes ours and leaves the other's"),
      FACT(cache_folders,
           "tickets_place: the folder of FILE and DIR, none of others, KCM's socket"))
