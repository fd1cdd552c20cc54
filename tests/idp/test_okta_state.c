/* SPDX-License-Identifier: MIT */
#include "spoil.h"

#include "base/text.h"
#include "faults.h"
#include "idp/okta_state.h"

static struct why why;
static struct okta_state state;

/* More than any member may have; a whole answer may have more. */
enum { LARGE = OKTA_TOKEN_MOST + 1 };

static enum outcome parse(const char *text)
{
    okta_state_free(&state);
    return okta_state_parse(ORG, text, strlen(text), &state, &why);
}

static void gives(const char *text)
{
    if (parse(text))
        fail_msg("%s: %s", text, why.text);
}

static void fails(const char *text, const char *words)
{
    test_reason(parse(text), &why, REASON_BAD_ANSWER, words);
    assert_null(state.document);
    assert_null(state.state_token);
    assert_null(state.session_token);
    assert_null(state.shared);
}

static const struct {
    const char *name;
    enum okta_step step;
    const char *next; /* its name; NULL: none */
    size_t factors;
    enum okta_factor_result result;
    bool has_token;
} answers[] = {
    { "success", OKTA_DONE, NULL, 0, OKTA_NONE, false },
    { "locked-out", OKTA_LOCKED, "unlock", 0, OKTA_NONE, false },
    { "mfa-required", OKTA_CHOOSE, NULL, 5, OKTA_NONE, true },
    { "mfa-challenge-sms", OKTA_CHALLENGE, "verify", 1, OKTA_NONE, true },
    { "mfa-challenge-push", OKTA_CHALLENGE, "poll", 1, OKTA_WAITING, true },
    { "mfa-enroll", OKTA_ENROLL, NULL, 6, OKTA_NONE, true },
    { "factor-enroll", OKTA_ENROLL, NULL, 6, OKTA_NONE, true },
    { "mfa-enroll-activate-sms", OKTA_ACTIVATE, "activate", 1, OKTA_NONE, true },
    { "factor-enroll-activate-sms", OKTA_ACTIVATE, "activate", 1, OKTA_NONE, true },
    { "mfa-enroll-activate-totp-okta", OKTA_ACTIVATE, "activate", 1, OKTA_NONE, true },
    { "mfa-enroll-activate-totp-google", OKTA_ACTIVATE, "activate", 1, OKTA_NONE, true },
    { "mfa-enroll-activate-push-waiting", OKTA_ACTIVATE, "poll", 1, OKTA_WAITING, true },
    { "mfa-enroll-activate-push-timeout", OKTA_ACTIVATE, "activate", 1, OKTA_TIMEOUT, true },
    { "password-expired", OKTA_EXPIRED, "changePassword", 0, OKTA_NONE, true },
    { "password-warn", OKTA_WARN, "changePassword", 0, OKTA_NONE, true },
    { "password-reset", OKTA_RESET, "resetPassword", 0, OKTA_NONE, true },
    { "recovery", OKTA_RECOVER, "recovery", 0, OKTA_NONE, false },
    { "recovery-token", OKTA_RECOVER, "answer", 0, OKTA_NONE, true },
    { "recovery-challenge-password", OKTA_PROVE, "verify", 0, OKTA_NONE, true },
    { "recovery-challenge-email", OKTA_PROVE, NULL, 0, OKTA_WAITING, false },
};

static void recordings(void **data)
{
    (void)data;
    for (size_t i = 0; i < COUNT(answers); i++) {
        char *text;
        assert_int_equal(recorded(answers[i].name, &text), 200);
        gives(text);
        if (state.row->step != answers[i].step || state.factors != answers[i].factors ||
            state.result != answers[i].result || !state.state_token == answers[i].has_token ||
            !state.next.href != !answers[i].next ||
            (state.next.href && strcmp(state.next.name, answers[i].next) != 0))
            fail_msg("%s", answers[i].name);
        assert_int_equal(state.session_token != NULL, state.row->step == OKTA_DONE);
        free(text);
    }
    okta_state_free(&state);
}

static void gives_recorded(const char *name)
{
    char *text;

    assert_int_equal(recorded(name, &text), 200);
    gives(text);
    free(text);
}

