/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The state file: what is loaded can be sent to a worker, and is saved as the same lines again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    message_auto *message = message_new(MESSAGE_REQUEST), *parsed = NULL, *back = NULL;
    text_auto *lines = text_new(4 << 20), *again = text_new(4 << 20);
    const struct secret *frame;
    struct why why;

    if (size > MESSAGE_MOST / 4 || message_load(message, (const char *)data, size, &why))
        return 0;
    message_save(message, lines);
    back = message_new(MESSAGE_RESULT);
    if (message_load(back, text_peek(lines), text_length(lines), &why))
        __builtin_trap();
    message_save(back, again);
    if (!text_ok(lines) || strcmp(text_peek(lines), text_peek(again)) != 0)
        __builtin_trap();
    message_add(message, SLOT_VERB, "status");
    message_add(message, SLOT_IDENTITY, "default");
    if (message_finish(message, &frame, &why))
        __builtin_trap();
    struct secret *copy = secret_copy(frame);
    if (message_parse(&copy, &parsed, &why))
        __builtin_trap();
    return 0;
}
