/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* the word is ours */

#include "directory/netlogon.h"

/* What Samba 4.17 answered to message 0x3b6eccd5 about ad.lab.test. */
static const unsigned char real[] = {
    0x30, 0x62, 0x02, 0x04, 0x3b, 0x6e, 0xcc, 0xd5, 0x64, 0x5a, 0x04, 0x00, 0x30, 0x56, 0x30,
    0x54, 0x04, 0x08, 0x6e, 0x65, 0x74, 0x6c, 0x6f, 0x67, 0x6f, 0x6e, 0x31, 0x48, 0x04, 0x46,
    0x17, 0x00, 0x00, 0x00, 0xbd, 0x11, 0x00, 0x00, 0x66, 0xdd, 0x6d, 0x0c, 0x0d, 0xb7, 0xdd,
    0x48, 0x8e, 0xfc, 0x9d, 0x93, 0x4a, 0x91, 0x9a, 0xca, 0x02, 0x61, 0x64, 0x03, 0x6c, 0x61,
    0x62, 0x04, 0x74, 0x65, 0x73, 0x74, 0x00, 0xc0, 0x18, 0x03, 0x64, 0x63, 0x31, 0xc0, 0x18,
    0x03, 0x4c, 0x41, 0x42, 0x00, 0x03, 0x44, 0x43, 0x31, 0x00, 0x00, 0x02, 0x48, 0x51, 0x00,
    0xc0, 0x38, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0x30, 0x0f, 0x02, 0x04, 0x3b,
    0x6e, 0xcc, 0xd5, 0x65, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00,
};
enum { REAL_ID = 0x3b6eccd5, BLOB = 30, BLOB_BYTES = 70 };

static struct netlogon answer;
static struct why why;

static enum outcome parse(const unsigned char *bytes, size_t length)
{
    memset(&why, 0, sizeof why);
    return netlogon_parse(bytes, length, REAL_ID, &answer, &why);
}

static void a_question_is_what_adcli_and_windows_send(void **state)
{
    static const unsigned char tail[] = "\x04\x05NtVer\x04\x04\x16\0\0\0\x30\x0a\x04\x08netlogon";
    unsigned char bytes[NETLOGON_REQUEST];
    size_t length = netlogon_ask("ad.lab.test", REAL_ID, bytes);

    (void)state;
    assert_int_equal(length, 82);
    assert_memory_equal(bytes + length - (sizeof tail - 1), tail, sizeof tail - 1);
    assert_memory_equal(bytes + 44, "ad.lab.test", 11);
}

static void a_question_about_no_name_is_not_made(void **state)
{
    unsigned char bytes[NETLOGON_REQUEST];

    (void)state;
    assert_int_equal(netlogon_ask("", 1, bytes), 0);
    assert_int_equal(netlogon_ask("a)(b=*", 1, bytes), 0);
}

static void a_real_answer_is_read(void **state)
{
    (void)state;
    assert_int_equal(parse(real, sizeof real), OUTCOME_OK);
    assert_string_equal(answer.domain, "ad.lab.test");
    assert_string_equal(answer.forest, "ad.lab.test");
    assert_string_equal(answer.host, "dc1.ad.lab.test");
    assert_string_equal(answer.netbios_domain, "LAB");
    assert_string_equal(answer.netbios_host, "DC1");
    assert_string_equal(answer.user, "");
    assert_string_equal(answer.dc_site, "HQ");
    assert_string_equal(answer.client_site, "HQ");
    assert_string_equal(answer.next_site, "");
    assert_true(answer.flags & NETLOGON_LDAP);
    assert_true(answer.flags & NETLOGON_KDC);
    assert_true(answer.flags & NETLOGON_CLOSEST);
    assert_true(answer.flags & NETLOGON_WRITABLE);
}

static void an_answer_to_another_question_is_refused(void **state)
{
    (void)state;
    assert_int_equal(netlogon_parse(real, sizeof real, REAL_ID + 1, &answer, &why),
                     OUTCOME_STRANGE);
}

