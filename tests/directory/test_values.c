/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* the word is ours */

#include "directory/entry.h"
#include "directory/filetime.h"
#include "directory/password.h"
#include "directory/person.h"
#include "directory/sid.h"

static void numbers_are_read_strictly(void **state)
{
    static const char *const bad[] = { "",
                                       "-",
                                       "+1",
                                       " 1",
                                       "1 ",
                                       "0x1",
                                       "1.5",
                                       "9223372036854775808",
                                       "-9223372036854775809",
                                       "99999999999999999999999" };
    int64_t number = 5;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(filetime_number(bad[i], &number));
    assert_int_equal(number, 5);
    assert_true(filetime_number("9223372036854775807", &number));
    assert_true(number == INT64_MAX);
    assert_true(filetime_number("-9223372036854775808", &number));
    assert_true(number == INT64_MIN);
    assert_true(filetime_number("-36288000000000", &number));
    assert_true(number == -36288000000000);
}

static void a_filetime_is_a_time_zero_or_never(void **state)
{
    enum filetime_kind kind;
    time_t at = 1;

    (void)state;
    assert_true(filetime_at(116444736000000000, &kind, &at));
    assert_int_equal(kind, FILETIME_AT);
    assert_int_equal(at, 0);
    assert_true(filetime_at(132640627200000000, &kind, &at));
    assert_int_equal(at, 1619589120);
    assert_true(filetime_at(1, &kind, &at));
    assert_true(at == -11644473600);
    assert_true(filetime_at(0, &kind, &at));
    assert_int_equal(kind, FILETIME_ZERO);
    assert_true(filetime_at(INT64_MAX, &kind, &at));
    assert_int_equal(kind, FILETIME_NEVER);
    assert_false(filetime_at(-1, &kind, &at));
}

static void a_span_is_seconds_and_none_is_zero(void **state)
{
    (void)state;
    assert_int_equal(filetime_span(-36288000000000), 42 * 86400);
    assert_int_equal(filetime_span(0), 0);
    assert_int_equal(filetime_span(INT64_MIN), 0);
    assert_int_equal(filetime_span(5), 0);
    assert_int_equal(filetime_span(-1), 0);
}

static void a_sid_is_read_exactly(void **state)
{
    static const unsigned char user[] = { 1, 5, 0, 0, 0, 0, 0,    5,    21,   0,    0,    0, 1, 0,
                                          0, 0, 2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xf4, 1, 0, 0 };
    static const unsigned char everyone[] = { 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 };
    static const unsigned char huge[] = { 1, 0, 1, 0, 0, 0, 0, 5 };
    unsigned char longest[SID_BYTES + 4];
    char text[SID_TEXT];

    (void)state;
    assert_true(sid_text(user, sizeof user, text));
    assert_string_equal(text, "S-1-5-21-1-2-4294967295-500");
    for (size_t i = 0; i < sizeof user; i++)
        assert_false(sid_text(user, i, text));
    assert_true(sid_text(everyone, sizeof everyone, text));
    assert_string_equal(sid_well_known(text), "Everyone");
    assert_null(sid_well_known("S-1-5-21-1-2-3-500"));
    assert_true(sid_text(huge, sizeof huge, text));
    assert_string_equal(text, "S-1-0x010000000005");
    memset(longest, 0xff, sizeof longest);
    longest[0] = 1;
    longest[1] = 15;
    assert_true(sid_text(longest, SID_BYTES, text));
    longest[1] = 16;
    assert_false(sid_text(longest, SID_BYTES + 4, text));
    longest[0] = 2;
    longest[1] = 15;
    assert_false(sid_text(longest, SID_BYTES, text));
}

