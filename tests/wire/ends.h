/* SPDX-License-Identifier: MIT
 *
 * Both ends of a conversation, and messages for them.
 */
#ifndef TESTS_WIRE_ENDS_H
#define TESTS_WIRE_ENDS_H

#include "test.h"

#include <unistd.h>

#include "base/file.h"
#include "wire/wire.h"

static struct why why;

/* Both ends of a conversation; the tests play the other side by hand. */
struct ends {
    int fds[2];
    struct wire front, worker;
};

static struct ends begin(void)
{
    struct ends ends;

    assert_int_equal(wire_pair(ends.fds, &why), 0);
    ends.front = wire_begin(ends.fds[0], WIRE_FRONT);
    ends.worker = wire_begin(ends.fds[1], WIRE_WORKER);
    return ends;
}

static void end(struct ends *ends)
{
    fd_close(&ends->fds[0]);
    fd_close(&ends->fds[1]);
    wire_end(&ends->front);
    wire_end(&ends->worker);
}

#define ENDS(name) __attribute__((cleanup(end))) struct ends name = begin()

/* A message with what it must have. */
static struct message *made(enum message_kind kind)
{
    struct message *message = message_new(kind);
    secret_auto *secret = secret_new(16);

    switch (kind) {
    case MESSAGE_REQUEST:
        message_add(message, SLOT_VERB, "status");
        message_add(message, SLOT_IDENTITY, "default");
        break;
    case MESSAGE_STEP:
        message_add(message, SLOT_LINE, "step");
        break;
    case MESSAGE_QUESTION:
        message_add(message, SLOT_QUESTION, "password");
        message_add_number(message, SLOT_QUESTION_KIND, 0);
        message_add(message, SLOT_LINE, "Password: ");
        break;
    case MESSAGE_ANSWER:
        message_add_secret(message, SLOT_ANSWER, secret);
        break;
    case MESSAGE_EVENT:
        message_add(message, SLOT_EVENT, "renewed");
        break;
    case MESSAGE_RESULT:
        message_add_number(message, SLOT_OUTCOME, 0);
        message_add(message, SLOT_REASON, "ok");
        break;
    case MESSAGE_KEYCHAIN:
        message_add(message, SLOT_ACTION, "find");
        message_add(message, SLOT_ITEM_PLACE, "desktop");
        message_add(message, SLOT_ITEM_KIND, "password");
        message_add(message, SLOT_ITEM_USER, "alice");
        message_add(message, SLOT_ITEM_REALM, "CORP.EXAMPLE");
        break;
    case MESSAGE_KEPT:
        message_add_number(message, SLOT_OUTCOME, 0);
        message_add(message, SLOT_REASON, "ok");
        break;
    case MESSAGE_BESIDE:
        message_add(message, SLOT_IDENTITY, "work");
        message_add_number(message, SLOT_OUTCOME, 0);
        message_add(message, SLOT_REASON, "ok");
        break;
    case MESSAGE_NEWS:
        message_add(message, SLOT_IDENTITY, "default");
        break;
    case MESSAGE_CANCEL:
    case MESSAGE_END:
        break;
    }
    return message;
}

static enum outcome say(struct wire *wire, enum message_kind kind)
{
    message_auto *message = made(kind);
    return wire_send(wire, message, &why);
}

static enum outcome hear(struct wire *wire, enum message_kind kind)
{
    message_auto *message = NULL;
    enum outcome out = wire_recv(wire, 1000, &message, &why);

    if (!out) {
        assert_non_null(message);
        assert_int_equal(message_kind(message), kind);
    }
    return out;
}

/* Says it without regard to the rules, from the other side of wire. */
static void say_raw(int fd, enum message_kind kind)
{
    message_auto *message = made(kind);
    const struct secret *bytes;

    assert_int_equal(message_finish(message, &bytes, &why), 0);
    assert_int_equal(write(fd, secret_peek(bytes), secret_length(bytes)), secret_length(bytes));
}

#endif