static void members(void **data)
{
    (void)data;
    gives_recorded("success");
    assert_string_equal(secret_peek(state.session_token),
                        "00p8RhRDCh_8NxIin-wtF5M6ofFtRhfKWGBAbd2WmE");
    assert_string_equal(state.person.id, "00uhm5QzwyZZxjrfp0g3");
    assert_string_equal(state.person.login, "exampleUser@example.com");
    assert_string_equal(state.person.first_name, "Test");
    assert_string_equal(state.person.time_zone, "America/Los_Angeles");
    gives_recorded("mfa-required");
    assert_string_equal(state.factor[0].words, "What is the food you least liked as a child?");
    assert_int_equal(state.factor[0].row->how, OKTA_ANSWER);
    assert_string_equal(state.factor[3].words, "Reman's iPhone");
    assert_string_equal(state.factor[4].words, "+1 XXX-XXX-6688");
    assert_string_equal(state.factor[4].verify.href,
                        ORG "/api/v1/authn/factors/smsigwDlH85L9FyQK0g3/verify");
    assert_string_equal(state.cancel.href, ORG "/api/v1/authn/cancel");
    gives_recorded("mfa-challenge-sms");
    assert_string_equal(state.resend.name, "sms");
    assert_string_equal(state.prev.href, ORG "/api/v1/authn/previous");
    gives_recorded("mfa-enroll-activate-totp-okta");
    assert_string_equal(secret_peek(state.shared), "KBMTM32UJZSXQ2DW");
    assert_int_equal(state.digits, 6);
    gives_recorded("mfa-enroll");
    assert_non_null(state.factor[0].questions.href);
    gives_recorded("password-warn");
    assert_int_equal(state.policy.expire_days, 0);
    assert_true(state.policy.has_rules && state.policy.length == 8 && state.policy.lower == 1);
    assert_string_equal(state.person.password_changed, "2015-11-10T21:50:43.000Z");
    assert_non_null(state.skip.href);
    gives_recorded("recovery-token");
    assert_string_equal(state.question, "Who's a major player in the cowboy scene?");
    gives_recorded("recovery");
    assert_string_equal(secret_peek(state.recovery_token), "VBQ0gwBp5LyJJFdbmWCM");
    gives_recorded("recovery-challenge-email");
    assert_string_equal(state.sent_by, "EMAIL");
    okta_state_free(&state);
}

/* Whatever came of a text: a state of sense, or a reason and nothing. */
static void is_sound(const char *text, size_t length)
{
    okta_state_free(&state);
    if (okta_state_parse(ORG, text, length, &state, &why)) {
        assert_int_equal(why.reason, REASON_BAD_ANSWER);
        assert_null(state.document);
        assert_null(state.state_token);
        return;
    }
    assert_non_null(state.row);
    assert_in_range(state.factors, 0, OKTA_FACTORS);
    assert_in_range(state.digits, 4, 10);
    const struct okta_link *const links[] = { &state.next, &state.prev, &state.cancel, &state.skip,
                                              &state.resend };
    for (size_t i = 0; i < COUNT(links); i++)
        assert_true(!links[i]->href || !strncmp(links[i]->href, ORG "/", sizeof ORG));
}

static void spoilt(void **data)
{
    long count = 0;

    (void)data;
    for (size_t i = 0; i < COUNT(answers); i++) {
        char *text;
        (void)recorded(answers[i].name, &text);
        count += spoil_all(text, LARGE, is_sound);
        free(text);
    }
    assert_in_range(count, 2000, 200000);
    okta_state_free(&state);
}

/* All factors of the facts, and one that nobody knows. */
static void factors(void **data)
{
    static const struct {
        const char *type, *provider;
        int how; /* -1: not known */
    } rows[] = {
        { "push", "OKTA", OKTA_PUSH },
        { "token:software:totp", "OKTA", OKTA_CODE },
        { "token:software:totp", "GOOGLE", OKTA_CODE },
        { "token:hotp", "CUSTOM", OKTA_CODE },
        { "token:hardware", "YUBICO", OKTA_TOKEN },
        { "token", "RSA", OKTA_TOKEN },
        { "token", "SYMANTEC", OKTA_TOKEN },
        { "sms", "OKTA", OKTA_SENT },
        { "call", "OKTA", OKTA_SENT },
        { "email", "OKTA", OKTA_SENT },
        { "question", "OKTA", OKTA_ANSWER },
        { "webauthn", "FIDO", OKTA_KEY },
        { "u2f", "FIDO", OKTA_KEY },
        { "web", "DUO", OKTA_BROWSER },
        { "password", "OKTA", OKTA_BROWSER },
        { "assertion:saml2", "GENERIC_SAML", OKTA_BROWSER },
        { "assertion:oidc", "GENERIC_OIDC", OKTA_BROWSER },
        { "claims_provider", "CUSTOM", OKTA_BROWSER },
        { "signed_nonce", "OKTA", -1 },
        { "push", "DUO", -1 },
        { "PUSH", "OKTA", -1 },
    };

    (void)data;
    text_auto *text = text_new(8192);
    text_add(text, "{\"status\":\"MFA_REQUIRED\",\"_embedded\":{\"factor\":[");
    for (size_t i = 0; i < COUNT(rows); i++)
        text_add(text, "%s{\"factorType\":\"%s\",\"provider\":\"%s\"}", i ? "," : "", rows[i].type,
                 rows[i].provider);
    text_add(text, "]}}");
    gives(text_peek(text));
    assert_int_equal(state.factors, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++)
        if ((state.factor[i].row ? (int)state.factor[i].row->how : -1) != rows[i].how)
            fail_msg("%s/%s", rows[i].type, rows[i].provider);
    okta_state_free(&state);
}

#define LINK(href) "{\"status\":\"X\",\"_links\":{\"next\":{\"href\":\"" href "\"}}}"