static void a_guid_is_read_exactly(void **state)
{
    static const unsigned char guid[] = { 0xff, 0x19, 0x96, 0x6f, 0x86, 0x8b, 0x11, 0xd0,
                                          0xb4, 0x2d, 0x00, 0xcf, 0x4f, 0xc9, 0x64, 0xff };
    char text[GUID_TEXT];

    (void)state;
    assert_true(guid_text(guid, sizeof guid, text));
    assert_string_equal(text, "6f9619ff-8b86-d011-b42d-00cf4fc964ff");
    assert_false(guid_text(guid, 15, text));
}

static void the_computed_end_counts_before_all(void **state)
{
    struct password_facts facts = { .has_end = true, .end = INT64_MAX, .control = 0 };
    time_t at = 0;

    (void)state;
    assert_int_equal(password_end_of(&facts, &at), PASSWORD_END_NEVER);
    facts.end = 0;
    assert_int_equal(password_end_of(&facts, &at), PASSWORD_END_MUST_CHANGE);
    facts.end = 132640627200000000;
    facts.control = CONTROL_NEVER_EXPIRES;
    assert_int_equal(password_end_of(&facts, &at), PASSWORD_END_AT);
    assert_int_equal(at, 1619589120);
}

static void without_it_the_end_is_the_change_and_the_maximum_age(void **state)
{
    struct password_facts facts = {
        .has_set = true, .set = 132640627200000000, .max_age_known = true, .max_age = 86400
    };
    time_t at = 0;

    (void)state;
    assert_int_equal(password_end_of(&facts, &at), PASSWORD_END_AT);
    assert_int_equal(at, 1619589120 + 86400);
    facts.max_age = 0;
    assert_int_equal(password_end_of(&facts, &at), PASSWORD_END_NEVER);
    facts.max_age_known = false;
    assert_int_equal(password_end_of(&facts, &at), PASSWORD_END_UNKNOWN);
    facts.set = 0;
    assert_int_equal(password_end_of(&facts, &at), PASSWORD_END_MUST_CHANGE);
    facts.control = CONTROL_NEVER_EXPIRES;
    assert_int_equal(password_end_of(&facts, &at), PASSWORD_END_NEVER);
    facts.control = CONTROL_SMARTCARD;
    assert_int_equal(password_end_of(&facts, &at), PASSWORD_END_NEVER);
    facts = (struct password_facts){ 0 };
    assert_int_equal(password_end_of(&facts, &at), PASSWORD_END_UNKNOWN);
}

static void value_is(const char *bytes, size_t length, const char *text)
{
    struct berval value = { length, (char *)bytes };
    char *got = entry_value(&value);

    assert_string_equal(got, text);
    free(got);
}

static void a_value_is_text_or_hexadecimal(void **state)
{
    (void)state;
    value_is("J\xc3\xbcrgen", 7, "J\xc3\xbcrgen");
    value_is("Street 1\r\nTown", 14, "Street 1  Town");
    value_is("\0\x01\xff", 3, "0x0001ff");
    value_is("\xff\xfe", 2, "0xfffe");
    value_is("", 0, "");
}

static void a_long_value_is_cut(void **state)
{
    static char bytes[3 * PERSON_VALUE];
    struct berval value = { sizeof bytes, bytes };

    (void)state;
    memset(bytes, 'a', sizeof bytes);
    char *text = entry_value(&value);
    assert_int_equal(strlen(text), PERSON_VALUE);
    free(text);
    memset(bytes, '\0', sizeof bytes);
    text = entry_value(&value);
    assert_true(strlen(text) < PERSON_VALUE);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_strictly),
        cmocka_unit_test(a_filetime_is_a_time_zero_or_never),
        cmocka_unit_test(a_span_is_seconds_and_none_is_zero),
        cmocka_unit_test(a_sid_is_read_exactly),
        cmocka_unit_test(a_guid_is_read_exactly),
        cmocka_unit_test(the_computed_end_counts_before_all),
        cmocka_unit_test(without_it_the_end_is_the_change_and_the_maximum_age),
        cmocka_unit_test(a_value_is_text_or_hexadecimal),
        cmocka_unit_test(a_long_value_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
