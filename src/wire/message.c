/* SPDX-License-Identifier: MIT
 *
 * A frame is a header (magic, version, kind, length of the rest) and slots, each a head (number,
 * zero, length) with its bytes and one NUL. Numbers are the machine's own: it never leaves it.
 */
#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

#include "wire/row.h"

static const struct slot_row slots[SLOT_END] = {
#define SLOT(name_, number, word, kind_, bytes_, values_, first_, second_)                         \
    [number] = { word, first_, second_, bytes_, values_, SLOT_##kind_ },
#include "wire/messages.def"
};

/* Which slots a message must and may carry, one byte a slot. */
enum { MAY = 1, MUST = 2 };
#define S(slot) [SLOT_##slot] = MARK,
#define FACTS   [FACT_FIRST... FACT_LAST] = MAY
static const unsigned char required[MESSAGE_END][SLOT_END] = {
#define MARK MUST

#define MESSAGE(name, number, sender, most, after, required, others) [number] = { required },
#include "wire/messages.def"
};
#undef MARK
static const unsigned char others[MESSAGE_END][SLOT_END] = {
#define MARK MAY

#define MESSAGE(name, number, sender, most, after, required, others) [number] = { others },
#include "wire/messages.def"
};
#undef MARK

struct message {
    struct secret *frame;
    bool failed;
};

struct header {
    char magic[2];
    uint8_t version, kind;
    uint32_t length;
};
_Static_assert(sizeof(struct header) == HEADER_SIZE, "header");

struct head {
    uint16_t slot, zero;
    uint32_t length;
};

static const struct header first_header = { .magic = { 'C', 'h' }, .version = 1 };

const struct slot_row *slot_row(unsigned number)
{
    return &slots[number];
}

void message_free(struct message **message)
{
    if (*message)
        secret_free(&(*message)->frame);
    free(*message);
    *message = NULL;
}

struct message *message_new(enum message_kind kind)
{
    struct message *message = calloc(1, sizeof *message);
    struct header header = first_header;

    header.kind = (uint8_t)kind;
    if (!message || !(message->frame = secret_new(4000 - HEADER_SIZE)) ||
        !secret_append(message->frame, &header, sizeof header))
        message_free(&message);
    return message;
}

/* The frame with room for more bytes, moved to a larger one if need be. */
static bool make_room(struct message *message, size_t more)
{
    size_t length = secret_length(message->frame);

    if (secret_room(message->frame) >= more)
        return true;
    if (length + more > MESSAGE_MOST)
        return false;
    secret_auto *larger = secret_new((length + more) * 2);
    if (!larger || !secret_append(larger, secret_peek(message->frame), length))
        return false;
    secret_free(&message->frame);
    message->frame = larger;
    larger = NULL;
    return true;
}

void message_add_bytes(struct message *message, enum slot slot, const void *bytes, size_t length)
{
    struct head head = { .slot = (uint16_t)slot, .length = (uint32_t)length };

    if (length > slots[slot].bytes || !make_room(message, sizeof head + length + 1)) {
        message->failed = true;
        return;
    }
    (void)secret_append(message->frame, &head, sizeof head);
    (void)secret_append(message->frame, bytes, length);
    (void)secret_append(message->frame, "", 1);
}

void message_spoil(struct message *message)
{
    message->failed = true;
}

void message_add(struct message *message, enum slot slot, const char *text)
{
    if (!text)
        return;
    char *copy = strdup(text);
    if (!copy) {
        message->failed = true;
        return;
    }
    text_clean(copy);
    message_add_bytes(message, slot, copy, row_cut(copy, slots[slot].bytes));
    free(copy);
}

void message_add_number(struct message *message, enum slot slot, int64_t number)
{
    message_add_bytes(message, slot, &number, sizeof number);
}

void message_add_secret(struct message *message, enum slot slot, const struct secret *secret)
{
    message_add_bytes(message, slot, secret_peek(secret), secret_length(secret));
}

void message_add_outcome(struct message *message, enum outcome outcome, const struct why *why)
{
    message_add_number(message, SLOT_OUTCOME, outcome);
    message_add(message, SLOT_REASON, reason_word(outcome ? why->reason : REASON_NONE));
    if (outcome)
        message_add(message, SLOT_WHY, why->text);
}

/* The head of the value at *at, which is moved on; false at the end, or before half a value. */
static bool next_head(const struct secret *frame, size_t *at, struct head *head, const char **bytes)
{
    if (!*at)
        *at = HEADER_SIZE;
    size_t left = secret_length(frame) - *at;
    if (left < sizeof *head)
        return false;
    memcpy(head, secret_peek(frame) + *at, sizeof *head);
    if (head->length >= left - sizeof *head)
        return false;
    *bytes = secret_peek(frame) + *at + sizeof *head;
    *at += sizeof *head + head->length + 1;
    return true;
}

static void drop_range(struct message *message, unsigned first, unsigned last)
{
    struct head head = { .slot = 0 };
    const char *bytes;
    size_t at = 0;
    bool any = false;

    while (!any && next_head(message->frame, &at, &head, &bytes))
        any = head.slot >= first && head.slot <= last;
    if (!any)
        return;
    secret_auto *kept = secret_new(secret_length(message->frame) + 1024);
    at = 0;
    if (!kept || !secret_append(kept, secret_peek(message->frame), HEADER_SIZE)) {
        message->failed = true;
        return;
    }
    while (next_head(message->frame, &at, &head, &bytes))
        if (head.slot < first || head.slot > last) {
            (void)secret_append(kept, &head, sizeof head);
            (void)secret_append(kept, bytes, head.length + 1);
        }
    secret_free(&message->frame);
    message->frame = kept;
    kept = NULL;
}

void message_drop(struct message *message, enum slot slot)
{
    drop_range(message, slot, slot);
}

void message_drop_facts(struct message *message)
{
    drop_range(message, FACT_FIRST, FACT_LAST);
}

enum message_kind message_kind(const struct message *message)
{
    struct header header;

    memcpy(&header, secret_peek(message->frame), sizeof header);
    return header.kind;
}

static bool find(const struct message *message, enum slot slot, struct head *head,
                 const char **bytes)
{
    size_t at = 0;

    while (next_head(message->frame, &at, head, bytes))
        if (head->slot == slot)
            return true;
    return false;
}

const char *message_text(const struct message *message, enum slot slot)
{
    struct head head;
    const char *bytes;

    return find(message, slot, &head, &bytes) ? bytes : NULL;
}

bool message_has(const struct message *message, enum slot slot)
{
    return message_text(message, slot) != NULL;
}

int64_t message_number(const struct message *message, enum slot slot, int64_t absent)
{
    struct head head;
    const char *bytes;

    if (find(message, slot, &head, &bytes))
        memcpy(&absent, bytes, sizeof absent);
    return absent;
}

struct secret *message_secret(const struct message *message, enum slot slot)
{
    struct head head;
    const char *bytes;

    if (!find(message, slot, &head, &bytes))
        return NULL;
    struct secret *secret = secret_new(head.length);
    if (secret)
        (void)secret_append(secret, bytes, head.length);
    return secret;
}

bool message_next(const struct message *message, size_t *at, struct slot_value *value)
{
    struct head head;
    const char *bytes;

    if (!next_head(message->frame, at, &head, &bytes))
        return false;
    *value = (struct slot_value){ .slot = head.slot };
    switch (slots[head.slot].kind) {
    case SLOT_NUMBER:
    case SLOT_TIME:
    case SLOT_FLAG:
        memcpy(&value->number, bytes, sizeof value->number);
        break;
    case SLOT_PAIR:
        value->text = bytes;
        value->second = strchr(bytes, '\t') + 1;
        break;
    case SLOT_TEXT:
    case SLOT_ROW:
        value->text = bytes;
        break;
    case SLOT_SECRET:
        break;
    }
    return true;
}

enum outcome message_finish(struct message *message, const struct secret **frame, struct why *why)
{
    struct header header;

    if (message->failed)
        return fail(why, REASON_BROKEN, "message %d: a value does not fit or memory ran out",
                    (int)message_kind(message));
    memcpy(&header, secret_peek(message->frame), sizeof header);
    header.length = (uint32_t)(secret_length(message->frame) - HEADER_SIZE);
    memcpy((char *)secret_space(message->frame) - secret_length(message->frame), &header,
           sizeof header);
    *frame = message->frame;
    return OUTCOME_OK;
}

enum outcome message_size(const unsigned char bytes[HEADER_SIZE], uint32_t *size, struct why *why)
{
    struct header header;

    memcpy(&header, bytes, sizeof header);
    if (memcmp(header.magic, first_header.magic, sizeof header.magic) != 0 ||
        header.version != first_header.version)
        return fail(why, REASON_PROTOCOL, "no message of version %d", first_header.version);
    if (!header.kind || header.kind >= MESSAGE_END)
        return fail(why, REASON_PROTOCOL, "unknown message %d", header.kind);
    if (header.length > MESSAGE_MOST - HEADER_SIZE)
        return fail(why, REASON_PROTOCOL, "a message of %u bytes", header.length);
    *size = header.length;
    return OUTCOME_OK;
}

static bool is_value(const struct slot_row *row, const char *bytes, size_t length)
{
    int64_t number = 0;

    if (length > row->bytes)
        return false;
    switch (row->kind) {
    case SLOT_TEXT:
        return text_is_clean(bytes, length);
    case SLOT_PAIR:
    case SLOT_ROW:
        return row_is_good(row, bytes, length);
    case SLOT_NUMBER:
    case SLOT_TIME:
        return length == sizeof number;
    case SLOT_FLAG:
        memcpy(&number, bytes, length == sizeof number ? length : 0);
        return length == sizeof number && (number == 0 || number == 1);
    case SLOT_SECRET:
        return true;
    }
    return false;
}

static enum outcome check_slots(const struct secret *frame, unsigned kind, struct why *why)
{
    uint32_t counts[SLOT_END] = { 0 };
    size_t at = 0;
    struct head head;
    const char *bytes;

    while (next_head(frame, &at, &head, &bytes)) {
        if (head.slot >= SLOT_END || head.zero || !slots[head.slot].name ||
            !(required[kind][head.slot] || others[kind][head.slot]))
            return fail(why, REASON_PROTOCOL, "message %u carries slot %u", kind, head.slot);
        const struct slot_row *row = &slots[head.slot];
        if (++counts[head.slot] > row->values || bytes[head.length] ||
            !is_value(row, bytes, head.length))
            return fail(why, REASON_PROTOCOL, "message %u: bad value in slot %s", kind, row->name);
    }
    if (at != secret_length(frame))
        return fail(why, REASON_PROTOCOL, "message %u is cut", kind);
    for (unsigned i = 0; i < SLOT_END; i++)
        if (required[kind][i] && !counts[i])
            return fail(why, REASON_PROTOCOL, "message %u lacks slot %s", kind, slots[i].name);
    return OUTCOME_OK;
}

enum outcome message_parse(struct secret **frame, struct message **message, struct why *why)
{
    secret_auto *mine = *frame;
    unsigned char bytes[HEADER_SIZE];
    uint32_t size;
    enum outcome out;

    *frame = NULL;
    if (secret_length(mine) < HEADER_SIZE)
        return fail(why, REASON_PROTOCOL, "a message without a header");
    memcpy(bytes, secret_peek(mine), sizeof bytes);
    if ((out = message_size(bytes, &size, why)))
        return out;
    if (size != secret_length(mine) - HEADER_SIZE)
        return fail(why, REASON_PROTOCOL, "a message of another length than it says");
    if ((out = check_slots(mine, bytes[3], why)))
        return out;
    if (!(*message = calloc(1, sizeof **message)))
        return fail_memory(why);
    (*message)->frame = mine;
    mine = NULL;
    return OUTCOME_OK;
}
