/* SPDX-License-Identifier: MIT
 *
 * Frames made by hand, right and wrong. For the tests of wire.
 */
#ifndef TESTS_WIRE_FRAMES_H
#define TESTS_WIRE_FRAMES_H

#include <stdint.h>
#include <string.h>

#include "base/secret.h"
#include "wire/message.h"

struct frame {
    unsigned char bytes[16384];
    size_t length;
};

static inline void frame_begin(struct frame *frame, unsigned kind)
{
    memcpy(frame->bytes, "Ch\1", 3);
    frame->bytes[3] = (unsigned char)kind;
    memset(frame->bytes + 4, 0, 4);
    frame->length = HEADER_SIZE;
}

/* The header tells the length of the rest, less this many bytes. */
static inline void frame_end(struct frame *frame, uint32_t lie)
{
    uint32_t rest = (uint32_t)(frame->length - HEADER_SIZE) - lie;
    memcpy(frame->bytes + 4, &rest, sizeof rest);
}

static inline void frame_head(struct frame *frame, unsigned slot, uint32_t length)
{
    uint16_t head[] = { (uint16_t)slot, 0 };

    memcpy(frame->bytes + frame->length, head, sizeof head);
    memcpy(frame->bytes + frame->length + 4, &length, sizeof length);
    frame->length += 8;
}

static inline void frame_slot(struct frame *frame, unsigned slot, const void *bytes, size_t length)
{
    frame_head(frame, slot, (uint32_t)length);
    memcpy(frame->bytes + frame->length, bytes, length);
    frame->bytes[frame->length + length] = '\0';
    frame->length += length + 1;
    frame_end(frame, 0);
}

static inline void frame_text(struct frame *frame, unsigned slot, const char *text)
{
    frame_slot(frame, slot, text, strlen(text));
}

static inline void frame_number(struct frame *frame, unsigned slot, int64_t number)
{
    frame_slot(frame, slot, &number, sizeof number);
}

/* A request that is right. */
static inline void frame_request(struct frame *frame)
{
    frame_begin(frame, MESSAGE_REQUEST);
    frame_text(frame, SLOT_VERB, "status");
    frame_text(frame, SLOT_IDENTITY, "default");
}

static inline enum outcome frame_parse(const struct frame *frame, struct message **message,
                                       struct why *why)
{
    struct secret *secret = secret_new(sizeof frame->bytes);

    (void)secret_append(secret, frame->bytes, frame->length);
    return message_parse(&secret, message, why);
}

#endif
