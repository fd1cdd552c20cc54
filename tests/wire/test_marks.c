/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/marks.h"

#define ID    "0123456789abcdef0123456789abcdef"
#define OTHER "ffffffffffffffffffffffffffffffff"

static struct why why;

/* Each test has a state folder of its own. */
static void use(const char *name)
{
    char path[200];

    (void)snprintf(path, sizeof path, "%s/%s", test_folder(), name);
    assert_int_equal(setenv("XDG_STATE_HOME", path, 1), 0);
}

/* A list that is there already. */
static void use_list(const char *name, const char *bytes, size_t length)
{
    char path[200];

    use(name);
    assert_int_equal(mkdir(name, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/chatelaine", name);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/chatelaine/tried", name);
    test_write(path, bytes, length);
    assert_int_equal(chmod(path, 0600), 0);
}

static void lists(const char *name, const char *expected)
{
    char path[200], bytes[512] = "";

    (void)snprintf(path, sizeof path, "%s/chatelaine/tried", name);
    size_t length = test_read(path, bytes, sizeof bytes - 1);
    bytes[length] = '\0';
    assert_string_equal(bytes, expected);
}

/* Tries it and says what became of it; NULL: says nothing, as if it were killed. */
static enum outcome try(const char *id, const char *event)
{
    struct mark mark = { .id = "" };
    enum outcome out = mark_begin(&mark, id, &why);

    if (!out && event)
        mark_event(&mark, event);
    mark_end(&mark);
    return out;
}

static void before(void **state)
{
    struct mark mark = { .id = "" };
    struct stat st;

    (void)state;
    use("before");
    assert_int_equal(mark_begin(&mark, ID, &why), 0);
    lists("before", ID " tried\n");
    assert_int_equal(stat("before/chatelaine/tried", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    mark_event(&mark, "tell");
    mark_event(&mark, "changing");
    lists("before", ID " tried\n");
    mark_end(&mark);
    mark_end(&mark);
    lists("before", ID " tried\n");
}

static void open_end(void **state)
{
    (void)state;
    use("open");
    assert_int_equal(try(ID, NULL), 0);
    test_reason(try(ID, "stored-good"), &why, REASON_STORED_OPEN, "before the stored");
    assert_int_equal(try(OTHER, NULL), 0);
    lists("open", ID " tried\n" OTHER " tried\n");
}

static void off(void **state)
{
    (void)state;
    use("off");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(try(ID, "stored-good"), 0);
        assert_int_equal(try(ID, "stored-unused"), 0);
    }
    lists("off", "");
}

static void refused(void **state)
{
    (void)state;
    use("refused");
    assert_int_equal(try(ID, "stored-refused"), 0);
    lists("refused", ID " refused\n");
    assert_int_equal(try(OTHER, "stored-good"), 0);
    test_reason(try(ID, "stored-good"), &why, REASON_STORED_REFUSED, "before the");
    lists("refused", ID " refused\n");
}

static void once(void **state)
{
    struct mark first = { .id = "" };

    (void)state;
    use("once");
    assert_int_equal(mark_begin(&first, ID, &why), 0);
    test_reason(try(ID, NULL), &why, REASON_SAME_ERRAND, "just being tried");
    test_reason(try(OTHER, NULL), &why, REASON_SAME_ERRAND, "just being tried");
    mark_event(&first, "stored-good");
    assert_int_equal(try(ID, "stored-refused"), 0);
    lists("once", ID " refused\n");
}

static void syntax(void **state)
{
    static const char *const bad[] = { "", "ABCDEF", "abc def", "abc\nrefused", "../abc", ID "0" };

    (void)state;
    use("syntax");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        test_reason(try(bad[i], NULL), &why, REASON_STORED_REFUSED, "no id of ours");
    assert_int_equal(access("syntax", F_OK), -1);
}

static void full(void **state)
{
    enum { LINE = 41, LINES = (64 << 10) / LINE };
    static char list[LINE * LINES + 1];

    (void)state;
    for (int i = 0; i < LINES; i++)
        (void)snprintf(list + i * LINE, LINE + 1, "%032x refused\n", i);
    use_list("full", list, sizeof list - 1);
    test_reason(try(ID, NULL), &why, REASON_CANNOT_WRITE, "is full");
}

static void damaged(void **state)
{
    static const struct {
        const char *name, *bytes;
        size_t length;
    } lists_of[] = {
        { "half", ID " tri", 36 },      { "word", ID " good\n", 38 },
        { "zeros", "\0\0\0\0\n", 5 },   { "inside", ID " tried\n\0" ID " tried\n", 79 },
        { "empty line", "\n", 1 },      { "no id", " refused\n", 9 },
        { "long", ID "0 tried\n", 40 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof lists_of / sizeof *lists_of; i++) {
        use_list(lists_of[i].name, lists_of[i].bytes, lists_of[i].length);
        test_reason(try(OTHER, NULL), &why, REASON_STATE_DAMAGED, "tried");
    }
}

static void nowhere(void **state)
{
    (void)state;
    test_write("plain", "x", 1);
    use("plain");
    test_reason(try(ID, NULL), &why, REASON_CANNOT_WRITE, "plain");
}

static void loose(void **state)
{
    (void)state;
    use_list("loose", "", 0);
    assert_int_equal(chmod("loose/chatelaine/tried", 0622), 0);
    test_reason(try(ID, NULL), &why, REASON_OTHER_OWNER, "mode 622");
    use_list("link", "", 0);
    assert_int_equal(unlink("link/chatelaine/tried"), 0);
    assert_int_equal(symlink("../../plain", "link/chatelaine/tried"), 0);
    test_reason(try(ID, NULL), &why, REASON_OTHER_OWNER, "is a link");
    use_list("locklink", "", 0);
    assert_int_equal(symlink("../../plain", "locklink/chatelaine/.tried.lock"), 0);
    test_reason(try(ID, NULL), &why, REASON_OTHER_OWNER, ".tried.lock");
}

static void owner(void **state)
{
    (void)state;
    if (geteuid())
        test_skip("only root can give a file away");
    use_list("owner", "", 0);
    assert_int_equal(chown("owner/chatelaine/tried", 65534, 65534), 0);
    test_reason(try(ID, NULL), &why, REASON_OTHER_OWNER, "belongs to user 65534");
}

/* A keychain's answer that is OK, with a secret or without, as the worker hears of it. */
static const char *heard_of(struct mark *mark, bool is_due, const char *secret)
{
    static const struct why none;
    static char reason[64];
    message_auto *kept = message_new(MESSAGE_KEPT);
    struct why failure;

    assert_non_null(kept);
    message_add_outcome(kept, OUTCOME_OK, &none);
    if (secret) {
        secret_auto *value = secret_new(64);
        assert_true(value && secret_append(value, secret, strlen(secret)));
        message_add(kept, SLOT_ITEM_ID, ID);
        message_add_secret(kept, SLOT_ITEM_SECRET, value);
    }
    assert_int_equal(mark_kept(mark, is_due, OUTCOME_OK, &failure, &kept, &why), 0);
    assert_int_equal(message_has(kept, SLOT_ITEM_SECRET),
                     secret && !message_number(kept, SLOT_OUTCOME, 1));
    (void)snprintf(reason, sizeof reason, "%s", message_text(kept, SLOT_REASON));
    return reason;
}

static const char *heard(struct mark *mark, const char *secret)
{
    return heard_of(mark, true, secret);
}

static void pins(void **state)
{
    struct mark mark = { .id = "" };
    message_auto *question = message_new(MESSAGE_KEYCHAIN);

    (void)state;
    use("pins");
    assert_non_null(question);
    message_add(question, SLOT_ITEM_KIND, "pin");
    assert_false(mark_is_due(question));
    message_drop(question, SLOT_ITEM_KIND);
    message_add(question, SLOT_ITEM_KIND, "password");
    assert_true(mark_is_due(question));
    assert_string_equal(heard_of(&mark, false, "Secret-1"), "ok");
    assert_string_equal(mark.id, "");
    assert_string_equal(heard_of(&mark, false, "Secret-1"), "ok");
}

static void handed_on(void **state)
{
    struct mark mark = { .id = "" };

    (void)state;
    use("handed on");
    assert_string_equal(heard(&mark, NULL), "ok");
    assert_string_equal(mark.id, "");
    assert_string_equal(heard(&mark, "Secret-1"), "ok");
    lists("handed on", ID " tried\n");
    mark_end(&mark);
    assert_string_equal(heard(&mark, "Secret-1"), "stored-open");
    mark_end(&mark);
}

FACTS(FACT(before, "mark_begin: it is on the list, mode 0600, before it is tried, and stays"),
      FACT(open_end, "mark_begin: what was tried with no end known is never tried again"),
      FACT(off, "mark_event: what was good or unused is off the list, again and again"),
      FACT(refused, "mark_event: what was refused stays on the list"),
      FACT(once, "mark_begin: one process at a time, whatever it tries"),
      FACT(syntax, "mark_begin: an id that is none of ours is refused, and nothing written"),
      FACT(full, "mark_begin: a list that is full tries nothing"),
      FACT(damaged, "mark_begin: a damaged list tries nothing"),
      FACT(nowhere, "mark_begin: without a folder to write to nothing is tried"),
      FACT(loose, "mark_begin: a list that others may write, or a link, tries nothing"),
      FACT(owner, "mark_begin: another owner's file tries nothing"),
      FACT(pins, "mark_kept: a token's PIN is handed on as often as it is asked for"),
      FACT(handed_on, "mark_kept: a secret is handed on once, an answer without one as it is"))
