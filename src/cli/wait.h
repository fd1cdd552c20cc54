/* SPDX-License-Identifier: MIT
 *
 * What a person sees while nothing can be typed: one line with the time that has passed, and still
 * the same one when the question comes again; where no line can be drawn, each text once.
 */
#ifndef CLI_WAIT_H
#define CLI_WAIT_H

#include "base/outcome.h"

/* A wait of this name begins, or goes on. NULL: another question has come in between. */
void wait_begin(const char *name);

/* Shows the line until that time of clock_ms, or until there is something to read; with the
 * descriptor -1 there never is. NULL: what for was told before. CANCELLED. */
enum outcome wait_until(long end_ms, const char *line, int fd, struct why *why);

#endif
