/* SPDX-License-Identifier: MIT
 *
 * The hand: a child of the process that changes a password, made before that gives up its rights.
 * One order, one answer, over a socket pair of whole messages; it ends with the other end, but
 * never in the middle of an order.
 */
#ifndef LOCAL_HAND_H
#define LOCAL_HAND_H

#include <stdint.h>

#include "local/local.h"

enum task { TASK_RULES, TASK_PROVE, TASK_CHANGE };

/* Behind it lie the two passwords; an old one of no bytes is none. */
struct order {
    uint16_t task, old, now; /* their lengths */
};

struct answer {
    int32_t outcome;
    struct why why;
};

enum { ORDER_MOST = sizeof(struct order) + 2 * LOCAL_PASSWORD_MOST, ACCOUNT_MOST = 64 };

/* passwd has so much time for an order, and somewhat more to end. */
enum { HAND_MS = 20000, HAND_MORE_MS = 10000 };

/* In the child: obeys until nobody is there any more who gives orders, and exits. */
__attribute__((noreturn)) void hand_run(const char *account, int fd);

#endif
