/* SPDX-License-Identifier: MIT
 *
 * Programs of the person that start from here: each in a unit of its own, where there is a user
 * manager (agent/unit.h), so that it has the desktop's environment and does not end with us; else
 * as our child.
 */
#ifndef AGENT_LAUNCH_H
#define AGENT_LAUNCH_H

#include "agent/agent.h"

struct launch {
    const char *name;         /* part of the unit's: letters, digits, _ and - */
    const char *path;         /* from the root on */
    char *const *words;       /* its arguments, its own name first */
    char *const *environment; /* as our child: all that it has */
    char *const *variables;   /* as a unit: besides the manager's */
    int64_t limit_s;          /* then it is ended, with what it has started; 0: it may go on */
};

/* How it ended, once: NULL is well, else what was wrong. May be NULL: nobody wants to hear. */
typedef void launch_ended(void *data, const char *wrong);

/* Copies what it needs. OK: it is started, or will be. */
enum outcome launch_start(struct agent *agent, const struct launch *launch, launch_ended *ended,
                          void *data, struct why *why);

/* The session bus is gone: of those in units nothing more will be heard. */
void launches_lose(void);

/* Ends our children that have a limit; nobody is told of anything any more. */
void launches_end(void);

#endif
