/* SPDX-License-Identifier: MIT
 *
 * The clock of all budgets in this folder.
 */
#ifndef DIRECTORY_CLOCK_H
#define DIRECTORY_CLOCK_H

/* Milliseconds since some fixed time in the past; never steps back. */
long clock_ms(void);

#endif
