/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "work/published.h"

#define ISSUER "https://idp.example"
#define KEYS   "https://idp.example/keys"

static const char document[] = "{\"issuer\": \"" ISSUER "\"}\n", keys[] = "{\"keys\": []}";
static char file[200];

/* Each test has a state folder of its own, and perhaps a file in it. */
static void use(const char *name, const char *bytes, size_t length)
{
    char path[200];

    (void)snprintf(path, sizeof path, "%s/%s", test_folder(), name);
    assert_int_equal(setenv("XDG_STATE_HOME", path, 1), 0);
    assert_int_equal(mkdir(name, 0700), 0);
    (void)snprintf(file, sizeof file, "%s/chatelaine", name);
    assert_int_equal(mkdir(file, 0700), 0);
    (void)strcat(file, "/default.published");
    if (!bytes)
        return;
    test_write(file, bytes, length);
    assert_int_equal(chmod(file, 0600), 0);
}

static struct published *opened(void)
{
    struct published *published = NULL;

    published_open("default", false, &published);
    return published;
}

static bool is_found(const struct published *published, enum published_what what, const char *of,
                     const char *bytes)
{
    const struct text *found = published_find(published, what, of);

    return found && text_length(found) == strlen(bytes) && !strcmp(text_peek(found), bytes);
}

static void keep_both(struct published *published)
{
    published_keep(published, PUBLISHED_DISCOVERY, ISSUER, document, strlen(document));
    published_keep(published, PUBLISHED_KEYS, KEYS, keys, strlen(keys));
}

/* A file of both, so many seconds old. */
static size_t make(char *bytes, size_t size, int64_t age)
{
    int64_t at = time(NULL) - age;

    return (size_t)snprintf(bytes, size, "1 0\n%" PRId64 " %zu %s\n%s%" PRId64 " %zu %s\n%s\n", at,
                            strlen(document), ISSUER, document, at, strlen(keys), KEYS, keys);
}

static void kept(void **state)
{
    struct stat st;

    (void)state;
    use("kept", NULL, 0);
    struct published *published = opened();
    assert_null(published_find(published, PUBLISHED_DISCOVERY, ISSUER));
    keep_both(published);
    published_close(&published);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);

    published = opened();
    assert_true(is_found(published, PUBLISHED_DISCOVERY, ISSUER, document));
    assert_true(is_found(published, PUBLISHED_KEYS, KEYS, keys));
    assert_null(published_find(published, PUBLISHED_DISCOVERY, ISSUER "/"));
    assert_null(published_find(published, PUBLISHED_KEYS, ISSUER));
    published_close(&published);

    published_open("default", true, &published);
    assert_null(published_find(published, PUBLISHED_DISCOVERY, ISSUER));
    published_close(&published);
}

static void shorter(void **state)
{
    (void)state;
    use("shorter", NULL, 0);
    struct published *published = opened();
    keep_both(published);
    published_close(&published);
    published = opened();
    published_keep(published, PUBLISHED_DISCOVERY, ISSUER, "{}", 2);
    published_close(&published);
    published = opened();
    assert_true(is_found(published, PUBLISHED_DISCOVERY, ISSUER, "{}"));
    assert_true(is_found(published, PUBLISHED_KEYS, KEYS, keys));
    published_close(&published);
}

static void aged(void **state)
{
    static const struct {
        int64_t age;
        bool is_there;
    } rows[] = { { 0, true }, { 3500, true }, { 3600, false }, { 86400, false }, { -60, false } };
    char bytes[600], name[32];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)snprintf(name, sizeof name, "aged-%zu", i);
        use(name, bytes, make(bytes, sizeof bytes, rows[i].age));
        struct published *published = opened();
        assert_int_equal(is_found(published, PUBLISHED_DISCOVERY, ISSUER, document),
                         rows[i].is_there);
        assert_int_equal(is_found(published, PUBLISHED_KEYS, KEYS, keys), rows[i].is_there);
        published_close(&published);
    }
}

static void cut(void **state)
{
    char bytes[600], name[32];
    size_t length = make(bytes, sizeof bytes, 0);

    (void)state;
    for (size_t i = 0; i < length - 1; i++) {
        (void)snprintf(name, sizeof name, "cut-%zu", i);
        use(name, bytes, i);
        struct published *published = opened();
        assert_non_null(published);
        assert_null(published_find(published, PUBLISHED_KEYS, KEYS));
        assert_true(!published_find(published, PUBLISHED_DISCOVERY, ISSUER) ||
                    is_found(published, PUBLISHED_DISCOVERY, ISSUER, document));
        published_close(&published);
    }
}