static void an_answer_without_entry_is_no_domain(void **state)
{
    static const unsigned char done[] = { 0x30,
                                          0x0f,
                                          0x02,
                                          0x04,
                                          REAL_ID >> 24,
                                          (REAL_ID >> 16) & 0xff,
                                          (REAL_ID >> 8) & 0xff,
                                          REAL_ID & 0xff,
                                          0x65,
                                          7,
                                          0x0a,
                                          1,
                                          0,
                                          4,
                                          0,
                                          4,
                                          0 };

    (void)state;
    (void)parse(done, sizeof done);
    assert_int_equal(why.reason, REASON_NO_DOMAIN);
}

static void every_cut_of_an_answer_is_refused(void **state)
{
    (void)state;
    for (size_t length = 0; length < BLOB + BLOB_BYTES; length++)
        assert_int_equal(parse(real, length), OUTCOME_STRANGE);
}

/* The real answer with one byte of the blob changed. */
static enum outcome parse_changed(size_t offset, unsigned char value)
{
    unsigned char bytes[sizeof real];

    memcpy(bytes, real, sizeof real);
    bytes[BLOB + offset] = value;
    return parse(bytes, sizeof bytes);
}

static void a_paused_server_is_no_server(void **state)
{
    (void)state;
    assert_int_equal(parse_changed(0, 24), OUTCOME_OFFLINE);
    assert_int_equal(why.reason, REASON_NO_SERVER);
}

static void another_opcode_is_refused_and_unknown_user_is_fine(void **state)
{
    (void)state;
    assert_int_equal(parse_changed(0, 19), OUTCOME_STRANGE);
    assert_int_equal(parse_changed(0, 25), OUTCOME_OK);
}

static void pointers_forward_and_loops_are_refused(void **state)
{
    /* The domain's name is a pointer to the forest's, at 24 of the blob. */
    const unsigned char *pointer = memchr(real + BLOB + 24, 0xc0, BLOB_BYTES - 24);
    size_t offset = (size_t)(pointer - (real + BLOB));

    (void)state;
    assert_non_null(pointer);
    assert_int_equal(parse_changed(offset + 1, (unsigned char)offset), OUTCOME_STRANGE);
    assert_int_equal(parse_changed(offset + 1, (unsigned char)(offset + 2)), OUTCOME_STRANGE);
    assert_int_equal(parse_changed(offset, 0xff), OUTCOME_STRANGE);
}

static void names_with_control_characters_are_refused(void **state)
{
    static const unsigned char bad[] = { 0, '\n', 0x1b, 0x7f, 0xff, ' ', '/', '.' };

    (void)state;
    for (size_t i = 0; i < sizeof bad; i++)
        assert_int_equal(parse_changed(25, bad[i]), OUTCOME_STRANGE);
}

static void labels_too_long_are_refused(void **state)
{
    (void)state;
    assert_int_equal(parse_changed(24, 64), OUTCOME_STRANGE);
    assert_int_equal(parse_changed(24, 0x80), OUTCOME_STRANGE);
    assert_int_equal(parse_changed(24, 63), OUTCOME_STRANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_is_what_adcli_and_windows_send),
        cmocka_unit_test(a_question_about_no_name_is_not_made),
        cmocka_unit_test(a_real_answer_is_read),
        cmocka_unit_test(an_answer_to_another_question_is_refused),
        cmocka_unit_test(an_answer_without_entry_is_no_domain),
        cmocka_unit_test(every_cut_of_an_answer_is_refused),
        cmocka_unit_test(a_paused_server_is_no_server),
        cmocka_unit_test(another_opcode_is_refused_and_unknown_user_is_fine),
        cmocka_unit_test(pointers_forward_and_loops_are_refused),
        cmocka_unit_test(names_with_control_characters_are_refused),
        cmocka_unit_test(labels_too_long_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
