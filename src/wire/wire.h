/* SPDX-License-Identifier: MIT
 *
 * The conversation over a stream socket between two of our processes. Both sides hold each other
 * to messages.def: who may say what, how often, after what.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include "wire/message.h"

enum wire_side { WIRE_FRONT, WIRE_WORKER };

/* One end; the descriptor is the caller's. */
struct wire {
    int fd;
    enum wire_side side;
    int patience_ms; /* how long the other side may not read what is sent; 0: for ever */
    unsigned short counts[MESSAGE_END];
    struct secret *half; /* of a message that has begun to arrive */
    uint32_t missing;    /* bytes of its header, then of its rest */
    long half_end_ms;    /* when it must be whole */
};

/* Both descriptors of a new connection, close-on-exec. */
enum outcome wire_pair(int fds[2], struct why *why);

struct wire wire_begin(int fd, enum wire_side side);
void wire_end(struct wire *wire); /* overwrites what was half received */
#define wire_auto __attribute__((cleanup(wire_end))) struct wire

/* Finishes and sends. BROKEN if the other side is gone or the message is not ours to say. */
enum outcome wire_send(struct wire *wire, struct message *message, struct why *why);

/* Waits at most timeout_ms (-1: for ever) for a whole message. None by then: OK and *message NULL;
 * a signal may end the wait early. The other side gone: BROKEN, worker-died. */
enum outcome wire_recv(struct wire *wire, int timeout_ms, struct message **message,
                       struct why *why);

/* One errand has ended with its RESULT: another REQUEST may follow, and the rules begin anew. Each
 * side does it for itself. BROKEN if none has ended, or if a worker has said more than that. */
enum outcome wire_again(struct wire *wire, struct why *why);

#endif
