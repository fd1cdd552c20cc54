/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Never more of a kind than the list allows. */
static void check(const struct wire *wire)
{
    static const unsigned short most[MESSAGE_END] = {
#define MESSAGE(name, number, sender, most, ...) [number] = most,
#include "wire/messages.def"
    };

    for (int i = 0; i < MESSAGE_END; i++)
        if (wire->counts[i] > most[i])
            __builtin_trap();
    if (wire->counts[MESSAGE_ANSWER] > wire->counts[MESSAGE_QUESTION])
        __builtin_trap();
}

static void say_request(struct wire *wire)
{
    message_auto *request = message_new(MESSAGE_REQUEST);
    struct why why;

    message_add(request, SLOT_VERB, "status");
    message_add(request, SLOT_IDENTITY, "default");
    (void)wire_send(wire, request, &why);
}

static void say_question(struct wire *wire)
{
    message_auto *question = message_new(MESSAGE_QUESTION);
    struct why why;

    message_add(question, SLOT_QUESTION, "password");
    message_add_number(question, SLOT_QUESTION_KIND, 0);
    message_add(question, SLOT_LINE, "Password: ");
    (void)wire_send(wire, question, &why);
}

static void say_result(struct wire *wire)
{
    message_auto *result = message_new(MESSAGE_RESULT);
    struct why why;

    message_add_outcome(result, OUTCOME_OK, NULL);
    (void)wire_send(wire, result, &why);
}

/* Never before a result, and never a front: the end of the other side is there to be read. */
static void begin_again(struct wire *wire)
{
    struct why why;
    bool ended = wire->counts[MESSAGE_RESULT];

    if (!wire_again(wire, &why) && (!ended || wire->side == WIRE_FRONT))
        __builtin_trap();
}

/* The first byte: which side we are, whether we ask, and whether we would go on after a result. The
 * rest: what the other side sends. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fds[2];
    struct why why;

    if (!size || size > 60000 || wire_pair(fds, &why))
        return 0;
    fd_auto ours = fds[0], theirs = fds[1];
    if (write(theirs, data + 1, size - 1) != (ssize_t)(size - 1))
        return 0;
    (void)shutdown(theirs, SHUT_WR);
    wire_auto wire = wire_begin(ours, data[0] & 1 ? WIRE_FRONT : WIRE_WORKER);
    if (wire.side == WIRE_FRONT)
        say_request(&wire);
    for (;;) {
        message_auto *message = NULL;
        if (wire_recv(&wire, 0, &message, &why) || !message)
            return 0;
        check(&wire);
        if (wire.side == WIRE_WORKER && data[0] & 2)
            say_question(&wire);
        if (wire.side == WIRE_WORKER && data[0] & 4)
            say_result(&wire);
        if (data[0] & 4)
            begin_again(&wire);
    }
}
