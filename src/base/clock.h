/* SPDX-License-Identifier: MIT
 *
 * The clock of all budgets and deadlines.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/* Milliseconds since some fixed time in the past; never steps back, and stands still while the
 * computer sleeps. */
long clock_ms(void);

/* For how long it has slept in all, within some milliseconds. */
long clock_slept_ms(void);

#endif
