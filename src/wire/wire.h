/* SPDX-License-Identifier: MIT
 *
 * The conversation over a stream socket between two of our processes. Both sides hold each other
 * to messages.def: who may say what, how often, after what.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include "wire/message.h"

enum wire_side { WIRE_FRONT, WIRE_WORKER };

/* One end. Plain data; the descriptor is the caller's. */
struct wire {
    int fd;
    enum wire_side side;
    unsigned short counts[MESSAGE_END];
};

/* Both descriptors of a new connection, close-on-exec. */
enum outcome wire_pair(int fds[2], struct why *why);

struct wire wire_begin(int fd, enum wire_side side);

/* Finishes and sends. BROKEN if the other side is gone or the message is not ours to say. */
enum outcome wire_send(struct wire *wire, struct message *message, struct why *why);

/* Waits at most timeout_ms (-1: for ever) for the beginning of a message and reads it whole.
 * Nothing in that time: OK and *message NULL. The other side gone: BROKEN, worker-died. */
enum outcome wire_recv(struct wire *wire, int timeout_ms, struct message **message,
                       struct why *why);

#endif
