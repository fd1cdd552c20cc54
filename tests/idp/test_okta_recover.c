/* SPDX-License-Identifier: MIT
 *
 * A recovery at an org that means no good, or answers as nobody would think.
 * tests/real/okta.test has those that end well.
 */
#include "org.h"

#define SENT(by, more)                                                                             \
    STATE("RECOVERY_CHALLENGE",                                                                    \
          "\"factorType\":\"" by "\",\"_links\":{\"next\":" NEXT("verify", "/f") "}" more)
#define ASKS  STATE("RECOVERY", "\"_links\":{\"next\":" NEXT("answer", "/a") "}")
#define RESET STATE("PASSWORD_RESET", "\"_links\":{\"next\":" NEXT("resetPassword", "/n") "}")
#define MAIL  "200 {\"status\":\"RECOVERY_CHALLENGE\",\"factorType\":\"EMAIL\"}"
#define BEGIN(what, by)                                                                            \
    "/api/v1/authn/recovery/" what " {\"username\":\"al\\u0022ice\",\"factorType\":\"" by "\"}\n"

static void bodies(void **state)
{
    static const char *const script[] = { MAIL, ASKS, RESET, SUCCESS, NULL };
    static const char *const typed[] = { "3", "to\"ken", "an\"swer", "New-1", "New-1", NULL };

    (void)state;
    begun = OKTA_FORGOTTEN;
    assert_int_equal(walk(script, typed), OUTCOME_OK);
    assert_string_equal(
        said, BEGIN("password",
                    "EMAIL") "/api/v1/authn/recovery/token {\"recoveryToken\":\"to\\u0022ken\"}\n"
                             "/a {\"stateToken\":\"t\",\"answer\":\"an\\u0022swer\"}\n"
                             "/n {\"stateToken\":\"t\",\"newPassword\":\"New-1\"}\n");
    assert_true(result.changed && result.session && !result.sent && !result.proved);
}

/* Of a link the token is the last part, and no other org's link has one. */
static void links(void **state)
{
    static const char *const script[] = { MAIL, ERROR("403", "E0000034"), NULL };
    static const struct {
        const char *typed, *token; /* NULL: it is none */
    } rows[] = {
        { "abc", "abc" },
        { ORG "/signin/reset-password/abc", "abc" },
        { ORG "/signin/reset-password/abc/?x=/y#z", "abc" },
        { ORG "/abc", "abc" },
        { ORG "/", NULL },
        { ORG, NULL },
        { ORG ":444/abc", NULL },
        { "https://evil.example/abc", NULL },
        { "https://", NULL },
    };

    (void)state;
    begun = OKTA_FORGOTTEN;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const typed[] = { "3", rows[i].typed, "", NULL };
        const char *token = rows[i].token ? rows[i].token : "";
        char sent[200];
        (void)walk(script, typed);
        (void)snprintf(sent, sizeof sent, "recovery/token {\"recoveryToken\":\"%s\"}\n", token);
        assert_int_equal(!rows[i].token, !strstr(said, sent));
        assert_int_equal(why.reason, rows[i].token ? REASON_CHANGE_FORBIDDEN : REASON_CANCELLED);
    }
}

static const struct {
    const char *script[4], *words;
    enum reason reason;
} odd[] = {
    { { SENT("SMS", ""), SUCCESS }, "wanted no new password", REASON_BAD_ANSWER },
    { { SUCCESS }, "wanted no new password", REASON_BAD_ANSWER },
    { { STATE("RECOVERY_CHALLENGE", "\"x\":1") }, "but not by what", REASON_BAD_ANSWER },
    { { STATE("RECOVERY_CHALLENGE", "\"factorType\":\"SMS\"") },
      "where to go on",
      REASON_BAD_ANSWER },
    { { STATE("RECOVERY", "\"x\":1") }, "where to go on", REASON_BAD_ANSWER },
    { { "200 {\"status\":\"RECOVERY\"}" }, "where to go on", REASON_BAD_ANSWER },
    { { "200 {\"status\":\"RECOVERY\",\"recoveryToken\":\"r\",\"_links\":{\"next\":" NEXT(
            "recovery", "/r") "}}",
        ERROR("401", "E0000011") },
      "E0000011",
      REASON_TOKEN_EXPIRED },
    { { SENT("SMS", ""), ERROR("401", "E0000011") }, "E0000011", REASON_TOKEN_EXPIRED },
    { { ERROR("429", "E0000047") }, "E0000047", REASON_SERVER_BUSY },
    { { RESET, "" }, "changing the password", REASON_CHANGE_UNKNOWN },
};

static void strange(void **state)
{
    static const char *const typed[] = { "1", "New-1", "New-1", NULL };

    (void)state;
    begun = OKTA_FORGOTTEN;
    wait_s = 100;
    for (size_t i = 0; i < COUNT(odd); i++) {
        fails(odd[i].script, typed, odd[i].reason, odd[i].words);
        assert_memory_equal(said, BEGIN("password", "SMS"), sizeof BEGIN("password", "SMS") - 1);
        assert_non_null(strstr(why.text, "a new password for al\"ice at Okta"));
    }
}

/* Neither turns into the other. */
static void kinds(void **state)
{
    static const char *const script[] = { SENT("SMS", ""), NULL };
    static const char *const unlocked[] = {
        SENT("SMS", ""), "200 {\"status\":\"SUCCESS\",\"recoveryType\":\"UNLOCK\"}", NULL
    };
    static const char *const typed[] = { "1", "123456", NULL };

    (void)state;
    begun = SIGN_IN;
    fails(script, typed, REASON_BROWSER_NEEDED, "RECOVERY_CHALLENGE");
    begun = OKTA_UNLOCK;
    assert_int_equal(walk(unlocked, typed), OUTCOME_OK);
    assert_true(!result.session && !result.changed);
    assert_string_equal(
        said, BEGIN("unlock", "SMS") "/f {\"stateToken\":\"t\",\"passCode\":\"123456\"}\n");
}

/* The same state for ever. */
static void endless(void **state)
{
    static const char again[] = SENT("CALL", "");
    const char *script[100] = { NULL };
    const char *typed[100] = { "2" };

    (void)state;
    begun = OKTA_FORGOTTEN;
    for (size_t i = 0; i < COUNT(script) - 1; i++) {
        script[i] = again;
        typed[i + 1] = "1";
    }
    typed[COUNT(typed) - 1] = NULL;
    fails(script, typed, REASON_BAD_ANSWER, "comes to no end");
    assert_non_null(strstr(said, CANCEL));
}

static bool recovers(void *data)
{
    static const char *const typed[] = { "3", ORG "/x/token", "answer", "New-1", "New-1", NULL };

    return !walk(data, typed) && result.session;
}

static void memory(void **state)
{
    static const char *const script[] = { MAIL, ASKS, RESET, SUCCESS, NULL };

    (void)state;
    begun = OKTA_FORGOTTEN;
    assert_in_range(faults_everywhere(FAULTS_MEMORY, recovers, (void *)script), 50, 20000);
    okta_result_free(&result);
}

static const struct CMUnitTest facts[] = {
    FACT(bodies, "okta_recover: what is sent, with quotes in it, and what comes of it"),
    FACT(links, "okta_recover: of a link of the org the last part is sent, of no other one"),
    FACT(strange, "okta_recover: answers that make no sense end it"),
    FACT(kinds, "okta_recover: unlocking needs no session; a sign-in does not turn into it"),
    FACT(endless, "okta_recover: a state that never ends"),
    FACT(memory, "okta_recover: without memory it fails, and nothing is left"),
};

int main(void)
{
    return test_run(facts, COUNT(facts));
}
