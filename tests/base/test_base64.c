/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"

/* RFC 4648 section 10 without the padding; RFC 7515 appendix C; both characters that differ from
 * plain base64. */
static const struct {
    const char *bytes, *text;
} rows[] = {
    { "", "" },
    { "f", "Zg" },
    { "fo", "Zm8" },
    { "foo", "Zm9v" },
    { "foob", "Zm9vYg" },
    { "fooba", "Zm9vYmE" },
    { "foobar", "Zm9vYmFy" },
    { "\x03\xec\xff\xe0\xc1", "A-z_4ME" },
    { "\xfb\xff\xbf", "-_-_" },
};

static void known(void **state)
{
    char text[16], bytes[16];
    size_t size;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length = strlen(rows[i].bytes);
        base64url_encode(rows[i].bytes, length, text);
        assert_string_equal(text, rows[i].text);
        assert_int_equal(strlen(text) + 1, BASE64URL_TEXT(length));
        assert_true(base64url_decode(text, strlen(text), bytes, &size));
        assert_int_equal(size, length);
        assert_int_equal(size, BASE64URL_BYTES(strlen(text)));
        assert_memory_equal(bytes, rows[i].bytes, length);
    }
}

/* In memory of exactly the promised size, so that a sanitizer sees a byte too far. */
static void sizes(void **state)
{
    (void)state;
    for (size_t length = 0; length < 200; length++) {
        unsigned char *bytes = malloc(length + 1), *back = malloc(length ? length : 1);
        char *text = malloc(BASE64URL_TEXT(length));
        size_t size;
        assert_true(bytes && back && text);
        for (size_t i = 0; i < length; i++)
            bytes[i] = (unsigned char)(length * 31 + i * 7);
        base64url_encode(bytes, length, text);
        assert_int_equal(BASE64URL_BYTES(strlen(text)), length);
        assert_true(base64url_decode(text, strlen(text), back, &size));
        assert_int_equal(size, length);
        assert_memory_equal(back, bytes, length);
        free(bytes);
        free(back);
        free(text);
    }
}

/* Every text of up to three characters: what is taken is what is written for these bytes. */
static void strict(void **state)
{
    unsigned char bytes[4];
    char text[4], again[8];
    long taken = 0;
    size_t size;

    (void)state;
    for (unsigned length = 1; length <= 3; length++)
        for (unsigned long n = 0; n < 1UL << 8 * length; n++) {
            for (unsigned i = 0; i < length; i++)
                text[i] = (char)(n >> 8 * i);
            if (!base64url_decode(text, length, bytes, &size))
                continue;
            base64url_encode(bytes, size, again);
            assert_int_equal(strlen(again), length);
            assert_memory_equal(again, text, length);
            taken++;
        }
    assert_int_equal(taken, 256 + 65536); /* a text for each byte and each two */
}

static void refused(void **state)
{
    static const char *const texts[] = {
        "Zg==", "Zm8=", "Zm9v=", "Zm9v Yg", "Zm9v\nYg", "\nZm9v", "Zm9v\r\n", " Zm9v",
        "+/+/", "Zh",   "Zm9",   "Z",       "Zm9vY",    "Zm.v",   "Zm9\x80",  "\xef\xbb\xbfZm9v",
    };
    char bytes[16];
    size_t size;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (base64url_decode(texts[i], strlen(texts[i]), bytes, &size))
            fail_msg("\"%s\" is taken", texts[i]);
    assert_false(base64url_decode("Zm9v\0", 5, bytes, &size));
}

static void lines(void **state)
{
    static const struct {
        const char *text, *bytes;
    } taken[] = { { "", "" },
                  { "Zg==", "f" },
                  { "Zm8=", "fo" },
                  { "\nZm9v\n", "foo" },
                  { "Zm\r\n9vYg=\n=\r\n", "foob" },
                  { "+/+/", "\xfb\xff\xbf" } };
    static const char *const texts[] = {
        "Zg",   "Zg=",   "Zg===",  "Zm8",  "Zm8==", "Zm9v=",  "Zh==", "Zm9=",    "Z===",  "=",
        "====", "Zg==Z", "Zm8=Zg", "-_-_", "Zm 8=", "\tZg==", "Zg.=", "Zm9\x80", "Zm9v-", "Z"
    };
    char bytes[16];
    size_t size;

    (void)state;
    for (size_t i = 0; i < COUNT(taken); i++) {
        assert_true(base64_decode(taken[i].text, strlen(taken[i].text), bytes, &size));
        assert_int_equal(size, strlen(taken[i].bytes));
        assert_memory_equal(bytes, taken[i].bytes, size);
    }
    for (size_t i = 0; i < COUNT(texts); i++)
        if (base64_decode(texts[i], strlen(texts[i]), bytes, &size))
            fail_msg("\"%s\" is taken", texts[i]);
    assert_false(base64_decode("Zm9v\0", 5, bytes, &size));
}

/* RFC 4648 section 10; both characters that differ from base64url. */
static void padded(void **state)
{
    static const struct {
        const char *bytes, *text;
    } whole[] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
        { "\xfb\xff\xbf", "+/+/" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(whole); i++) {
        size_t length = strlen(whole[i].bytes);
        char *text = malloc(BASE64_TEXT(length));
        assert_non_null(text);
        base64_encode(whole[i].bytes, length, text);
        assert_string_equal(text, whole[i].text);
        assert_int_equal(strlen(text) + 1, BASE64_TEXT(length));
        free(text);
    }
}

FACTS(FACT(padded, "base64_encode: the vectors of RFC 4648"),
      FACT(known, "base64url: the vectors of RFC 4648 and RFC 7515"),
      FACT(sizes, "base64url: there and back, of every size, in the room that was promised"),
      FACT(strict, "base64url_decode: takes nothing but what base64url_encode writes"),
      FACT(refused, "base64url_decode: padding, blanks, plain base64 and garbage bits are refused"),
      FACT(lines, "base64_decode: lines and padding, and nothing else"))
