/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/uri.h"
#include "idp/authorize.h"

#define BACK   REDIRECT_URI "?"
#define ISSUER "https://login.example/realms/corp"
#define STATE  "af0ifjsldkj-_45678901234567890123456789012A"

static struct why why;

/* Takes what came back for an attempt with the state STATE. */
static enum outcome take_from(bool names_itself, const char *uri, struct secret **code)
{
    const struct authorize authorize = { .state = STATE };
    const struct discovery discovery = { .issuer = ISSUER, .names_itself = names_itself };

    *code = NULL;
    return authorize_take(&authorize, &discovery, uri, code, &why);
}

static enum outcome take(const char *uri, struct secret **code)
{
    return take_from(false, uri, code);
}

static void codes(void **state)
{
    static const char *const rows[][2] = {
        { BACK "code=SplxlOBeZQQYbYS6WxSbIA&state=" STATE, "SplxlOBeZQQYbYS6WxSbIA" },
        { BACK "state=" STATE "&session_state=x&code=4%2F0AX4+b%2b&scope=openid", "4/0AX4 b+" },
        { BACK "iss=https%3A%2F%2Flogin.example%2Frealms%2Fcorp&state=" STATE "&code=a", "a" },
        { BACK "iss=" ISSUER "&state=" STATE "&code=a#_=_", "a" },
        { BACK "error_description=none&state=" STATE "&code=a", "a" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        secret_auto *code = NULL;
        if (take(rows[i][0], &code))
            fail_msg("%s: %s", rows[i][0], why.text);
        assert_string_equal(secret_peek(code), rows[i][1]);
        assert_int_equal(secret_length(code), strlen(rows[i][1]));
    }
}

struct refusal {
    const char *uri;
    enum reason reason;
    const char *words;
};

static void refuse_all(const struct refusal *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct secret *code;
        test_reason(take(rows[i].uri, &code), &why, rows[i].reason, rows[i].words);
        assert_null(code);
    }
}

static void others(void **state)
{
    static const struct refusal rows[] = {
        /* Another attempt's, or nobody's. */
        { "", REASON_OTHER_PERSON, "another sign-in" },
        { BACK, REASON_OTHER_PERSON, "another sign-in" },
        { BACK "code=a", REASON_OTHER_PERSON, "another sign-in" },
        { BACK "code=a&state=", REASON_OTHER_PERSON, "another sign-in" },
        { BACK "code=a&state=" STATE "x", REASON_OTHER_PERSON, "another sign-in" },
        { BACK "code=a&state=af0ifjsldkj-_45678901234567890123456789012", REASON_OTHER_PERSON,
          "another sign-in" },
        { BACK "code=a&state=Af0ifjsldkj-_45678901234567890123456789012A", REASON_OTHER_PERSON,
          "another sign-in" },
        { BACK "code=a&state=" STATE "&state=" STATE, REASON_OTHER_PERSON, "another sign-in" },
        { BACK "code=a&state=" STATE "&state=x", REASON_OTHER_PERSON, "another sign-in" },
        { BACK "code=a&state=" STATE "&state", REASON_OTHER_PERSON, "another sign-in" },
        { BACK "code=a#state=" STATE, REASON_OTHER_PERSON, "another sign-in" },
        { "org.chatelaine:/other?code=a&state=" STATE, REASON_OTHER_PERSON, "another sign-in" },
        { "org.chatelaine:/callback2?code=a&state=" STATE, REASON_OTHER_PERSON, "another" },
        { "org.chatelaine:/callback#?code=a&state=" STATE, REASON_OTHER_PERSON, "another" },
        { "https://login.example/callback?code=a&state=" STATE, REASON_OTHER_PERSON, "another" },
        { BACK "error=access_denied", REASON_OTHER_PERSON, "another sign-in" },
        { BACK "error=access_denied&state=x", REASON_OTHER_PERSON, "another sign-in" },
        /* Of another issuer, or of one that cannot be read. */
        { BACK "code=a&iss=https://evil.example&state=" STATE, REASON_OTHER_ISSUER,
          "came back from https://evil.example" },
        { BACK "code=a&iss=" ISSUER "/&state=" STATE, REASON_OTHER_ISSUER, ISSUER "/" },
        { BACK "code=a&iss=&state=" STATE, REASON_OTHER_ISSUER, "cannot be read" },
        { BACK "code=a&iss&state=" STATE, REASON_OTHER_ISSUER, "cannot be read" },
        { BACK "code=a&iss=" ISSUER "&iss=https://evil.example&state=" STATE, REASON_OTHER_ISSUER,
          "cannot be read" },
        { BACK "code=a&iss=" ISSUER "%00&state=" STATE, REASON_OTHER_ISSUER, "cannot be read" },
        { BACK "error=access_denied&iss=https://evil.example&state=" STATE, REASON_OTHER_ISSUER,
          "evil.example" },
    };

    (void)state;
    refuse_all(rows, COUNT(rows));
}

