/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "base/text.h"

static const struct {
    const char *what, *bytes, *cleaned; /* cleaned NULL: clean as it is */
} rows[] = {
    { "nothing", "", NULL },
    { "ASCII", "alice", NULL },
    { "space and tilde", " ~", NULL },
    { "two bytes", "\xc3\xa9", NULL },
    { "first of two bytes", "\xc2\xa0", NULL },
    { "three bytes", "\xe2\x82\xac", NULL },
    { "first of three bytes", "\xe0\xa0\x80", NULL },
    { "last before surrogates", "\xed\x9f\xbf", NULL },
    { "first after surrogates", "\xee\x80\x80", NULL },
    { "four bytes", "\xf0\x9f\x94\x91", NULL },
    { "first of four bytes", "\xf0\x90\x80\x80", NULL },
    { "last of all", "\xf4\x8f\xbf\xbf", NULL },
    { "beyond the last", "\xf4\x90\x80\x80", "????" },
    { "five bytes", "\xf8\x88\x80\x80\x80", "?????" },
    { "overlong NUL", "\xc0\x80", "??" },
    { "overlong slash", "\xc0\xaf", "??" },
    { "overlong in three", "\xe0\x80\xaf", "???" },
    { "overlong in four", "\xf0\x80\x80\xaf", "????" },
    { "high surrogate", "\xed\xa0\x80", "???" },
    { "low surrogate", "\xed\xbf\xbf", "???" },
    { "lone continuation", "a\x80z", "a?z" },
    { "cut in two", "a\xc3", "a?" },
    { "cut in three", "a\xe2\x82", "a??" },
    { "wrong continuation", "\xc3(", "?(" },
    { "Latin-1", "M\xfcller", "M?ller" },
    { "0xfe and 0xff", "\xfe\xff", "??" },
    { "line feed", "a\nb", "a?b" },
    { "tab", "a\tb", "a?b" },
    { "escape", "\033[31m", "?[31m" },
    { "DEL", "a\x7f", "a?" },
    { "first C1", "\xc2\x80", "??" },
    { "last C1", "\xc2\x9f", "??" },
    { "line separator", "\xe2\x80\xa8", "???" },
    { "paragraph separator", "\xe2\x80\xa9", "???" },
    { "right-to-left mark", "\xe2\x80\x8f", "???" },
    { "left-to-right mark", "\xe2\x80\x8e", "???" },
    { "Arabic letter mark", "\xd8\x9c", "??" },
    { "right-to-left override", "a\xe2\x80\xae z", "a??? z" },
    { "isolate", "\xe2\x81\xa6", "???" },
    { "pop isolate", "\xe2\x81\xa9", "???" },
    { "Hebrew itself", "\xd7\xa9\xd7\x9c", NULL },
};

static void table(void **state)
{
    char copy[32];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *expected = rows[i].cleaned ? rows[i].cleaned : rows[i].bytes;
        if (text_is_clean(rows[i].bytes, strlen(rows[i].bytes)) != !rows[i].cleaned)
            fail_msg("%s: text_is_clean is wrong", rows[i].what);
        (void)strcpy(copy, rows[i].bytes);
        text_clean(copy);
        if (strcmp(copy, expected) != 0)
            fail_msg("%s: text_clean gives %s", rows[i].what, copy);
    }
}

static void nul_inside(void **state)
{
    (void)state;
    assert_false(text_is_clean("a\0b", 3));
}

static void all_bytes(void **state)
{
    char two[3] = { 0 };

    (void)state;
    for (int first = 1; first < 256; first++)
        for (int second = 1; second < 256; second++) {
            two[0] = (char)first;
            two[1] = (char)second;
            text_clean(two);
            assert_true(text_is_clean(two, 2));
        }
}

static void bounded(void **state)
{
    text_auto *text = text_new(10);

    (void)state;
    assert_string_equal(text_peek(text), "");
    text_add(text, "%s-%d", "abc", 42);
    text_add_bytes(text, "1234", 4);
    assert_true(text_ok(text));
    assert_string_equal(text_peek(text), "abc-421234");
    text_add_bytes(text, "", 0);
    assert_true(text_ok(text));
    text_add(text, "x");
    assert_false(text_ok(text));
    assert_string_equal(text_peek(text), "abc-421234");
    assert_int_equal(text_length(text), 10);
}

static void stays_failed(void **state)
{
    text_auto *text = text_new(3);

    (void)state;
    text_add(text, "1234");
    text_add(text, "1");
    assert_false(text_ok(text));
    assert_int_equal(text_length(text), 0);
    text_add_bytes(text, "x", SIZE_MAX);
    assert_false(text_ok(text));
}

static void long_one(void **state)
{
    text_auto *text = text_new(100000);

    (void)state;
    for (int i = 0; i < 10000; i++)
        text_add(text, "%010d", i);
    assert_true(text_ok(text));
    assert_int_equal(text_length(text), 100000);
    assert_string_equal(text_peek(text) + 99990, "0000009999");
}

FACTS(FACT(table, "text_is_clean: only valid UTF-8 that is safe to show"),
      FACT(nul_inside, "text_is_clean: a NUL inside is refused"),
      FACT(all_bytes, "text_clean: leaves clean text, whatever the bytes"),
      FACT(bounded, "text_add: what exceeds the limit is noted and not added"),
      FACT(stays_failed, "text_ok: stays false once something did not fit"),
      FACT(long_one, "text_add: grows up to its limit"))
