/* SPDX-License-Identifier: MIT
 *
 * What the terminal behind a descriptor can do, and how much of a text goes on a line of it.
 */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include <stdbool.h>

/* Is it a terminal that takes control sequences (ECMA-48), so that a line can be written anew? What
 * says that it is dumb is not. */
bool screen_can_draw(int fd);

/* Its size in characters; 0 where that is not known. */
int screen_columns(int fd);
int screen_rows(int fd);

/* How many bytes of a clean text fit into so many columns, whole characters only. */
int screen_fit(const char *text, int columns);

#endif
