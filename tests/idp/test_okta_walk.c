/* SPDX-License-Identifier: MIT
 *
 * Walks through an org that means no good, or answers as nobody would think: what is said to it, in
 * which order, and how it ends. tests/real/okta.test has the walks that end well.
 */
#include "org.h"

enum { ANSWERS = 80 };

static void bodies(void **state)
{
    static const char *const script[] = { CHOICE("token:software:totp"), SUCCESS, NULL };
    static const char *const typed[] = { "123\"456", NULL };

    (void)state;
    assert_int_equal(walk(script, typed), OUTCOME_OK);
    assert_string_equal(said, PRIMARY "/v {\"stateToken\":\"t\",\"passCode\":\"123\\u0022456\"}\n");
    assert_string_equal(result.person.id, "u1");
    assert_string_equal(result.factor, "token:software:totp/OKTA");
    assert_true(result.sent && result.proved && !result.changed);
    assert_in_range(budget_ms, TIME_MS - 5000, TIME_MS);
}

static const struct {
    const char *script[4], *words, *rest; /* what is said after the password */
    enum reason reason;
} odd[] = {
    { { "200 {\"status\":\"SUCCESS\",\"_embedded\":{" USER("u1") "}}" },
      "but not by which session",
      "",
      REASON_BAD_ANSWER },
    { { "200 {\"status\":\"SUCCESS\",\"sessionToken\":\"s\"}" },
      "but not of whom",
      "",
      REASON_BAD_ANSWER },
    { { "200 {\"relayState\":\"\"}" }, "okta.status: missing", "", REASON_BAD_ANSWER },
    { { "204 " }, "status 204", "", REASON_BAD_ANSWER },
    { { "200 " }, "okta: empty", "", REASON_BAD_ANSWER },
    { { "" }, "the connection broke", "", REASON_CONNECTION_LOST },
    { { ERROR("401", "E0000004") }, "E0000004: words", "", REASON_WRONG_PASSWORD },
    { { STATE("MFA_REQUIRED", "\"_embedded\":{" USER("u1") "}") },
      "none of yours can be",
      CANCEL,
      REASON_BROWSER_NEEDED },
    { { STATE("MFA_CHALLENGE", "\"x\":1") }, "but not of which factor", CANCEL, REASON_BAD_ANSWER },
    { { STATE("MFA_ENROLL_ACTIVATE", "\"x\":1") }, "but not of what", CANCEL, REASON_BAD_ANSWER },
    { { STATE("BRAND_NEW", "\"_links\":{\"cancel\":" LINK("/x") "}") },
      "BRAND_NEW",
      "/x {\"stateToken\":\"t\"}\n",
      REASON_BROWSER_NEEDED },
    { { "200 {\"status\":\"MFA_REQUIRED\",\"_embedded\":{\"factors\":[" FACTOR("sms", "/v") "]}}" },
      "not by which token",
      "",
      REASON_BAD_ANSWER },
    { { CHOICE("sms"), "200 {\"status\":\"MFA_CHALLENGE\",\"_links\":{\"next\":{\"href\":"
                       "\"https://evil.example/\"}}}" },
      "it leads away",
      "/v {\"stateToken\":\"t\"}\n" CANCEL,
      REASON_BAD_ANSWER },
    { { STATE("MFA_CHALLENGE", "\"_embedded\":{" USER("u1") ",\"factors\":[" FACTOR(
                                   "push", "/v") "]},\"factorResult\":\"WAITING\","
                                                 "\"_links\":{\"next\":" NEXT("poll", "/p") "}"),
        "200 {\"status\":\"SUCCESS\",\"sessionToken\":\"s\",\"_embedded\":{" USER("u2") "}}" },
      "first meant u1, then u2",
      "/p {\"stateToken\":\"t\"}\n",
      REASON_OTHER_PERSON },
    /* A rule refuses later on: the password was right. */
    { { CHOICE("sms"), ERROR("401", "E0000004") },
      "E0000004",
      "/v {\"stateToken\":\"t\"}\n" CANCEL,
      REASON_PROVIDER_DENIED },
    { { CHOICE("sms"), ERROR("401", "E0000011") },
      "E0000011",
      "/v {\"stateToken\":\"t\"}\n",
      REASON_TOKEN_EXPIRED },
    { { CHOICE("sms"), ERROR("429", "E0000109") },
      "E0000109",
      "/v {\"stateToken\":\"t\"}\n" CANCEL,
      REASON_TOO_SOON },
};

