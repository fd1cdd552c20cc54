/* SPDX-License-Identifier: MIT
 *
 * Several servers tried at once: is this TCP port open, does that one answer a datagram?
 */
#ifndef NET_REACH_H
#define NET_REACH_H

#include <stddef.h>
#include <sys/socket.h>

#include "base/asker.h"
#include "base/outcome.h"

enum { REACH_MOST = 64, REACH_ANSWER = 4096 };

enum reach_state {
    REACH_SILENT,  /* nothing came back in time */
    REACH_OPEN,    /* the connection stood, or a datagram came back */
    REACH_REFUSED, /* there is nobody at this port */
    REACH_FAILED,  /* error says why: no route, too many files... */
};

struct reach {
    struct sockaddr_storage address; /* with its port */
    const void *question;            /* a datagram, borrowed; NULL: TCP, and nothing is sent */
    size_t length;
    /* What came of it. */
    enum reach_state state;
    int error, took_ms;
    unsigned char
        *answer; /* REACH_ANSWER bytes of the caller's, for the datagram that comes back */
    size_t answer_length;
};

/* Tries all, REACH_MOST at most, within one budget; ends as soon as all have answered. A datagram
 * is sent twice. CANCELLED; else OK, whatever came of each. */
enum outcome reach_all(struct reach *tries, size_t count, int budget_ms, struct asker *asker,
                       struct why *why);

/* A connection of its own, within the budget; *fd is non-blocking and the caller's. NO_SERVER,
 * CANCELLED. */
enum outcome reach_one(const struct sockaddr_storage *address, int budget_ms, struct asker *asker,
                       int *fd, struct why *why);

#endif
