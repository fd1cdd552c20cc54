/* SPDX-License-Identifier: MIT
 *
 * When something of a certificate is due, as pure functions, so that of a hundred thousand
 * computers no two that matter ask in the same minute: for the worker, which knows certificates and
 * what is asked for, and the agent, which starts it. All times and spans are seconds.
 */
#ifndef BASE_DUE_H
#define BASE_DUE_H

#include <stddef.h>
#include <stdint.h>

/* From 0 to UINT32_MAX, the same for the same bytes: which part of a span is one's own, whoever
 * asks and however often. */
uint32_t due_part(const void *bytes, size_t length);

/* From 0 to span. */
int64_t due_part_of(int64_t span, uint32_t part);

/* A certificate that is to be renewed before its end, so long (0: a third of its lifetime): within
 * the first tenth of that time. */
int64_t due_renewal(int64_t begin, int64_t end, int64_t before, uint32_t part);

/* What should have been renewed by now, as after a week without the network: within four hours, or
 * a twentieth of the time that is left until the end. */
int64_t due_catch_up(int64_t now, int64_t end, uint32_t part);

/* What became of a request of then, which was asked for last at polled (0: never): after a time
 * that doubles as the request ages, 20 seconds to six hours. All of one part are asked for at the
 * same moments, however old they are: the moments of the old ones are some of those of the young.
 */
int64_t due_poll(int64_t asked, int64_t polled, uint32_t part);

/* How long an authority that has failed so often in a row, 1 at least, is let alone: ten
 * seconds, doubled each time, to four hours, or an eighth of the time until what is to be renewed
 * ends (0: there is none, and an hour is the most); half of that to all of it. */
int64_t due_probe(unsigned failures, int64_t left, uint32_t random);

#endif
