/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Where the text ends. */
static char *encode(const char *alphabet, const void *bytes, size_t length, char *text)
{
    const unsigned char *at = bytes, *end = at + length;
    uint32_t bits = 0;
    unsigned count = 0;

    while (at < end) {
        bits = bits << 8 | *at++;
        for (count += 8; count >= 6; count -= 6)
            *text++ = alphabet[bits >> (count - 6) & 63];
    }
    if (count)
        *text++ = alphabet[bits << (6 - count) & 63];
    *text = '\0';
    return text;
}

void base64url_encode(const void *bytes, size_t length, char *text)
{
    (void)encode(url, bytes, length, text);
}

void base64_encode(const void *bytes, size_t length, char *text)
{
    const char *whole = text + BASE64_TEXT(length) - 1;

    for (text = encode(plain, bytes, length, text); text < whole;)
        *text++ = '=';
    *text = '\0';
}

/* 64: none. */
static uint32_t value_of(unsigned char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A' + 0U
           : c >= 'a' && c <= 'z' ? c - 'a' + 26U
           : c >= '0' && c <= '9' ? c - '0' + 52U
           : c == '-'             ? 62
           : c == '_'             ? 63
                                  : 64;
}

bool base64url_decode(const char *text, size_t length, void *bytes, size_t *size)
{
    unsigned char *to = bytes;
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < length; i++) {
        uint32_t value = value_of((unsigned char)text[i]);
        if (value > 63)
            return false;
        bits = bits << 6 | value;
        if ((count += 6) >= 8)
            *to++ = (unsigned char)(bits >> (count -= 8));
    }
    *size = (size_t)(to - (unsigned char *)bytes);
    return count < 6 && !(bits & ((1U << count) - 1));
}

enum { BREAK = 64, PAD, NONE };

static void fill(unsigned char values[256])
{
    memset(values, NONE, 256);
    for (unsigned char i = 0; i < 64; i++)
        values[(unsigned char)plain[i]] = i;
    values['\r'] = values['\n'] = BREAK;
    values['='] = PAD;
}

bool base64_decode(const char *text, size_t length, void *bytes, size_t *size)
{
    unsigned char values[256], *to = bytes;
    uint32_t bits = 0;
    unsigned count = 0, pads = 0;

    fill(values);
    for (size_t i = 0; i < length; i++) {
        unsigned char value = values[(unsigned char)text[i]];
        if (value == BREAK)
            continue;
        if (value == NONE || (value == PAD ? ++pads > 2 : pads))
            return false;
        if (value == PAD)
            continue;
        bits = bits << 6 | value;
        if ((count += 6) >= 8)
            *to++ = (unsigned char)(bits >> (count -= 8));
    }
    *size = (size_t)(to - (unsigned char *)bytes);
    return count == 2 * pads && !(bits & ((1U << count) - 1));
}
