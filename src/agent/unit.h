/* SPDX-License-Identifier: MIT
 *
 * One program in a transient unit of the user manager, by the session bus
 * (org.freedesktop.systemd1(5)). Nothing here waits.
 */
#ifndef AGENT_UNIT_H
#define AGENT_UNIT_H

#include "agent/launch.h"

struct unit;

enum unit_news {
    UNIT_REFUSED,  /* not started, or not in time: then it is stopped */
    UNIT_TOO_LONG, /* ended at its limit */
    UNIT_ENDED,    /* code and status as in siginfo_t; code 0: it did not come to run */
};

/* Comes once, if the unit is not freed before. */
typedef void unit_told(void *data, enum unit_news news, int code, int status);

/* NULL: there is no session bus, or it cannot be asked for in words of D-Bus. */
struct unit *unit_start(const struct launch *launch, unit_told *told, void *data);

/* Hears no more of it; it goes on. */
void unit_free(struct unit **unit);

/* True if the manager started us: what it gave us it gives its other units, too, and newer. */
bool unit_are_we(void);

#endif