static void refused(void **data)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        { "", "okta: empty" },
        { "[]", "expected an object" },
        { "{}", "okta.status: missing" },
        { "{\"status\":\"\"}", "okta.status: empty" },
        { "{\"relayState\":\"\"}", "okta.status: missing" },
        { LINK("http://org.example/x"), "okta._links.next[0].href: the address" },
        { LINK("https://evil.example/x"), "it leads away, to https://evil.example" },
        { LINK("https://org.example:8443/x"), "it leads away" },
        { LINK("https://org.example.evil.example/"), "it leads away" },
        { LINK("https://org.example@evil.example/"), "it names a user" },
        { LINK("/api/v1/authn"), "it is not https" },
        { LINK("javascript:alert(1)"), "it is not https" },
        { "{\"status\":\"X\",\"_links\":{\"next\":\"https://org.example/\"}}",
          "expected an object" },
        { "{\"status\":\"X\",\"_links\":{\"next\":{\"name\":\"verify\"}}}", "href: missing" },
        { "{\"status\":\"X\",\"_embedded\":{\"factors\":[{\"factorType\":\"sms\",\"provider\":"
          "\"OKTA\",\"_links\":{\"verify\":{\"href\":\"https://evil.example/\"}}}]}}",
          "it leads away" },
        { "{\"status\":\"X\",\"_embedded\":{\"factors\":[7]}}", "expected an object" },
        { "{\"status\":\"X\",\"_embedded\":{\"factors\":[{\"provider\":\"OKTA\"}]}}",
          "factorType: missing" },
        { "{\"status\":\"X\",\"stateToken\":\"\xc3\xa4\"}", "expected printable ASCII" },
        { "{\"status\":\"X\",\"_embedded\":{\"factor\":{\"factorType\":\"a\",\"provider\":\"b\","
          "\"_embedded\":{\"activation\":{\"sharedSecret\":\"A&issuer=evil\"}}}}}",
          "sharedSecret: expected base32" },
    };

    char *much = calloc(1, (1 << 20) + 1);

    (void)data;
    for (size_t i = 0; i < COUNT(rows); i++)
        fails(rows[i].text, rows[i].words);
    memset(much, ' ', 1 << 20);
    fails(much, "longer than");
    free(much);
}

/* Of a list the first counts; a port of one's own, a number as text, a flag as text. */
static void shapes(void **data)
{
    (void)data;
    gives("{\"status\":\"X\",\"_links\":{\"next\":[{\"href\":\"" ORG "/a\",\"name\":\"one\"},"
          "{\"href\":\"https://evil.example/\"}],\"resend\":[]}}");
    assert_string_equal(state.next.name, "one");
    assert_null(state.resend.href);
    assert_int_equal(state.row->step, OKTA_ELSEWHERE);
    assert_null(state.row->status);
    gives(LINK(ORG ":443/x"));
    gives("{\"status\":\"PASSWORD_EXPIRED\",\"_embedded\":{\"policy\":{\"complexity\":{"
          "\"excludeUsername\":\"true\",\"minLength\":8},\"age\":{\"historyCount\":4}}}}");
    assert_true(state.policy.exclude_user);
    assert_int_equal(state.policy.history, 4);
    static const char *const numbers[] = { "34", "\"34\"" };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        text_auto *text = text_new(1000);
        text_add(text,
                 "{\"status\":\"MFA_CHALLENGE\",\"factorResult\":\"WAITING\",\"_embedded\":{"
                 "\"factor\":{\"factorType\":\"push\",\"provider\":\"OKTA\",\"_embedded\":{"
                 "\"challenge\":{\"correctAnswer\":%s}}}}}",
                 numbers[i]);
        gives(text_peek(text));
        assert_string_equal(state.number, "34");
    }
    gives("{\"status\":\"MFA_CHALLENGE\",\"factorResult\":\"SOMETHING\"}");
    assert_int_equal(state.result, OKTA_OTHER);
    okta_state_free(&state);
}

static bool parse_recorded(void *text)
{
    okta_state_auto made = { 0 };

    return !okta_state_parse(ORG, text, strlen(text), &made, &why);
}

static void memory(void **data)
{
    char *text;

    (void)data;
    (void)recorded("mfa-enroll-activate-totp-okta", &text);
    assert_in_range(faults_everywhere(FAULTS_MEMORY, parse_recorded, text), 10, 10000);
    free(text);
}

static const struct CMUnitTest facts[] = {
    FACT(recordings, "okta_state_parse: each recorded answer is the state that it is"),
    FACT(members, "okta_state_parse: tokens, links, factors, person and rules are taken"),
    FACT(spoilt,
         "okta_state_parse: each member missing, of another type or too long: sound or refused"),
    FACT(factors, "okta_state_parse: each factor has its row, and an unknown one none"),
    FACT(refused, "okta_state_parse: links that lead away and all that makes no sense are refused"),
    FACT(shapes, "okta_state_parse: a list of links, a number or a flag as text, unknown words"),
    FACT(memory, "okta_state_parse: without memory nothing is left"),
};

int main(void)
{
    recorded_prepare();
    return test_run(facts, COUNT(facts));
}
