/* SPDX-License-Identifier: MIT */
#include "recorded.h"

#include "base/text.h"
#include "idp/okta_body.h"
#include "idp/okta_state.h"

static struct why why;
static char told[OKTA_TOLD];

static void fails(int status, const char *text, enum reason reason, const char *words)
{
    test_reason(okta_error_fail(status, text, strlen(text), told, &why), &why, reason, words);
    assert_true(text_is_clean(told, strlen(told)));
}

static void recordings(void **state)
{
    static const struct {
        const char *name;
        enum reason reason;
        const char *words, *told;
    } rows[] = {
        { "primary-auth-error", REASON_WRONG_PASSWORD, "E0000004", "Authentication failed" },
        { "error-token", REASON_TOKEN_EXPIRED, "E0000011", "Invalid token provided" },
        { "error-throttle", REASON_SERVER_BUSY, "E0000047", "API call exceeded" },
        { "error-internal", REASON_SERVER_BUSY, "E0000009", "Internal Server Error" },
        { "error-operation", REASON_REFUSED, "E0000079", "This operation is not allowed" },
        { "error-session-not-found", REASON_REFUSED, "E0000007", "Not found" },
        { "error-incorrect-old-password", REASON_WEAK_PASSWORD, "E0000014", "oldPassword: The" },
        { "error-password-requirements", REASON_WEAK_PASSWORD, "E0000080",
          "Passwords must have at least 8 characters" },
        { "password-expired-error-complexity", REASON_WEAK_PASSWORD, "E0000080", "Passwords must" },
        { "password-expired-error-incorrect", REASON_WEAK_PASSWORD, "E0000014", "oldPassword" },
        { "error-wrong-answer", REASON_WRONG_CODE, "E0000087", "The recovery question answer" },
        { "mfa-required-error", REASON_WRONG_CODE, "E0000068", "Your passcode doesn't match" },
        { "mfa-enroll-activate-error", REASON_WRONG_CODE, "E0000068", "Your passcode doesn't" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text;
        int status = recorded(rows[i].name, &text);
        fails(status, text, rows[i].reason, rows[i].words);
        assert_memory_equal(told, rows[i].told, strlen(rows[i].told));
        free(text);
    }
}

static void codes(void **state)
{
    static const struct {
        int status;
        const char *code;
        enum reason reason;
    } rows[] = {
        { 403, "E0000069", REASON_ACCOUNT_LOCKED },   { 403, "E0000119", REASON_ACCOUNT_LOCKED },
        { 403, "E0000082", REASON_CODE_USED },        { 403, "E0000083", REASON_CODE_LATE },
        { 403, "E0000073", REASON_FACTOR_REFUSED },   { 403, "E0000085", REASON_PROVIDER_DENIED },
        { 429, "E0000109", REASON_TOO_SOON },         { 429, "E0000133", REASON_TOO_SOON },
        { 401, "E0000064", REASON_PASSWORD_EXPIRED }, { 403, "E0000035", REASON_CHANGE_FORBIDDEN },
        { 400, "E0000098", REASON_BAD_PHONE },        { 409, "E0000113", REASON_BROWSER_NEEDED },
        { 403, "E0000095", REASON_UNKNOWN_USER },     { 503, "E0000010", REASON_SERVER_BUSY },
        { 403, "E0000999", REASON_REFUSED },          { 429, "E0000999", REASON_SERVER_BUSY },
        { 500, "E0000999", REASON_SERVER_BUSY },      { 403, "e0000004", REASON_REFUSED },
        { 403, "E00000040", REASON_REFUSED },
    };
    char text[200];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)snprintf(text, sizeof text, "{\"errorCode\":\"%s\"}", rows[i].code);
        fails(rows[i].status, text, rows[i].reason, rows[i].code);
        assert_string_equal(told, "");
    }
}

static void bodies(void **state)
{
    (void)state;
    fails(429, "", REASON_SERVER_BUSY, "status 429");
    fails(503, "<html>", REASON_SERVER_BUSY, "status 503");
    fails(403, "<html>", REASON_BAD_ANSWER, "status 403: okta: not JSON");
    fails(403, "{}", REASON_BAD_ANSWER, "okta.errorCode: missing");
    fails(404, "", REASON_BAD_ANSWER, "status 404: okta: empty");
    fails(401, "{\"errorCode\":7}", REASON_BAD_ANSWER, "expected a text");
    fails(401, "{\"errorCode\":\"E0000004\",\"errorSummary\":7,\"errorCauses\":7}",
          REASON_WRONG_PASSWORD, "E0000004");
    fails(401, "{\"errorCode\":\"E0000004\",\"errorSummary\":\"a\\u001b[2J\",\"errorCauses\":[7]}",
          REASON_WRONG_PASSWORD, "a?[2J");
    fails(401, "{\"errorCode\":\"E0000004\",\"errorSummary\":\"a\",\"errorCauses\":[{}]}",
          REASON_WRONG_PASSWORD, "E0000004: a");
}

static void bytes(void **state)
{
    static const char odd[] = "q\"b\\n\nz\0e\xc3\xa4";
    secret_auto *secret = secret_new(sizeof odd);
    const struct okta_member inside[] = { { "flag", .flag = "true" }, { "none" }, { 0 } };
    const struct okta_member none[] = { { 0 } };

    (void)state;
    assert_true(secret_append(secret, odd, sizeof odd - 1));
    const struct okta_member members[] = { { "none" },
                                           { "secret", .secret = secret },
                                           { "text", "o'\x1f" },
                                           { "in", .members = inside },
                                           { "empty", .members = none },
                                           { 0 } };
    secret_auto *body = okta_body(members);
    assert_string_equal(secret_peek(body),
                        "{\"secret\":\"q\\u0022b\\u005cn\\u000az\\u0000e\xc3\xa4\","
                        "\"text\":\"o'\\u001f\",\"in\":{\"flag\":true},\"empty\":{}}");
    assert_int_equal(secret_room(body), 0);
}

static const struct CMUnitTest facts[] = {
    FACT(recordings, "okta_error_fail: each recorded error is its reason, told by its cause"),
    FACT(codes, "okta_error_fail: the code decides, and of an unknown one the status"),
    FACT(bodies, "okta_error_fail: no body, or one that makes no sense, is an answer too"),
    FACT(bytes, "okta_body: quotes, NUL and others are told as they are, in room that fits"),
};

int main(void)
{
    recorded_prepare();
    return test_run(facts, COUNT(facts));
}
