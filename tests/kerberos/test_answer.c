/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "kerberos/answer.h"

static struct why why;

/* Active Directory's block: minimum length 8, history 24, complexity, 42 days, 1 day. */
static const unsigned char block[30] = {
    0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x18, 0x00, 0x00, 0x00, 0x01, 0x00,
    0x00, 0x21, 0x00, 0xf5, 0x59, 0x80, 0x00, 0x00, 0x00, 0x00, 0xc9, 0x2a, 0x69, 0xc0, 0x00,
};

static enum outcome read_text(int code, const char *text)
{
    return answer_read(code, (const unsigned char *)text, strlen(text), "dc1", &why);
}

static void rules(void **state)
{
    struct answer_rules rules;

    (void)state;
    assert_true(answer_rules(block, sizeof block, &rules));
    assert_int_equal(rules.min_length, 8);
    assert_int_equal(rules.history, 24);
    assert_true(rules.complexity);
    assert_int_equal(rules.max_age, 42 * 86400);
    assert_int_equal(rules.min_age, 86400);
    assert_false(answer_rules(block, sizeof block - 1, &rules));
    assert_false(answer_rules((const unsigned char *)"Password too short, a sentence", 30, &rules));
}

static void block_told(void **state)
{
    (void)state;
    test_reason(answer_read(4, block, sizeof block, "dc1", &why), &why, REASON_WEAK_PASSWORD,
                "at least 8 characters of three kinds");
    assert_non_null(strstr(why.text, "none of the last 24 passwords"));
    assert_non_null(strstr(why.text, "the last change must be 1 days old"));
}

static void codes(void **state)
{
    static const struct {
        int code;
        enum reason reason;
    } rows[] = { { 1, REASON_BROKEN },           { 2, REASON_REFUSED },
                 { 3, REASON_REFUSED },          { 4, REASON_WEAK_PASSWORD },
                 { 5, REASON_CHANGE_FORBIDDEN }, { 6, REASON_REFUSED },
                 { 7, REASON_REFUSED },          { 8, REASON_BAD_ANSWER },
                 { 65535, REASON_BAD_ANSWER } };

    (void)state;
    assert_int_equal(read_text(0, "Password changed"), OUTCOME_OK);
    for (size_t i = 0; i < COUNT(rows); i++)
        test_reason(read_text(rows[i].code, "why"), &why, rows[i].reason, "dc1: why");
}

/* As Samba, MIT kadmind and Heimdal kpasswdd say it. */
static void texts(void **state)
{
    (void)state;
    test_reason(read_text(4, "Password too short, password must be at least 7 characters long."),
                &why, REASON_WEAK_PASSWORD,
                "dc1: Password too short, password must be at least 7 characters long. (code 4)");
    test_reason(read_text(4, "New password is too short.\n\tPlease choose a password which is at\n"
                             "\tleast 8 characters long.\n"),
                &why, REASON_WEAK_PASSWORD,
                "New password is too short. Please choose a password which is at least 8");
    test_reason(answer_read(4, (const unsigned char *)"Password too short\0", 19, "dc1", &why),
                &why, REASON_WEAK_PASSWORD, "dc1: Password too short (code 4)");
    test_reason(read_text(5, ""), &why, REASON_CHANGE_FORBIDDEN, "no reason given");
    test_reason(read_text(4, "Passwort zu kurz: mindestens f\xc3\xbcnf Zeichen"), &why,
                REASON_WEAK_PASSWORD, "mindestens f\xc3\xbcnf Zeichen");
}

static void hostile(void **state)
{
    unsigned char *much = malloc(65536);

    (void)state;
    assert_non_null(much);
    memset(much, 'x', 65536);
    test_reason(answer_read(4, much, 65536, "dc1", &why), &why, REASON_WEAK_PASSWORD, "xxxx");
    assert_true(strlen(why.text) < 500);
    memset(much, 0xff, 65536);
    test_reason(answer_read(4, much, 65536, "dc1", &why), &why, REASON_WEAK_PASSWORD, "????");
    free(much);
    test_reason(read_text(4, "\x1b[2Jgone\x07"), &why, REASON_WEAK_PASSWORD, "dc1: ?[2Jgone?");
}
FACTS(FACT(rules, "answer_rules: Active Directory's block of 30 bytes, and nothing else"),
      FACT(block_told, "answer_read: the block becomes one sentence"),
      FACT(codes, "answer_read: each result code has its reason"),
      FACT(texts, "answer_read: a server's own words, on one line, without closing NULs"),
      FACT(hostile, "answer_read: 64 KiB, no UTF-8 and control characters are cut and cleaned"))
