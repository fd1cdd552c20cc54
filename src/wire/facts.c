/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "wire/message.h"

void message_save(const struct message *message, struct text *lines)
{
    struct slot_value value;

    for (size_t at = 0; message_next(message, &at, &value);) {
        if (value.slot < FACT_FIRST || value.slot > FACT_LAST)
            continue;
        text_add(lines, "%s ", slot_row(value.slot)->name);
        if (value.text)
            text_add(lines, "%s\n", value.text);
        else
            text_add(lines, "%" PRId64 "\n", value.number);
    }
}

static void add_value(struct message *message, const struct slot_value *value)
{
    if (slot_row(value->slot)->kind == SLOT_PAIR) {
        char *first = strndup(value->text, (size_t)(value->second - 1 - value->text));
        message_add_pair(message, value->slot, first ? first : "", value->second);
        free(first);
    } else if (value->text) {
        message_add(message, value->slot, value->text);
    } else {
        message_add_number(message, value->slot, value->number);
    }
}

void message_add_facts(struct message *message, const struct message *from)
{
    bool had[SLOT_END];
    struct slot_value value;

    for (unsigned i = FACT_FIRST; i <= FACT_LAST; i++)
        had[i] = message_has(message, (enum slot)i);
    for (size_t at = 0; message_next(from, &at, &value);)
        if (value.slot >= FACT_FIRST && value.slot <= FACT_LAST && !had[value.slot])
            add_value(message, &value);
}

static bool is_other(const struct message *one, const struct message *other, enum slot slot)
{
    const char *text = message_text(one, slot), *others = message_text(other, slot);

    return strcmp(text ? text : "", others ? others : "") != 0;
}

bool facts_differ(const struct message *one, const struct message *other)
{
    return is_other(one, other, SLOT_PRINCIPAL) || is_other(one, other, SLOT_ISSUER) ||
           is_other(one, other, SLOT_SUBJECT);
}

bool fact_find(const char *name, enum slot *slot)
{
    for (unsigned i = FACT_FIRST; i <= FACT_LAST; i++)
        if (slot_row(i)->name && !strcmp(slot_row(i)->name, name)) {
            *slot = (enum slot)i;
            return true;
        }
    return false;
}

static bool is_number(const char *text)
{
    size_t sign = *text == '-', digits = strspn(text + sign, "0123456789");

    return digits && digits < 19 && !text[sign + digits];
}

static bool load_text(struct message *message, enum slot slot, const char *value)
{
    size_t length = strlen(value);

    if (length > slot_row(slot)->bytes || !text_is_clean(value, length))
        return false;
    message_add(message, slot, value);
    return true;
}

static bool load_pair(struct message *message, enum slot slot, char *value)
{
    size_t length = strlen(value);
    char *second = strchr(value, '\t');

    if (length > slot_row(slot)->bytes || !second || second == value)
        return false;
    *second++ = '\0';
    if (!text_is_clean(value, strlen(value)) || !text_is_clean(second, strlen(second)))
        return false;
    message_add_pair(message, slot, value, second);
    return true;
}

static bool load_number(struct message *message, enum slot slot, const char *value)
{
    int64_t number = strtoll(value, NULL, 10);

    if (!is_number(value) || (slot_row(slot)->kind == SLOT_FLAG && number != 0 && number != 1))
        return false;
    message_add_number(message, slot, number);
    return true;
}

/* Takes "name value"; the line is changed. What the other side of the wire would refuse, such as a
 * second value where there may be one, makes no sense here. */
static bool load_line(struct message *message, char *line, uint32_t counts[SLOT_END])
{
    enum slot slot;
    char *value = strchr(line, ' ');

    if (!value)
        return false;
    *value++ = '\0';
    if (!fact_find(line, &slot))
        return false;
    const struct slot_row *row = slot_row(slot);
    if (counts[slot]++ == row->values)
        return false;
    switch (row->kind) {
    case SLOT_TEXT:
        return load_text(message, slot, value);
    case SLOT_PAIR:
        return load_pair(message, slot, value);
    case SLOT_NUMBER:
    case SLOT_TIME:
    case SLOT_FLAG:
        return load_number(message, slot, value);
    case SLOT_ROW: /* no fact is one */
    case SLOT_SECRET:
        break;
    }
    return false;
}

