/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "idp/oauth_error.h"

static struct why why;

static void errors(void **state)
{
    static const struct {
        const char *error, *told, *text;
        enum reason reason;
    } rows[] = {
        { "invalid_grant", "", "invalid_grant", REASON_WRONG_PASSWORD },
        { "invalid_grant", "Account disabled", "invalid_grant: Account disabled",
          REASON_NOT_TAKEN },
        { "invalid_grant", "Account is not fully set up", "fully set up", REASON_NOT_TAKEN },
        { "invalid_grant", "Account is not fully set up.", "", REASON_WRONG_PASSWORD },
        { "invalid_grant", "Invalid user credentials", "", REASON_WRONG_PASSWORD },
        { "access_denied", "Account disabled", "", REASON_PROVIDER_DENIED },
        { "access_denied", "", "access_denied", REASON_PROVIDER_DENIED },
        { "authorization_declined", "", "", REASON_PROVIDER_DENIED },
        { "expired_token", "", "", REASON_DEVICE_EXPIRED },
        { "bad_verification_code", "", "", REASON_DEVICE_EXPIRED },
        { "interaction_required", "", "", REASON_BROWSER_NEEDED },
        { "mfa_required", "", "", REASON_BROWSER_NEEDED },
        { "invalid_client", "", "", REASON_CLIENT_REFUSED },
        { "unsupported_grant_type", "", "", REASON_CLIENT_REFUSED },
        { "server_error", "", "", REASON_SERVER_BUSY },
        /* Not known; nor do capitals or more of it count. */
        { "temporarily_unavailable_", "", "", REASON_BAD_ANSWER },
        { "INVALID_GRANT", "", "", REASON_BAD_ANSWER },
        { "", "", "", REASON_BAD_ANSWER },
        { "admin_policy_enforced", "wrong password", "", REASON_BAD_ANSWER },
        /* What is told is for people: nothing follows from it. */
        { "access_denied", "invalid_grant", "", REASON_PROVIDER_DENIED },
        { "a\nb", "c\x1b[md", "a?b: c?[md", REASON_BAD_ANSWER },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        test_reason(oauth_error_fail(rows[i].error, 0, rows[i].told, &why), &why, rows[i].reason,
                    rows[i].text);
}

/* One of each kind; "error" would mean something else. */
static void numbers(void **state)
{
    static const struct {
        int64_t number;
        enum reason reason;
        bool proves;
    } rows[] = {
        { 50126, REASON_WRONG_PASSWORD, false },  { 50034, REASON_UNKNOWN_USER, false },
        { 50053, REASON_ACCOUNT_LOCKED, false },  { 50057, REASON_DISABLED, false },
        { 50055, REASON_PASSWORD_EXPIRED, true }, { 50144, REASON_PASSWORD_EXPIRED, true },
        { 50125, REASON_MUST_CHANGE, true },      { 50076, REASON_BROWSER_NEEDED, true },
        { 50079, REASON_BROWSER_NEEDED, true },   { 53003, REASON_PROVIDER_DENIED, true },
        { 530032, REASON_PROVIDER_DENIED, true }, { 50105, REASON_PROVIDER_DENIED, true },
        { 65001, REASON_CLIENT_REFUSED, true },   { 7000218, REASON_CLIENT_REFUSED, false },
        { 700016, REASON_CLIENT_REFUSED, false }, { 9001023, REASON_CLIENT_REFUSED, false },
        { 700082, REASON_TOKEN_EXPIRED, false },  { 50173, REASON_TOKEN_EXPIRED, false },
        { 70019, REASON_DEVICE_EXPIRED, false },  { 50196, REASON_SERVER_BUSY, false },
        { 80002, REASON_SERVER_BUSY, false },     { 50097, REASON_BROWSER_NEEDED, false },
    };
    char told[100];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)snprintf(told, sizeof told, "AADSTS%ld: It was refused.", (long)rows[i].number);
        assert_int_equal(oauth_error_number(told), rows[i].number);
        test_reason(oauth_error_fail("temporarily_unavailable", rows[i].number, told, &why), &why,
                    rows[i].reason, told);
        assert_int_equal(oauth_error_proves(rows[i].number), rows[i].proves);
    }
}

/* No number, or one that is not known: the error counts, and no password is proved. */
static void no_numbers(void **state)
{
    static const struct {
        const char *told;
        int64_t number;
    } rows[] = {
        { "", 0 },
        { "AADSTS", 0 },
        { "AADSTS: no", 0 },
        { "AADSTSx50126", 0 },
        { "AADSTS-50126: no", 0 },
        { "aadsts50126: no", 0 },
        { " AADSTS50126: no", 0 },
        { "It says AADSTS50126: no", 0 },
        { "AADSTS501261: no", 501261 },
        { "AADSTS5012: no", 5012 },
        { "AADSTS99999999999: no", 99999999999 },
        { "AADSTS000000050126: no", 0 },         /* no such number is written */
        { "AADSTS18446744073709601742: no", 0 }, /* 2^64 + 50126 */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t number = oauth_error_number(rows[i].told);
        if (number != rows[i].number)
            fail_msg("%s: %ld", rows[i].told, (long)number);
        assert_false(oauth_error_proves(number) || oauth_error_knows(number));
        test_reason(oauth_error_fail("invalid_grant", number, rows[i].told, &why), &why,
                    number ? REASON_NOT_TAKEN : REASON_WRONG_PASSWORD, rows[i].told);
        test_reason(oauth_error_fail("slow", number, rows[i].told, &why), &why, REASON_BAD_ANSWER,
                    "slow");
        test_reason(oauth_error_fail("access_denied", number, rows[i].told, &why), &why,
                    REASON_PROVIDER_DENIED, rows[i].told);
    }
}

static void long_words(void **state)
{
    char many[2000], told[2000];

    (void)state;
    memset(many, 'e', sizeof many - 1);
    many[sizeof many - 1] = '\0';
    for (size_t i = 0; i + 1 < sizeof told; i++)
        told[i] = "x\xe2\x82\xac"[i % 4];
    told[sizeof told - 1] = '\0';
    test_reason(oauth_error_fail(many, 0, told, &why), &why, REASON_BAD_ANSWER, "eeee: x");
    assert_int_equal(strspn(why.text, "e"), 100);
    assert_true(text_is_clean(why.text, strlen(why.text)));
}

static void busy(void **state)
{
    static const int later[] = { 429, 500, 502, 503, 504, 599 },
                     other[] = { 200, 204, 302, 400, 401, 403, 404, 428, 430, 499 };

    (void)state;
    for (size_t i = 0; i < COUNT(later); i++)
        assert_true(oauth_error_is_busy(later[i]));
    for (size_t i = 0; i < COUNT(other); i++)
        assert_false(oauth_error_is_busy(other[i]));
}

FACTS(FACT(errors, "oauth_error_fail: the error decides, not what is told beside it"),
      FACT(numbers,
           "oauth_error_fail: a number of Entra's counts more, and may prove the password"),
      FACT(no_numbers, "oauth_error_number: one at the beginning, whole, or none"),
      FACT(long_words, "oauth_error_fail: long words are cut, and clean"),
      FACT(busy, "oauth_error_is_busy: too many requests, and a server that fails"))
