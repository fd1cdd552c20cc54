/* SPDX-License-Identifier: MIT
 *
 * Starts another program of ours, without a shell.
 */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include <sys/types.h>

#include "base/outcome.h"

enum { SPAWN_FD = 3 }; /* where the started program finds its descriptor */

/* Starts path with only this environment, in a session of its own: no terminal, no Ctrl-C, signals
 * as at login. It gets fd as descriptor SPAWN_FD and our standard error; 0 and 1 are /dev/null;
 * nothing else. With fd -1 it gets none, and its standard output is our standard error. The caller
 * waits for *pid. */
enum outcome spawn(const char *path, char *const argv[], char *const environment[], int fd,
                   pid_t *pid, struct why *why);

/* Ends it, by SIGKILL, and waits for it. Takes a pid <= 0. */
void spawn_end(pid_t *pid);

#endif
