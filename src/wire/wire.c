/* SPDX-License-Identifier: MIT */
#include "wire/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"

/* Once a message has begun, its rest is already on its way: so long for all of it. */
enum { REST_MS = 5000 };

enum after { AFTER_START, AFTER_REQUEST, AFTER_QUESTION, AFTER_KEYCHAIN, AFTER_ANY };

static const struct {
    enum wire_side sender;
    unsigned short most;
    enum after after;
} rules[MESSAGE_END] = {
#define MESSAGE(name, number, sender, most, after, required, others)                               \
    [number] = { WIRE_##sender, most, AFTER_##after },
#include "wire/messages.def"
};

enum outcome wire_pair(int fds[2], struct why *why)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
        return fail(why, REASON_BROKEN, "making a socket pair: %s", strerror(errno));
    return OUTCOME_OK;
}

struct wire wire_begin(int fd, enum wire_side side)
{
    return (struct wire){ .fd = fd, .side = side };
}

/* Counts a message and holds the sender to the rules. */
static enum outcome allow(struct wire *wire, unsigned kind, enum wire_side sender, struct why *why)
{
    unsigned short *counts = wire->counts;
    bool due = false;

    switch (rules[kind].after) {
    case AFTER_START:
        due = !counts[MESSAGE_REQUEST];
        break;
    case AFTER_REQUEST:
        due = counts[MESSAGE_REQUEST] > 0;
        break;
    case AFTER_QUESTION:
        due = counts[kind] < counts[MESSAGE_QUESTION];
        break;
    case AFTER_KEYCHAIN:
        due = counts[kind] < counts[MESSAGE_KEYCHAIN];
        break;
    case AFTER_ANY:
        due = true;
        break;
    }
    if (rules[kind].sender != sender || !due || counts[MESSAGE_RESULT] ||
        counts[kind] == rules[kind].most)
        return fail(why, REASON_PROTOCOL, "message %u is not due", kind);
    counts[kind]++;
    return OUTCOME_OK;
}

enum outcome wire_send(struct wire *wire, struct message *message, struct why *why)
{
    const struct secret *frame;
    enum outcome out;

    if ((out = message_finish(message, &frame, why)) ||
        (out = allow(wire, message_kind(message), wire->side, why)))
        return out;
    for (size_t done = 0; done < secret_length(frame);) {
        ssize_t n =
            send(wire->fd, secret_peek(frame) + done, secret_length(frame) - done, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail(why, REASON_WORKER_DIED, "sending to the other process: %s",
                        strerror(errno));
        done += (size_t)n;
    }
    return OUTCOME_OK;
}

/* 1 readable or closed, 0 not in that time. A signal ends the wait, so that it can be acted on. */
static int wait_readable(int fd, int timeout_ms)
{
    struct pollfd pfd = { .fd = fd, .events = POLLIN };
    return poll(&pfd, 1, timeout_ms) > 0;
}

static enum outcome read_all(int fd, struct secret *frame, size_t length, long end_ms,
                             struct why *why)
{
    while (length) {
        long left = end_ms - clock_ms();
        if (left <= 0)
            return fail(why, REASON_PROTOCOL, "half a message");
        if (!wait_readable(fd, (int)left))
            continue;
        ssize_t n = recv(fd, secret_space(frame), length, MSG_DONTWAIT);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            return fail(why, REASON_WORKER_DIED, "the other process is gone");
        secret_grow(frame, (size_t)n);
        length -= (size_t)n;
    }
    return OUTCOME_OK;
}

/* The header alone, then a frame of exactly the size that it tells. */
static enum outcome read_frame(int fd, struct secret **frame, struct why *why)
{
    unsigned char header[HEADER_SIZE];
    uint32_t size;
    const long end_ms = clock_ms() + REST_MS;
    enum outcome out;
    secret_auto *head = secret_new(HEADER_SIZE);

    if (!head)
        return fail_memory(why);
    if ((out = read_all(fd, head, HEADER_SIZE, end_ms, why)))
        return out;
    memcpy(header, secret_peek(head), sizeof header);
    if ((out = message_size(header, &size, why)))
        return out;
    if (!(*frame = secret_new(HEADER_SIZE + size)))
        return fail_memory(why);
    (void)secret_append(*frame, header, sizeof header);
    return read_all(fd, *frame, size, end_ms, why);
}

enum outcome wire_recv(struct wire *wire, int timeout_ms, struct message **message, struct why *why)
{
    secret_auto *frame = NULL;
    message_auto *got = NULL;
    enum outcome out;

    *message = NULL;
    if (!wait_readable(wire->fd, timeout_ms))
        return OUTCOME_OK;
    enum wire_side other = wire->side == WIRE_FRONT ? WIRE_WORKER : WIRE_FRONT;
    if ((out = read_frame(wire->fd, &frame, why)) || (out = message_parse(&frame, &got, why)) ||
        (out = allow(wire, message_kind(got), other, why)))
        return out;
    *message = got;
    got = NULL;
    return OUTCOME_OK;
}
