/* SPDX-License-Identifier: MIT
 *
 * Programs of the person that start from here run in units of their own, where there is a user
 * manager: they do not end with us, and have its environment (systemd-run(1)).
 */
#ifndef AGENT_UNIT_H
#define AGENT_UNIT_H

#include <stdint.h>

/* The words that start it so: with these variables besides the manager's, at most so many seconds
 * (0: as long as it likes; else it is waited for, and its exit status is theirs). The caller's to
 * free with unit_free; NULL: there is no user manager. */
#define UNIT_PROGRAM "/usr/bin/systemd-run"
char **unit_words(char *const words[], char *const variables[], int64_t limit_s);
void unit_free(char ***words);

#endif