enum outcome message_load(struct message *message, const char *lines, size_t length,
                          struct why *why)
{
    char *copy = strndup(lines, length), *rest = copy, *line;
    uint32_t counts[SLOT_END] = { 0 };
    enum outcome out = copy ? OUTCOME_OK : fail_memory(why);

    for (int number = 1; !out && (line = strsep(&rest, "\n")); number++)
        if ((*line && !load_line(message, line, counts)) || (!rest && memchr(lines, '\0', length)))
            out = fail(why, REASON_BAD_SETTING, "line %d makes no sense", number);
    free(copy);
    return out;
}

/* FNV-1a, of 64 bits. */
static uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t length)
{
    for (const unsigned char *b = bytes; length--; b++)
        digest = (digest ^ *b) * 0x100000001b3;
    return digest;
}

void message_digests(const struct message *message, uint64_t digests[SLOT_END])
{
    struct slot_value value;

    memset(digests, 0, SLOT_END * sizeof *digests);
    for (size_t at = 0; message && message_next(message, &at, &value);)
        digests[value.slot] =
            value.text ? digest_bytes(digests[value.slot] + 1, value.text, strlen(value.text) + 1)
                       : digest_bytes(digests[value.slot] + 1, &value.number, sizeof value.number);
}

static void json_row(struct text *json, const struct slot_value *value, const char *key)
{
    const char *name = slot_row(value->slot)->first;
    char word[32];

    json_open(json, key, '{');
    for (unsigned column = 0; *name; column++) {
        size_t length = strcspn(name, " "), bytes;
        const char *text = message_column(value, column, &bytes);
        (void)snprintf(word, sizeof word, "%.*s", (int)length, name);
        json_bytes(json, word, text, bytes);
        name += length + (name[length] == ' ');
    }
    json_close(json, '}');
}

static void json_value(struct text *json, const struct slot_value *value, const char *key)
{
    const struct slot_row *row = slot_row(value->slot);

    if (row->kind == SLOT_ROW) {
        json_row(json, value, key);
    } else if (row->kind == SLOT_PAIR) {
        json_open(json, key, '{');
        json_bytes(json, row->first, value->text, (size_t)(value->second - 1 - value->text));
        json_text(json, row->second, value->second);
        json_close(json, '}');
    } else if (row->kind == SLOT_FLAG) {
        json_bool(json, key, value->number);
    } else if (value->text) {
        json_text(json, key, value->text);
    } else {
        json_number(json, key, value->number);
    }
}

/* All values of one slot: as an array if there may be several. */
static void json_slot(const struct message *message, enum slot slot, struct text *json)
{
    const struct slot_row *row = slot_row(slot);
    const char *key = row->values > 1 ? NULL : row->name;
    struct slot_value value;

    if (!message_has(message, slot))
        return;
    if (!key)
        json_open(json, row->name, '[');
    for (size_t at = 0; message_next(message, &at, &value);)
        if (value.slot == slot)
            json_value(json, &value, key);
    if (!key)
        json_close(json, ']');
}

void message_json(const struct message *message, struct text *json)
{
    if (message_has(message, SLOT_IDENTITY))
        json_slot(message, SLOT_IDENTITY, json);
    json_slot(message, SLOT_CHECK, json);
    json_slot(message, SLOT_SHARES, json);
    json_slot(message, SLOT_CERTIFICATES, json);
    json_slot(message, SLOT_USES, json);
    json_slot(message, SLOT_CHAIN, json);
    json_slot(message, SLOT_PRINTED, json);
    json_slot(message, SLOT_PROGRAMS, json);
    for (unsigned i = FACT_FIRST; i <= FACT_LAST; i++)
        if (slot_row(i)->name)
            json_slot(message, (enum slot)i, json);
}
