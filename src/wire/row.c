/* SPDX-License-Identifier: MIT */
#include "wire/row.h"

#include <stdlib.h>
#include <string.h>

/* The columns of a ROW are the words of first. */
static unsigned columns(const struct slot_row *row)
{
    unsigned count = 1;

    if (row->kind == SLOT_PAIR)
        return 2;
    for (const char *c = row->first; (c = strchr(c, ' ')); c++)
        count++;
    return count;
}

bool row_is_good(const struct slot_row *row, const char *bytes, size_t length)
{
    unsigned left = columns(row);
    const char *end = bytes + length, *tab;

    if (!length || *bytes == '\t')
        return false;
    do {
        tab = memchr(bytes, '\t', (size_t)(end - bytes));
        const char *stop = tab ? tab : end;
        if (!left-- || !text_is_clean(bytes, (size_t)(stop - bytes)))
            return false;
        bytes = tab ? tab + 1 : end;
    } while (tab);
    return !left;
}

size_t row_cut(const char *text, size_t most)
{
    size_t length = strlen(text);

    if (length <= most)
        return length;
    while (most && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

/* Cleaned, and cut to most bytes. False without memory. */
static bool add_clean(struct text *value, const char *text, size_t most)
{
    char *copy = strdup(text);

    if (!copy)
        return false;
    text_clean(copy);
    text_add(value, "%.*s", (int)row_cut(copy, most), copy);
    free(copy);
    return text_ok(value);
}

static void finish(struct message *message, enum slot slot, const struct text *value, bool good)
{
    if (good && row_is_good(slot_row(slot), text_peek(value), text_length(value)))
        message_add_bytes(message, slot, text_peek(value), text_length(value));
    else
        message_spoil(message);
}

void message_add_pair(struct message *message, enum slot slot, const char *first,
                      const char *second)
{
    size_t most = slot_row(slot)->bytes, length = strlen(first);
    text_auto *value = text_new(most);

    bool good = value && length < most;
    if (good) {
        text_add(value, "%s\t", first);
        good = add_clean(value, second, most - length - 1);
    }
    finish(message, slot, value, good);
}

void message_add_row(struct message *message, enum slot slot, const char *const texts[])
{
    unsigned count = columns(slot_row(slot));
    size_t most = slot_row(slot)->bytes;
    text_auto *value = text_new(most);

    bool good = value;

    for (unsigned i = 0; good && i < count; i++) {
        if (i)
            text_add(value, "\t");
        good = add_clean(value, texts[i], most / count - 1);
    }
    finish(message, slot, value, good);
}

const char *message_column(const struct slot_value *value, unsigned column, size_t *length)
{
    const char *text = value->text;

    while (column--)
        text = strchr(text, '\t') + 1;
    *length = strcspn(text, "\t");
    return text;
}

void message_copy(struct message *message, const struct message *from, enum slot slot)
{
    struct slot_value value;

    for (size_t at = 0; message_next(from, &at, &value);)
        if (value.slot == slot && value.text)
            message_add_bytes(message, slot, value.text, strlen(value.text));
}
