/* SPDX-License-Identifier: MIT
 *
 * Within share: runs one of a few programs of the system, by its path and without a shell. Nobody
 * is there to answer it: it has no terminal and nothing to read. What it says is kept, cleaned and
 * cut.
 */
#ifndef SHARE_TOOL_H
#define SHARE_TOOL_H

#include <stdbool.h>

#include "base/asker.h"
#include "base/outcome.h"

enum tool { TOOL_GIO, TOOL_GDBUS, TOOL_MOUNT, TOOL_UMOUNT };

enum { TOOL_SAYS_MOST = 64 << 10, TOOL_WORDS_MOST = 12 };

/* How long it may run, and whose tickets it may use. */
struct tool_limits {
    struct asker *asker;
    long deadline_ms;   /* of clock_ms */
    const char *ccache; /* NULL: none is named */
};

/* What it said on standard output and standard error, and its exit status: 0 is good. */
struct tool_said {
    char out[TOOL_SAYS_MOST + 1], err[4096];
    int status;
};

/* Words end with NULL; the first is the first argument. Ends the program at the deadline, TIME_OUT,
 * and when the person wants no more of it, CANCELLED. CANNOT_MOUNT if there is no such program. */
enum outcome tool_run(enum tool tool, const char *const words[], const struct tool_limits *limits,
                      struct tool_said *said, struct why *why);

/* The last line that it said on standard error, without its own name in front. */
const char *tool_complaint(struct tool_said *said);

/* Is there a session bus at a local socket? Others are none to us. */
bool tool_has_bus(void);

#endif
