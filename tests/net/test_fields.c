/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "net/fields.h"

static struct why why;

static void every_byte(void **state)
{
    secret_auto *all = secret_new(256);
    const struct field fields[] = { { "v", NULL, all }, { 0 } };
    size_t plain = 0;

    (void)state;
    for (int i = 0; i < 256; i++)
        (void)secret_append(all, &(char){ (char)i }, 1);
    secret_auto *encoded = fields_encode("?", fields);
    const char *at = secret_peek(encoded) + 3;
    assert_memory_equal(secret_peek(encoded), "?v=%00%01", 9);
    for (int i = 0; i < 256; i++) {
        char escape[4];
        (void)snprintf(escape, sizeof escape, "%%%02X", (unsigned)i);
        if (*at == '%') {
            assert_memory_equal(at, escape, 3);
            at += 3;
        } else {
            assert_int_equal(*at++, i);
            plain++;
        }
    }
    assert_int_equal(plain, 26 + 26 + 10 + 4);
    assert_int_equal(*at, 0);
    assert_int_equal(secret_length(encoded), strlen(secret_peek(encoded)));
}

static void lists(void **state)
{
    static const struct field none[] = { { 0 } };
    static const struct field some[] = {
        { "a", "1", NULL }, { "b&", "=", NULL }, { "c", "", NULL }, { "d", NULL, NULL }, { 0 }
    };
    secret_auto *first = fields_encode("", none), *second = fields_encode("x?", some);

    (void)state;
    assert_string_equal(secret_peek(first), "");
    assert_string_equal(secret_peek(second), "x?a=1&b%26=%3D&c=&d=");
}

static void lines(void **state)
{
    secret_auto *token = secret_new(10), *made = NULL;
    const struct field fields[] = { { "Authorization", "Bearer ", token },
                                    { "X", NULL, NULL },
                                    { 0 } };

    (void)state;
    (void)secret_append(token, "t\xc3\xa4", 3);
    assert_int_equal(fields_lines(fields, &made, &why), 0);
    assert_int_equal(secret_length(made), 30);
    assert_memory_equal(secret_peek(made), "Authorization: Bearer t\xc3\xa4\0X: \0", 30);
}

static void broken_lines(void **state)
{
    static const char *const values[] = { "a\r\nb", "a\n", "\r", "a\tb", "\x7f", "\x01" };
    secret_auto *nul = secret_new(3), *made = NULL;
    const struct field with_nul[] = { { "X", "y", nul }, { 0 } };

    (void)state;
    (void)secret_append(nul, "a\0b", 3);
    for (size_t i = 0; i < COUNT(values); i++) {
        const struct field fields[] = { { "X", values[i], NULL }, { 0 } };
        test_reason(fields_lines(fields, &made, &why), &why, REASON_BAD_ANSWER, "header X");
    }
    test_reason(fields_lines(with_nul, &made, &why), &why, REASON_BAD_ANSWER, "header X");
    assert_null(made);
}

FACTS(FACT(every_byte, "fields_encode: every byte but the unreserved is encoded"),
      FACT(lists, "fields_encode: names and values, empty ones too"),
      FACT(lines, "fields_lines: each with its NUL"),
      FACT(broken_lines, "fields_lines: no value can begin another line"))
