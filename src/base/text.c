/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
    char *bytes;
    size_t length, room, limit;
    bool failed;
};

struct text *text_new(size_t limit)
{
    struct text *text = calloc(1, sizeof *text);

    if (text)
        text->limit = limit;
    return text;
}

void text_free(struct text **text)
{
    if (*text)
        free((*text)->bytes);
    free(*text);
    *text = NULL;
}

/* Makes room for more bytes and the closing NUL. */
static bool text_room(struct text *text, size_t more)
{
    if (text->failed || more > text->limit - text->length) {
        text->failed = true;
        return false;
    }
    size_t need = text->length + more + 1;
    if (need <= text->room)
        return true;
    size_t room = text->room ? text->room : 128;
    while (room < need)
        room *= 2;
    char *bytes = realloc(text->bytes, room);
    if (!bytes) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->room = room;
    return true;
}

void text_add_bytes(struct text *text, const void *bytes, size_t length)
{
    if (!text_room(text, length))
        return;
    if (length)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (need < 0 || !text_room(text, (size_t)need)) {
        text->failed = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(text->bytes + text->length, (size_t)need + 1, format, args);
    va_end(args);
    text->length += (size_t)need;
}

bool text_ok(const struct text *text)
{
    return !text->failed;
}

size_t text_length(const struct text *text)
{
    return text->length;
}

const char *text_peek(const struct text *text)
{
    return text->bytes ? text->bytes : "";
}

static bool is_forbidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f || c == 0x061c ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Length of the good character at the start of bytes, 0 if there is none. */
static size_t clean_character(const unsigned char *bytes, size_t length)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t size = bytes[0] < 0x80             ? 1
                  : (bytes[0] & 0xe0) == 0xc0 ? 2
                  : (bytes[0] & 0xf0) == 0xe0 ? 3
                  : (bytes[0] & 0xf8) == 0xf0 ? 4
                                              : 0;
    if (!size || size > length)
        return 0;
    uint32_t c = size == 1 ? bytes[0] : bytes[0] & (0xffU >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (bytes[i] & 0x3fU);
    }
    bool valid = c >= least[size] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
    return valid && !is_forbidden(c) ? size : 0;
}

bool text_is_clean(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t size = clean_character((const unsigned char *)bytes + i, length - i);
        if (!size)
            return false;
        i += size;
    }
    return true;
}

void text_clean(char *string)
{
    size_t length = strlen(string);

    for (size_t i = 0; i < length;) {
        size_t size = clean_character((const unsigned char *)string + i, length - i);
        if (!size)
            string[i] = '?';
        i += size ? size : 1;
    }
}