static void strange(void **state)
{
    static const char *const typed[] = { "x", NULL };

    (void)state;
    for (size_t i = 0; i < COUNT(odd); i++) {
        fails(odd[i].script, typed, odd[i].reason, odd[i].words);
        assert_memory_equal(said, PRIMARY, sizeof PRIMARY - 1);
        assert_string_equal(said + sizeof PRIMARY - 1, odd[i].rest);
        assert_true(result.sent);
        assert_non_null(strstr(why.text, "at Okta"));
    }
}

#define NEW "/c {\"stateToken\":\"t\",\"oldPassword\":\"pa\\u0022ss\",\"newPassword\":\"New-1\"}\n"

/* What is open after a change: only a refusal says that nothing was changed. */
static void changes(void **state)
{
    static const struct {
        const char *answer;
        enum reason reason;
    } rows[] = {
        { "", REASON_CHANGE_UNKNOWN },
        { "200 <html>", REASON_CHANGE_UNKNOWN },
        { "500 ", REASON_CHANGE_UNKNOWN },
        { ERROR("500", "E0000009"), REASON_CHANGE_UNKNOWN },
        { ERROR("403", "E0000035"), REASON_CHANGE_FORBIDDEN },
        { ERROR("401", "E0000011"), REASON_TOKEN_EXPIRED },
    };
    static const char *const typed[] = { "New-1", "New-1", NULL };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const script[] = { EXPIRED, rows[i].answer, NULL };
        fails(script, typed, rows[i].reason, "changing the password");
        assert_true(result.proved && !result.changed && !result.new_password);
        assert_memory_equal(said + sizeof PRIMARY - 1, NEW, sizeof NEW - 1);
        assert_non_null(strstr(told, "\nchanging\n"));
    }
    /* What comes after a change that was done does not undo it. */
    const char *const script[] = { EXPIRED, CHOICE("webauthn"), NULL };
    fails(script, typed, REASON_BROWSER_NEEDED, "second factor");
    assert_true(result.changed);
    assert_string_equal(secret_peek(result.new_password), "New-1");
    const char *const again[] = { EXPIRED, EXPIRED, NULL };
    fails(again, typed, REASON_BAD_ANSWER, "wants a new password again");
    assert_true(result.changed);
}

/* The same state for ever, and polls for ever. */
static void endless(void **state)
{
    static const char warned[] =
        STATE("PASSWORD_WARN", "\"_links\":{\"next\":" LINK("/c") ",\"skip\":" LINK("/s") "}");
    const char *script[ANSWERS + 1] = { NULL };
    const char *typed[ANSWERS + 1] = { NULL };

    (void)state;
    for (size_t i = 0; i < ANSWERS; i++) {
        script[i] = warned;
        typed[i] = "1";
    }
    fails(script, typed, REASON_BAD_ANSWER, "comes to no end");
    assert_non_null(strstr(said, CANCEL));
}

/* As often as it says, and as long as there is time. */
static void limits(void **state)
{
    static const char *const script[] = { ERROR("429", "E0000047"), "429 ", "429 <html>", SUCCESS,
                                          NULL };
    static const char *const typed[] = { "", NULL };

    (void)state;
    wait_s = 5;
    assert_int_equal(walk(script, typed), OUTCOME_OK);
    assert_string_equal(told, ORG " is asked too often: waiting 5 s\n" ORG
                                  " is asked too often: waiting 5 s\n" ORG
                                  " is asked too often: waiting 5 s\n");
    assert_in_range(budget_ms, 1, TIME_MS - 15000);
    wait_s = 7;
    fails(script, typed, REASON_SERVER_BUSY, "status 429");
    wait_s = 0; /* not told: 1, 2, 4 */
    assert_int_equal(walk(script, typed), OUTCOME_OK);
    assert_in_range(budget_ms, TIME_MS - 9000, TIME_MS - 7000);
}

static bool signs_in(void *data)
{
    static const char *const typed[] = { "1", "New-1", "New-1", NULL };

    return !walk(data, typed) && result.session;
}

static void memory(void **state)
{
    static const char *const script[] = { CHOICE("token:software:totp"), EXPIRED, SUCCESS, NULL };

    (void)state;
    assert_in_range(faults_everywhere(FAULTS_MEMORY, signs_in, (void *)script), 50, 20000);
    okta_result_free(&result);
}

static const struct CMUnitTest facts[] = {
    FACT(bodies, "okta_sign_in: what is sent, with quotes in it, and what comes of it"),
    FACT(strange,
         "okta_sign_in: answers that make no sense end it, with a cancel where there is one"),
    FACT(changes, "okta_sign_in: a change of which the answer is lost is open, one refused is not"),
    FACT(endless, "okta_sign_in: a state that never ends"),
    FACT(limits, "okta_sign_in: too many requests are waited out within the time"),
    FACT(memory, "okta_sign_in: without memory it fails, and nothing is left"),
};

int main(void)
{
    return test_run(facts, COUNT(facts));
}