static void joined(void **state)
{
    char bytes[600];
    size_t length = make(bytes, sizeof bytes, 0);

    (void)state;
    *strchr(bytes, '\n') = ' ';
    use("joined", bytes, length);
    struct published *published = opened();
    assert_null(published_find(published, PUBLISHED_DISCOVERY, ISSUER));
    published_close(&published);
}

static void damaged(void **state)
{
    static const char *const texts[] = {
        "",         "2 0\n",       "1\n",
        "1 x\n",    "1 0",         "1 0\n99999999999999999999999 2 " ISSUER "\n{}\n",
        "1 0\n1 2", "1 0\n1 -2 x", "1 0\n1 99999999999999999999 " ISSUER "\n{}\n",
        "1 0\n\n\n"
    };
    char name[32];

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        (void)snprintf(name, sizeof name, "damaged-%zu", i);
        use(name, texts[i], strlen(texts[i]));
        struct published *published = opened();
        assert_null(published_find(published, PUBLISHED_DISCOVERY, ISSUER));
        keep_both(published);
        published_close(&published);
        published = opened();
        assert_true(is_found(published, PUBLISHED_KEYS, KEYS, keys));
        published_close(&published);
    }
}

static void not_ours(void **state)
{
    char bytes[600];
    size_t length = make(bytes, sizeof bytes, 0);

    (void)state;
    use("writable", bytes, length);
    assert_int_equal(chmod(file, 0620), 0);
    assert_null(opened());

    use("link", NULL, 0);
    test_write("elsewhere", bytes, length);
    assert_int_equal(symlink("../../elsewhere", file), 0);
    assert_null(opened());

    use("fifo", NULL, 0);
    assert_int_equal(mkfifo(file, 0600), 0);
    assert_null(opened());
}

static void without(void **state)
{
    struct published *published = NULL;

    (void)state;
    keep_both(published);
    published_doubt(published);
    assert_null(published_find(published, PUBLISHED_KEYS, KEYS));
    assert_false(published_may_ask(published));
    published_close(&published);
}

static void once_a_minute(void **state)
{
    static const char past[] = "1 60\n";

    (void)state;
    use("once", past, sizeof past - 1);
    struct published *published = opened();
    assert_true(published_may_ask(published));
    assert_false(published_may_ask(published));
    published_close(&published);
    published = opened();
    assert_false(published_may_ask(published));
    published_close(&published);
}

static void doubted(void **state)
{
    (void)state;
    use("doubted", NULL, 0);
    struct published *published = opened();
    keep_both(published);
    published_close(&published);
    published = opened();
    published_doubt(published);
    published_close(&published);
    published = opened();
    assert_null(published_find(published, PUBLISHED_DISCOVERY, ISSUER));
    assert_null(published_find(published, PUBLISHED_KEYS, KEYS));
    published_close(&published);
}

static void two(void **state)
{
    char bytes[600];
    struct published *published;

    (void)state;
    use("two", bytes, make(bytes, sizeof bytes, 0));
    int fd = open(file, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    published = opened();
    assert_null(published_find(published, PUBLISHED_KEYS, KEYS));
    published_doubt(published);
    published_close(&published);
    (void)close(fd);
    published = opened();
    assert_true(is_found(published, PUBLISHED_KEYS, KEYS, keys));
    published_close(&published);
}

FACTS(FACT(kept,
           "published: what is kept is found by its name, mode 0600, but not by who asks anew"),
      FACT(shorter, "published: a shorter one takes the place of a longer one"),
      FACT(aged, "published: it is an hour old at most, and not of the future"),
      FACT(cut, "published: of a file that is cut nothing is taken that is not whole"),
      FACT(joined, "published: a file without its first line is none"),
      FACT(damaged, "published: a damaged file is none, and is replaced"),
      FACT(not_ours, "published: a link, a fifo, a file that others may write are not touched"),
      FACT(without, "published: without a file nothing is kept"),
      FACT(once_a_minute, "published_may_ask: once a minute, whichever process"),
      FACT(doubted, "published_doubt: nothing is left for the next one"),
      FACT(two, "published: while somebody writes there is nothing, and nothing is written"))
