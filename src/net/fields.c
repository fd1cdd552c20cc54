/* SPDX-License-Identifier: MIT */
#include "net/fields.h"

#include <string.h>

static const char unreserved[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

static size_t value_length(const struct field *field)
{
    return (field->text ? strlen(field->text) : 0) +
           (field->secret ? secret_length(field->secret) : 0);
}

void fields_append(struct secret *to, const char *bytes, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        char escape[] = { '%', digits[byte >> 4], digits[byte & 15] };
        bool plain = byte && strchr(unreserved, byte);
        (void)secret_append(to, plain ? &bytes[i] : escape, plain ? 1 : sizeof escape);
    }
}

struct secret *fields_encode(const char *prefix, const struct field *fields)
{
    size_t room = strlen(prefix);

    for (const struct field *f = fields; f->name; f++)
        room += 3 * (strlen(f->name) + value_length(f)) + 2;
    struct secret *encoded = secret_new(room);
    if (!encoded)
        return NULL;
    /* All appends fit: there is room for three bytes of each. */
    (void)secret_append(encoded, prefix, strlen(prefix));
    for (const struct field *f = fields; f->name; f++) {
        (void)secret_append(encoded, "&", f == fields ? 0 : 1);
        fields_append(encoded, f->name, strlen(f->name));
        (void)secret_append(encoded, "=", 1);
        if (f->text)
            fields_append(encoded, f->text, strlen(f->text));
        if (f->secret)
            fields_append(encoded, secret_peek(f->secret), secret_length(f->secret));
    }
    return encoded;
}

static bool is_one_line(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)bytes[i] < ' ' || bytes[i] == 0x7f)
            return false;
    return true;
}

static bool is_header(const struct field *field)
{
    return (!field->text || is_one_line(field->text, strlen(field->text))) &&
           (!field->secret ||
            is_one_line(secret_peek(field->secret), secret_length(field->secret)));
}

enum outcome fields_lines(const struct field *fields, struct secret **lines, struct why *why)
{
    size_t room = 0;

    for (const struct field *f = fields; f->name; f++) {
        if (!is_header(f))
            return fail(why, REASON_BAD_ANSWER, "the header %s would hold a control character",
                        f->name);
        room += strlen(f->name) + value_length(f) + 3;
    }
    if (!(*lines = secret_new(room)))
        return fail_memory(why);
    for (const struct field *f = fields; f->name; f++) {
        (void)secret_append(*lines, f->name, strlen(f->name));
        (void)secret_append(*lines, ": ", 2);
        if (f->text)
            (void)secret_append(*lines, f->text, strlen(f->text));
        if (f->secret)
            (void)secret_append(*lines, secret_peek(f->secret), secret_length(f->secret));
        (void)secret_append(*lines, "", 1);
    }
    return OUTCOME_OK;
}
