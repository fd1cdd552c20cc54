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

void wire_end(struct wire *wire)
{
    secret_free(&wire->half);
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

static bool wait_for(int fd, short events, int timeout_ms)
{
    struct pollfd pfd = { .fd = fd, .events = events };
    return poll(&pfd, 1, timeout_ms) > 0;
}

enum outcome wire_send(struct wire *wire, struct message *message, struct why *why)
{
    const struct secret *frame;
    const long end_ms = clock_ms() + wire->patience_ms;
    const int flags = MSG_NOSIGNAL | (wire->patience_ms ? MSG_DONTWAIT : 0);
    enum outcome out;

    if ((out = message_finish(message, &frame, why)) ||
        (out = allow(wire, message_kind(message), wire->side, why)))
        return out;
    for (size_t done = 0; done < secret_length(frame);) {
        ssize_t n = send(wire->fd, secret_peek(frame) + done, secret_length(frame) - done, flags);
        long left = end_ms - clock_ms();
        if (n < 0 && (errno == EINTR ||
                      (errno == EAGAIN && left > 0 && wait_for(wire->fd, POLLOUT, (int)left))))
            continue;
        if (n <= 0)
            return fail(why, REASON_WORKER_DIED, "sending to the other process: %s",
                        strerror(errno));
        done += (size_t)n;
    }
    return OUTCOME_OK;
}

/* The header is complete: makes room for a frame of exactly the size that it tells. */
static enum outcome begin_rest(struct wire *wire, struct why *why)
{
    unsigned char header[HEADER_SIZE];
    enum outcome out;

    memcpy(header, secret_peek(wire->half), sizeof header);
    if ((out = message_size(header, &wire->missing, why)))
        return out;
    secret_free(&wire->half);
    if (!(wire->half = secret_new(HEADER_SIZE + wire->missing)))
        return fail_memory(why);
    (void)secret_append(wire->half, header, sizeof header);
    return OUTCOME_OK;
}

static enum outcome take_bytes(struct wire *wire, size_t count, struct why *why)
{
    if (!secret_length(wire->half))
        wire->half_end_ms = clock_ms() + REST_MS;
    secret_grow(wire->half, count);
    wire->missing -= (uint32_t)count;
    return wire->missing || secret_length(wire->half) > HEADER_SIZE ? OUTCOME_OK
                                                                    : begin_rest(wire, why);
}

/* Reads what is there of one message; *whole once it is complete. */
static enum outcome read_some(struct wire *wire, bool *whole, struct why *why)
{
    enum outcome out;

    if (!wire->half) {
        wire->missing = HEADER_SIZE;
        if (!(wire->half = secret_new(HEADER_SIZE)))
            return fail_memory(why);
    }
    for (*whole = false; !*whole; *whole = !wire->missing) {
        ssize_t n = recv(wire->fd, secret_space(wire->half), wire->missing, MSG_DONTWAIT);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            return OUTCOME_OK;
        if (n <= 0)
            return fail(why, REASON_WORKER_DIED, "the other process is gone");
        if ((out = take_bytes(wire, (size_t)n, why)))
            return out;
    }
    return OUTCOME_OK;
}

/* A message that has begun must not take for ever. */
static bool is_late(struct wire *wire)
{
    return wire->half && secret_length(wire->half) && clock_ms() >= wire->half_end_ms;
}

static enum outcome take(struct wire *wire, struct message **message, struct why *why)
{
    enum wire_side other = wire->side == WIRE_FRONT ? WIRE_WORKER : WIRE_FRONT;
    message_auto *got = NULL;
    enum outcome out;

    if ((out = message_parse(&wire->half, &got, why)) ||
        (out = allow(wire, message_kind(got), other, why)))
        return out;
    *message = got;
    got = NULL;
    return OUTCOME_OK;
}

enum outcome wire_recv(struct wire *wire, int timeout_ms, struct message **message, struct why *why)
{
    const long end_ms = clock_ms() + timeout_ms;
    bool whole = false;
    enum outcome out;

    *message = NULL;
    do {
        long left = timeout_ms < 0 ? REST_MS : end_ms - clock_ms();
        if (!wait_for(wire->fd, POLLIN, (int)(left > 0 ? left : 0)) && timeout_ms >= 0)
            break;
        if ((out = read_some(wire, &whole, why)))
            return out;
    } while (!whole && !is_late(wire) && (timeout_ms < 0 || clock_ms() < end_ms));
    if (whole)
        return take(wire, message, why);
    if (is_late(wire))
        return fail(why, REASON_PROTOCOL, "half a message");
    return OUTCOME_OK;
}

/* Something of the other side has arrived, or it is gone. */
static bool has_more(const struct wire *wire)
{
    return (wire->half && secret_length(wire->half)) || wait_for(wire->fd, POLLIN, 0);
}

enum outcome wire_again(struct wire *wire, struct why *why)
{
    if (!wire->counts[MESSAGE_RESULT])
        return fail(why, REASON_PROTOCOL, "another errand before the result of this one");
    if (wire->side == WIRE_FRONT && has_more(wire))
        return fail(why, REASON_PROTOCOL, "something after the result, or nobody there");
    memset(wire->counts, 0, sizeof wire->counts);
    return OUTCOME_OK;
}
