/* SPDX-License-Identifier: MIT
 *
 * What a worker gives up before it reads anything that comes from a network; docs/hardening.md
 * lists it, and a test tries each.
 */
#ifndef WORK_CONFINE_H
#define WORK_CONFINE_H

#include "base/outcome.h"

/* First thing in main: no core dump, no tracing by others of the same user. */
void confine_memory(void);

/* For good: processor time, size of files, memory. For one that runs programs of the system, which
 * inherit that, it is all: some are setuid, or may do more than we know of. */
void confine_limits(unsigned cpu_seconds);

/* Paths that stay readable or writable; NULL ends each list, absent ones are skipped. */
struct confine {
    unsigned may; /* enum verb_confinement */
    unsigned cpu_seconds;
    const char *const *readable, *const *writable;
};

/* For good: limits, no new privileges, Landlock and seccomp. What the kernel lacks is logged;
 * seccomp must be there. */
enum outcome confine(const struct confine *confine, struct why *why);

#endif