/* Section 2.4: who is told that it always gives one must not do without. */
static void issuers(void **state)
{
    static const struct refusal rows[] = {
        { BACK "code=a&state=" STATE, REASON_OTHER_ISSUER, "without a word from " ISSUER },
        { BACK "code=a&ISS=" ISSUER "&state=" STATE, REASON_OTHER_ISSUER, "without a word" },
        { BACK "error=access_denied&state=" STATE, REASON_OTHER_ISSUER, "without a word" },
        { BACK "code=a&iss&state=" STATE, REASON_OTHER_ISSUER, "cannot be read" },
        { BACK "error=access_denied&iss=" ISSUER "&state=" STATE, REASON_PROVIDER_DENIED, "" },
        { BACK "code=a&state=b" STATE, REASON_OTHER_PERSON, "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        secret_auto *code = NULL;
        test_reason(take_from(true, rows[i].uri, &code), &why, rows[i].reason, rows[i].words);
        assert_null(code);
    }
    secret_auto *code = NULL;
    assert_int_equal(take_from(true, BACK "code=a&iss=" ISSUER "&state=" STATE, &code), OUTCOME_OK);
    assert_string_equal(secret_peek(code), "a");
}

static void errors(void **state)
{
    static const struct refusal rows[] = {
        /* Errors, which count before a code. */
        { BACK "error=access_denied&state=" STATE, REASON_PROVIDER_DENIED, "access_denied" },
        { BACK "error=access_denied&error_description=The+person+declined%0d%0aTrace&state=" STATE,
          REASON_PROVIDER_DENIED, "access_denied" },
        { BACK "error=login_required&error_description=AADSTS50058%3a+no&code=a&state=" STATE,
          REASON_BROWSER_NEEDED, "login_required: AADSTS50058: no" },
        { BACK "error=server_error&state=" STATE, REASON_SERVER_BUSY, "server_error" },
        { BACK "error=new_one&state=" STATE, REASON_BAD_ANSWER, "new_one" },
        { BACK "error=&code=a&state=" STATE, REASON_BAD_ANSWER, "an error that cannot be read" },
        { BACK "error&code=a&state=" STATE, REASON_BAD_ANSWER, "an error that cannot be read" },
        { BACK "error=a&error=a&code=a&state=" STATE, REASON_BAD_ANSWER, "cannot be read" },
        { BACK "error=%1b&code=a&state=" STATE, REASON_BAD_ANSWER, "cannot be read" },
        /* A code that is none. */
        { BACK "state=" STATE, REASON_BAD_ANSWER, "without a code" },
        { BACK "code=&state=" STATE, REASON_BAD_ANSWER, "without a code" },
        { BACK "code=a&code=b&state=" STATE, REASON_BAD_ANSWER, "without a code" },
        { BACK "code=a%00b&state=" STATE, REASON_BAD_ANSWER, "without a code" },
        { BACK "code=a%0d%0ab&state=" STATE, REASON_BAD_ANSWER, "without a code" },
        { BACK "code=a%1bb&state=" STATE, REASON_BAD_ANSWER, "without a code" },
        { BACK "code=a%7fb&state=" STATE, REASON_BAD_ANSWER, "without a code" },
        { BACK "code=a\nb&state=" STATE, REASON_BAD_ANSWER, "without a code" },
        { BACK "code=%ff&state=" STATE, REASON_BAD_ANSWER, "without a code" },
        { BACK "code=%4&state=" STATE, REASON_BAD_ANSWER, "without a code" },
        { BACK "Code=a&state=" STATE, REASON_BAD_ANSWER, "without a code" },
    };

    (void)state;
    refuse_all(rows, COUNT(rows));
}

/* A URI with a code, or a parameter that is of no use, of so many characters. */
static enum outcome with_length(const char *name, size_t length, struct secret **code)
{
    static char uri[REDIRECT_MOST * 2];
    size_t at =
        (size_t)sprintf(uri, BACK "state=" STATE "%s&%s=", *name == 'c' ? "" : "&code=a", name);

    memset(uri + at, 'x', length);
    uri[at + length] = '\0';
    return take(uri, code);
}

static void bounds(void **state)
{
    size_t rest = strlen(BACK "state=" STATE "&code=a&x=");
    struct secret *code;

    (void)state;
    assert_int_equal(with_length("code", 4096, &code), OUTCOME_OK);
    assert_int_equal(secret_length(code), 4096);
    secret_free(&code);
    test_reason(with_length("code", 4097, &code), &why, REASON_BAD_ANSWER, "without a code");
    assert_int_equal(with_length("x", REDIRECT_MOST - 1 - rest, &code), OUTCOME_OK);
    secret_free(&code);
    test_reason(with_length("x", REDIRECT_MOST - rest, &code), &why, REASON_OTHER_PERSON, "");
    test_reason(with_length("iss", 600, &code), &why, REASON_OTHER_ISSUER, "cannot be read");
    test_reason(with_length("error", 600, &code), &why, REASON_BAD_ANSWER, "cannot be read");
    assert_null(code);
}

static void states(void **state)
{
    static const char longest[] = BACK "state=1234567890123456789012345678901234567890123";
    char uri[100], found[AUTHORIZE_TEXT];

    (void)state;
    assert_true(
        redirect_state(BACK "code=a&state=%61f0ifjsldkj-_45678901234567890123456789012A", found));
    assert_string_equal(found, STATE);
    assert_true(redirect_state(longest, found));
    assert_int_equal(strlen(found), AUTHORIZE_TEXT - 1);
    (void)snprintf(uri, sizeof uri, "%s4", longest);
    assert_false(redirect_state(uri, found));
    assert_false(redirect_state("x" BACK "state=" STATE, found));
    assert_false(redirect_state(REDIRECT_URI, found));
    assert_false(redirect_state(BACK "state=", found));
    assert_false(redirect_state(BACK "state=a", found));
    assert_false(redirect_state(BACK "state=../4567890123456789012345678901234567890123", found));
    assert_false(redirect_state(BACK "state=" STATE "&state=" STATE, found));
}

static void parameter_is(const char *url, const char *name, const char *expected)
{
    char value[200];

    if (!uri_parameter(url, name, value, sizeof value) || strcmp(value, expected) != 0)
        fail_msg("%s is \"%s\", not \"%s\", in %s", name, value, expected, url);
}

/* The verifier and the challenge of RFC 7636 appendix B. */
static void url(void **state)
{
    static const char verifier[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    struct authorize authorize = { .state = STATE, .nonce = "n-0S6", .verifier = secret_new(43) };
    struct discovery discovery = { .authorization = "https://login.example/auth" };
    struct authorize_request request = { .client = "a&b=c", .scopes = "openid profile" };
    char *made = NULL;

    (void)state;
    assert_true(secret_append(authorize.verifier, verifier, 43));
    assert_int_equal(authorize_url(&authorize, &discovery, &request, &made, &why), OUTCOME_OK);
    assert_string_equal(made, "https://login.example/auth?response_type=code&client_id=a%26b%3Dc"
                              "&redirect_uri=org.chatelaine%3A%2Fcallback&scope=openid%20profile"
                              "&state=" STATE "&nonce=n-0S6"
                              "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                              "&code_challenge_method=S256");
    free(made);
    (void)strcpy(discovery.authorization, "https://login.example/auth?p=B2C_1&x=");
    request =
        (struct authorize_request){ "c", "openid", "alice@corp.example", "mfa", "login", true };
    assert_int_equal(authorize_url(&authorize, &discovery, &request, &made, &why), OUTCOME_OK);
    assert_memory_equal(made, "https://login.example/auth?p=B2C_1&x=&response_type=code&", 56);
    parameter_is(made, "login_hint", "alice@corp.example");
    parameter_is(made, "acr_values", "mfa");
    parameter_is(made, "prompt", "login");
    parameter_is(made, "access_type", "offline");
    parameter_is(made, "code_challenge_method", "S256");
    assert_null(strstr(made, verifier));
    free(made);
    authorize_end(&authorize);
}

/* 32 random bytes in base64url each, of which no two are the same, nor one before. */
static void attempts(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    enum { ATTEMPTS = 20 };
    static char seen[3 * ATTEMPTS][AUTHORIZE_TEXT];
    size_t count = 0;

    (void)state;
    for (int i = 0; i < ATTEMPTS; i++) {
        authorize_auto authorize = { 0 };
        assert_int_equal(authorize_begin(&authorize, &why), OUTCOME_OK);
        (void)strcpy(seen[count++], authorize.state);
        (void)strcpy(seen[count++], authorize.nonce);
        (void)strcpy(seen[count++], secret_peek(authorize.verifier));
    }
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(strlen(seen[i]), 43);
        assert_int_equal(strspn(seen[i], alphabet), 43);
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(seen[i], seen[other]);
    }
}

FACTS(FACT(codes, "authorize_take: the code of our own attempt, decoded"),
      FACT(others, "authorize_take: another attempt's state and another issuer are refused"),
      FACT(issuers, "authorize_take: no issuer is refused of a provider that gives one always"),
      FACT(errors, "authorize_take: an error counts before a code, and not all is a code"),
      FACT(bounds, "authorize_take: the code and the whole are bounded, to the byte"),
      FACT(states, "redirect_state: one that is there once, of an address that is ours"),
      FACT(url, "authorize_url: the challenge of RFC 7636 appendix B, S256, and all else encoded"),
      FACT(attempts, "authorize_begin: state, nonce and verifier are new each time"))
