/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/state.h"

static struct why why;

/* Each test has a state folder of its own. */
static void use(const char *name)
{
    char path[200];

    (void)umask(0);
    (void)snprintf(path, sizeof path, "%s/%s", test_folder(), name);
    assert_int_equal(setenv("XDG_STATE_HOME", path, 1), 0);
}

static enum outcome save(const char *identity)
{
    message_auto *result = message_new(MESSAGE_RESULT);

    message_add(result, SLOT_IDENTITY, identity);
    message_add(result, SLOT_PRINCIPAL, "alice@CORP.EXAMPLE");
    return state_save(identity, result, &why);
}

static enum outcome load(const char *identity, char *principal, size_t size)
{
    message_auto *request = message_new(MESSAGE_REQUEST);
    enum outcome out = state_load(identity, request, &why);
    const char *text = message_text(request, SLOT_PRINCIPAL);

    (void)snprintf(principal, size, "%s", text ? text : "nobody");
    return out;
}

static void round_trip(void **state)
{
    char principal[64];
    struct stat st;

    (void)state;
    use("deep/er/still");
    assert_int_equal(load("work", principal, sizeof principal), 0);
    assert_string_equal(principal, "nobody");
    assert_int_equal(save("work"), 0);
    assert_int_equal(load("work", principal, sizeof principal), 0);
    assert_string_equal(principal, "alice@CORP.EXAMPLE");
    assert_int_equal(load("other", principal, sizeof principal), 0);
    assert_string_equal(principal, "nobody");
    assert_int_equal(stat("deep/er/still/chatelaine/work.state", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat("deep/er/still/chatelaine", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
}

static void link_file(void **state)
{
    char principal[64], bytes[16];

    (void)state;
    use("link");
    assert_int_equal(save("x"), 0);
    test_write("victim", "keep", 4);
    assert_int_equal(unlink("link/chatelaine/x.state"), 0);
    assert_int_equal(symlink("../../victim", "link/chatelaine/x.state"), 0);
    test_reason(load("x", principal, sizeof principal), &why, REASON_OTHER_OWNER, "is a link");
    assert_int_equal(save("x"), 0);
    (void)test_read("victim", bytes, sizeof bytes);
    assert_string_equal(bytes, "keep");
}

static void link_folder(void **state)
{
    char principal[64];

    (void)state;
    use("alias");
    assert_int_equal(mkdir("alias", 0700) | mkdir("elsewhere", 0700), 0);
    assert_int_equal(symlink("../elsewhere", "alias/chatelaine"), 0);
    test_reason(load("x", principal, sizeof principal), &why, REASON_OTHER_OWNER, "chatelaine");
    test_reason(save("x"), &why, REASON_OTHER_OWNER, "remembering the facts");
    assert_int_equal(access("elsewhere/x.state", F_OK), -1);
}

static void owner(void **state)
{
    char principal[64];

    (void)state;
    if (geteuid())
        test_skip("only root can give a file away");
    use("owner");
    assert_int_equal(save("x"), 0);
    assert_int_equal(chown("owner/chatelaine/x.state", 65534, 65534), 0);
    test_reason(load("x", principal, sizeof principal), &why, REASON_OTHER_OWNER,
                "belongs to user 65534");
    assert_int_equal(chown("owner/chatelaine", 65534, 65534), 0);
    test_reason(save("x"), &why, REASON_OTHER_OWNER, "belongs to user 65534");
}

static void loose(void **state)
{
    char principal[64];

    (void)state;
    use("loose");
    assert_int_equal(save("x"), 0);
    assert_int_equal(chmod("loose/chatelaine/x.state", 0666), 0);
    test_reason(load("x", principal, sizeof principal), &why, REASON_OTHER_OWNER, "mode 666");
}

static void damaged(void **state)
{
    char principal[64];

    (void)state;
    use("damaged");
    assert_int_equal(save("x"), 0);
    test_write("damaged/chatelaine/x.state", "principal a\n\nhalf", 17);
    test_reason(load("x", principal, sizeof principal), &why, REASON_STATE_DAMAGED,
                "damaged/chatelaine/x.state: line 3 makes no sense");
}

static void nowhere(void **state)
{
    char principal[64];

    (void)state;
    (void)unsetenv("XDG_STATE_HOME");
    (void)setenv("HOME", "not a path", 1);
    test_reason(save("x"), &why, REASON_CANNOT_WRITE, "HOME and XDG_STATE_HOME name no folder");
    test_reason(load("x", principal, sizeof principal), &why, REASON_CANNOT_WRITE, "no folder");
    test_write("plain", "x", 1);
    use("plain");
    test_reason(save("x"), &why, REASON_CANNOT_WRITE, "plain");
}

static void home(void **state)
{
    char path[200];

    (void)state;
    (void)unsetenv("XDG_STATE_HOME");
    (void)snprintf(path, sizeof path, "%s/home", test_folder());
    assert_int_equal(mkdir("home", 0755) | setenv("HOME", path, 1), 0);
    assert_int_equal(save("x"), 0);
    assert_int_equal(access("home/.local/state/chatelaine/x.state", F_OK), 0);
}

static void remember(int64_t ticket_end, const char *site)
{
    message_auto *request = message_new(MESSAGE_REQUEST), *result = message_new(MESSAGE_RESULT);

    message_add(request, SLOT_VERB, "renew");
    message_add(request, SLOT_IDENTITY, "x");
    message_add(request, SLOT_PRINCIPAL, "alice@CORP.EXAMPLE");
    message_add(result, SLOT_PRINCIPAL, "alice@CORP.EXAMPLE");
    message_add_number(result, SLOT_TICKET_END, ticket_end);
    message_add(result, SLOT_SITE, site);
    assert_int_equal(state_remember(request, result, &why), 0);
}

/* A status that knew this site when it began, and has found out the other one. */
static void look(const char *known, const char *site)
{
    message_auto *request = message_new(MESSAGE_REQUEST), *result = message_new(MESSAGE_RESULT);

    message_add(request, SLOT_VERB, "status");
    message_add(request, SLOT_IDENTITY, "x");
    message_add(request, SLOT_PRINCIPAL, "alice@CORP.EXAMPLE");
    message_add(request, SLOT_SITE, known);
    message_add(result, SLOT_PRINCIPAL, "alice@CORP.EXAMPLE");
    message_add(result, SLOT_SITE, site);
    assert_int_equal(state_remember(request, result, &why), 0);
}

static bool is_rewritten(ino_t *before)
{
    struct stat st;

    assert_int_equal(stat("same/chatelaine/x.state", &st), 0);
    bool is_another = st.st_ino != *before;
    *before = st.st_ino;
    return is_another;
}

static void same(void **state)
{
    ino_t before = 0;

    (void)state;
    use("same");
    remember(1800000000, "HQ");
    (void)is_rewritten(&before);
    remember(1800000000, "HQ");
    assert_false(is_rewritten(&before));
    remember(1800036000, "HQ");
    assert_false(is_rewritten(&before));
    remember(1800036000, "BRANCH");
    assert_true(is_rewritten(&before));
    look("BRANCH", "HQ");
    assert_true(is_rewritten(&before));
    look("BRANCH", "BRANCH");
    assert_false(is_rewritten(&before));
    assert_int_equal(unlink("same/chatelaine/x.state"), 0);
    remember(1800036000, "BRANCH");
    assert_int_equal(access("same/chatelaine/x.state", F_OK), 0);
}

/* Of alice, with a verb, at an issuer. */
static struct message *about(enum message_kind kind, const char *verb, const char *principal)
{
    struct message *message = message_new(kind);

    message_add(message, SLOT_VERB, verb);
    message_add(message, SLOT_IDENTITY, "cloud");
    message_add(message, SLOT_PRINCIPAL, principal);
    message_add(message, SLOT_ISSUER, "https://idp.example");
    message_add(message, SLOT_SUBJECT, principal);
    return message;
}

/* What is remembered when the errand ends. */
static void meanwhile(const char *principal, bool stays_out)
{
    message_auto *then = about(MESSAGE_RESULT, NULL, principal);

    if (stays_out)
        message_add_number(then, SLOT_STAYS_SIGNED_OUT, 1);
    assert_int_equal(state_save("cloud", then, &why), OUTCOME_OK);
}

/* A worker that was asked for something else, or by nobody, tells nothing of another identity. */
static void beside(void **state)
{
    static const struct {
        const char *verb;
        bool unattended, is_taken;
    } rows[] = {
        { "sign-in", false, true },  { "change-password", false, true }, { "repair", false, true },
        { "sign-out", false, true }, { "sign-in", true, false },         { "renew", true, false },
        { "status", false, false },  { "token", false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        message_auto *request = about(MESSAGE_REQUEST, rows[i].verb, "alice");
        message_auto *told = message_new(MESSAGE_BESIDE), *own = NULL;

        use("beside");
        (void)unlink("beside/chatelaine/ad.state");
        if (rows[i].unattended)
            message_add_number(request, SLOT_UNATTENDED, 1);
        message_add(told, SLOT_IDENTITY, "ad");
        message_add(told, SLOT_PRINCIPAL, "alice@CORP.EXAMPLE");
        enum outcome out = state_beside(request, told, &own, &why);
        assert_int_equal(out ? why.reason : REASON_NONE,
                         rows[i].is_taken ? REASON_NONE : REASON_PROTOCOL);
        assert_int_equal(own != NULL, rows[i].is_taken);
        assert_int_equal(!access("beside/chatelaine/ad.state", F_OK), rows[i].is_taken);
    }
}

static void overtaken(void **state)
{
    static const struct {
        const char *verb, *now;
        bool unattended, stays_out, ends_out; /* by then, by this errand */
        bool loses;
    } rows[] = {
        { "renew", "alice", true, false, false, false },
        { "renew", "alice", true, true, false, true },
        { "renew", "bob", true, false, false, true },
        { "renew", "alice", false, true, false, true },
        { "token", "alice", false, true, false, true },
        { "status", "alice", false, true, false, true },
        { "sign-in", "alice", true, true, false, true },
        { "sign-in", "alice", false, true, false, false },
        { "sign-in", "bob", false, false, false, false },
        { "change-password", "alice", false, true, false, false },
        { "sign-out", "alice", false, true, true, false },
        { "sign-out", "alice", false, false, true, false },
    };

    (void)state;
    use("overtaken");
    for (size_t i = 0; i < COUNT(rows); i++) {
        message_auto *request = about(MESSAGE_REQUEST, rows[i].verb, "alice");
        message_auto *result = about(MESSAGE_RESULT, NULL, "alice");
        message_auto *question = message_new(MESSAGE_KEYCHAIN);
        char principal[64];
        message_add_number(request, SLOT_UNATTENDED, rows[i].unattended);
        message_add(result, SLOT_STATE, "signed-in");
        message_add(question, SLOT_ACTION, "store");
        if (rows[i].ends_out)
            message_add_number(result, SLOT_STAYS_SIGNED_OUT, 1);
        meanwhile(rows[i].now, rows[i].stays_out);
        if (!rows[i].ends_out)
            assert_int_equal(state_may_ask(request, question, &why),
                             rows[i].loses ? OUTCOME_DENIED : OUTCOME_OK);
        enum outcome out = state_remember(request, result, &why);
        if (rows[i].loses)
            test_reason(out, &why, REASON_NOT_SIGNED_IN, "meanwhile");
        else
            assert_int_equal(out, OUTCOME_OK);
        assert_int_equal(load("cloud", principal, sizeof principal), OUTCOME_OK);
        assert_string_equal(principal, rows[i].loses ? rows[i].now : "alice");
        message_drop(question, SLOT_ACTION);
        message_add(question, SLOT_ACTION, "remove");
        assert_int_equal(state_may_ask(request, question, &why), OUTCOME_OK);
    }
}

/* Whoever takes over a worker gets no more of the keychain than its verb has to do with. */
static void kinds(void **state)
{
    static const struct {
        const char *verb, *kind;
        bool may;
    } rows[] = {
        { "certificate", "pin", true },      { "certificate", "password", false },
        { "certificate", "refresh", false }, { "certificate", "login", false },
        { "sign-in", "password", true },     { "sign-in", "pin", false },
        { "renew", "pin", false },           { "status", "pin", false },
    };
    static const char *const actions[] = { "find", "store", "remove" };

    (void)state;
    use("kinds");
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t action = 0; action < COUNT(actions); action++) {
            message_auto *request = about(MESSAGE_REQUEST, rows[i].verb, "alice");
            message_auto *question = message_new(MESSAGE_KEYCHAIN);
            message_add(question, SLOT_ACTION, actions[action]);
            message_add(question, SLOT_ITEM_KIND, rows[i].kind);
            enum outcome out = state_may_ask(request, question, &why);
            if (rows[i].may)
                assert_int_equal(out, OUTCOME_OK);
            else
                test_reason(out, &why, REASON_PROTOCOL, rows[i].kind);
        }
}

FACTS(FACT(kinds, "state_may_ask: PINs are for certificates, and nothing else is"),
      FACT(overtaken, "state_remember: who signs out or in meanwhile counts more than a renewal"),
      FACT(round_trip, "state: remembered for one identity, mode 0600, folders made 0700"),
      FACT(link_file, "state: a link is not read, and replaced without touching its target"),
      FACT(link_folder, "state: a folder that is a link is refused"),
      FACT(owner, "state: another owner's file or folder is refused"),
      FACT(loose, "state: a file that others may write is refused"),
      FACT(damaged, "state: a damaged file is told with its name and line"),
      FACT(nowhere, "state: without a folder to go to it says so"),
      FACT(same,
           "state_remember: what is there already is not written, nor a new end of the ticket, "
           "nor what a status has found that was overtaken"),
      FACT(beside, "state_beside: of what a person asked for, and where both are asked, only"),
      FACT(home, "state: below HOME it is .local/state/chatelaine"))
