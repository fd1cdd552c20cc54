/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/notice.h"
#include "agent/window.h"

enum { SECOND = 1000, HOUR = 3600 * SECOND };
static const int64_t now = 1800000000000; /* 2027-01-15 08:00 UTC */
static bool has_window;
static struct identity identity = { .name = "default" };
static struct notice notice;

int64_t agent_now(void)
{
    return now;
}

bool window_is_there(void)
{
    return has_window;
}

static void set_up(bool window)
{
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    tzset();
    has_window = window;
    message_free(&identity.facts);
    identity.facts = message_new(MESSAGE_RESULT);
    message_add(identity.facts, SLOT_PRINCIPAL, "o'neil&<b>@CORP.EXAMPLE");
}

static void spans(void **state)
{
    static const struct {
        int64_t left;
        const char *summary;
    } rows[] = { { 14 * 24LL * HOUR, "Your password ends in 14 days" },
                 { 7 * 24LL * HOUR - SECOND, "Your password ends in 7 days" },
                 { 7 * 24LL * HOUR + HOUR, "Your password ends in 7 days" },
                 { 47LL * HOUR, "Your password ends in 2 days" },
                 { 25LL * HOUR, "Your password ends in 1 day" },
                 { 24LL * HOUR, "Your password ends in 24 hours" },
                 { HOUR + SECOND, "Your password ends in 2 hours" },
                 { SECOND, "Your password ends in 1 hour" } };

    (void)state;
    set_up(true);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        notice_password_ends(&notice, &identity, now + rows[i].left);
        assert_string_equal(notice.summary, rows[i].summary);
        assert_int_equal(notice.urgent, rows[i].left <= 24LL * HOUR);
    }
}

static void ends(void **state)
{
    (void)state;
    set_up(true);
    notice_password_ends(&notice, &identity, now + 2 * HOUR);
    assert_string_equal(notice.body,
                        "The password of o'neil&<b>@CORP.EXAMPLE ends on 2027-01-15 at 10:00.");
    assert_string_equal(notice.label, "Change password");
    set_up(false);
    notice_password_ends(&notice, &identity, now + 2 * HOUR);
    assert_string_equal(notice.body,
                        "The password of o'neil&<b>@CORP.EXAMPLE ends on 2027-01-15 at 10:00. "
                        "Run: chatelaine change-password");
    assert_null(notice.label);
}

static void needed(void **state)
{
    static const struct {
        enum reason reason;
        const char *summary, *label;
    } rows[] = { { REASON_NOT_STORED, "Your password is needed", "Sign in" },
                 { REASON_NO_KEYCHAIN, "Your password is needed", "Sign in" },
                 { REASON_KEYCHAIN_ASKS, "Your password is needed", "Sign in" },
                 { REASON_WRONG_PASSWORD, "The stored password was refused", "Sign in" },
                 { REASON_STORED_REFUSED, "The stored password was refused", "Sign in" },
                 { REASON_MUST_CHANGE, "Your password must be changed", "Change password" },
                 { REASON_ACCOUNT_LOCKED, "You cannot sign in", NULL } };

    (void)state;
    set_up(true);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        notice_password_needed(&notice, &identity, rows[i].reason);
        assert_string_equal(notice.summary, rows[i].summary);
        assert_string_equal(notice.label ? notice.label : "", rows[i].label ? rows[i].label : "");
        assert_non_null(strstr(notice.body, "o'neil&<b>@CORP.EXAMPLE: "));
    }
    assert_non_null(strstr(notice.body, reason_sentence(REASON_ACCOUNT_LOCKED)));
    assert_non_null(strstr(notice.body, reason_remedy(REASON_ACCOUNT_LOCKED)));
    set_up(false);
    notice_password_needed(&notice, &identity, REASON_KEYCHAIN_ASKS);
    assert_non_null(strstr(notice.body, reason_remedy(REASON_KEYCHAIN_ASKS)));
}

static void places(void **state)
{
    enum reason reason;

    (void)state;
    set_up(true);
    assert_false(notice_open_place(&identity, &reason));
    message_add_pair(identity.facts, SLOT_OUT_OF_STEP, "keyring", "changed-elsewhere");
    message_add_pair(identity.facts, SLOT_OUT_OF_STEP, "computer", "not-followed");
    assert_true(notice_open_place(&identity, &reason));
    assert_int_equal(reason, REASON_CHANGED_ELSEWHERE);
    notice_places_open(&notice, &identity, reason);
    assert_string_equal(notice.summary, "Your password was changed elsewhere");
    assert_string_equal(notice.label, "Sign in");
    set_up(false);
    notice_places_open(&notice, &identity, REASON_NOT_FOLLOWED);
    assert_string_equal(notice.summary, "Your new password is not everywhere yet");
    assert_non_null(strstr(notice.body, "Run: chatelaine repair"));
}

static void certificate(void **state)
{
    (void)state;
    set_up(true);
    notice_certificate(&notice, &identity, "wifi", 0, REASON_CERTIFICATE_DENIED);
    assert_string_equal(notice.summary, "You have no certificate wifi");
    assert_non_null(strstr(notice.body, reason_sentence(REASON_CERTIFICATE_DENIED)));
    assert_non_null(strstr(notice.body, reason_remedy(REASON_CERTIFICATE_DENIED)));
    assert_null(notice.label);
    notice_certificate(&notice, &identity, "wifi", agent_now() + 3LL * 86400000,
                       REASON_NO_AUTHORITY);
    assert_string_equal(notice.summary, "Your certificate wifi ends in 3 days");
    notice_certificate(&notice, &identity, "wifi", -1, REASON_KEYCHAIN_LOCKED);
    assert_string_equal(notice.summary, "The network cannot use your certificate wifi");
}

static void unknown(void **state)
{
    (void)state;
    message_free(&identity.facts);
    notice_password_needed(&notice, &identity, REASON_NOT_STORED);
    assert_non_null(strstr(notice.body, "default: The keychain does not hold this password."));
}

static void escaped(void **state)
{
    char text[64], small[8];

    (void)state;
    notice_escape("a<b>&\"'\xc3\xa9", text, sizeof text);
    assert_string_equal(text, "a&lt;b&gt;&amp;&quot;&#39;\xc3\xa9");
    notice_escape("abc&&&", small, sizeof small);
    assert_string_equal(small, "abc");
    notice_escape("", small, sizeof small);
    assert_string_equal(small, "");
}

FACTS(FACT(spans, "notice_password_ends: days, in the last day hours that have begun"),
      FACT(ends, "notice_password_ends: whose password, when, and what to do without a window"),
      FACT(needed, "notice_password_needed: a headline and a button for each kind of reason"),
      FACT(places, "notice_places_open: by the reason of the first place that the facts name"),
      FACT(certificate, "notice_certificate: which one, why, and what to do"),
      FACT(unknown, "notice_password_needed: the identity's name where nobody is known"),
      FACT(escaped, "notice_escape: what comes from elsewhere is no markup"))
