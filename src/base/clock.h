/* SPDX-License-Identifier: MIT
 *
 * The clock of all budgets and deadlines.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/* Milliseconds since some fixed time in the past; never steps back. */
long clock_ms(void);

#endif
