/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct message *message)
{
    text_auto *text = text_new(8 << 20);
    struct slot_value value;
    size_t count = 0;

    for (size_t at = 0; message_next(message, &at, &value);)
        count += value.text ? strlen(value.text) : 1;
    message_save(message, text);
    message_json(message, text);
    secret_auto *answer = message_secret(message, SLOT_ANSWER);
    message_drop(message, SLOT_LINE);
    message_auto *facts = message_new(MESSAGE_RESULT);
    message_add_facts(facts, message);
    if (!text_ok(text) || (answer && secret_length(answer) > 1024) || count > MESSAGE_MOST)
        __builtin_trap();
}

/* A frame: what is taken in can be said again, and is taken in again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    message_auto *message = NULL, *again = NULL;
    const struct secret *out;
    struct why why;

    if (size > MESSAGE_MOST)
        return 0;
    struct secret *frame = secret_new(size);
    (void)secret_append(frame, data, size);
    if (message_parse(&frame, &message, &why))
        return 0;
    if (message_finish(message, &out, &why) || secret_length(out) != size ||
        memcmp(secret_peek(out), data, size) != 0)
        __builtin_trap();
    struct secret *copy = secret_copy(out);
    if (message_parse(&copy, &again, &why))
        __builtin_trap();
    use(message);
    return 0;
}
