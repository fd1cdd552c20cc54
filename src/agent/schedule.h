/* SPDX-License-Identifier: MIT
 *
 * When what is due, as pure functions of the time, of what is known and of a random number from
 * 0 to UINT32_MAX, so that ten thousand computers do not ask in the same minute. Times and delays
 * are milliseconds, times since 1970 UTC. For certificates it is base/due.h that says when.
 */
#ifndef AGENT_SCHEDULE_H
#define AGENT_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

enum { SCHEDULE_NEVER = -1 };

/* A ticket that is known from now on and ends at end: renewed when from 40 to 80 percent of that
 * time is over. */
int64_t schedule_renewal(int64_t now, int64_t end, uint32_t random);

/* Is renewing of use, or is a new ticket needed? Within the renewable life, and not so near to its
 * end that a renewal brings less than a tenth of what the ticket has left. */
bool schedule_can_renew(int64_t now, int64_t end, int64_t renewable_end);

/* After that many failures in a row, 1 at least: from half a second, doubled each time, to a
 * quarter of an hour; half of that to all of it. */
int64_t schedule_retry(unsigned failures, uint32_t random);

/* An account that may not sign in at this hour, tried so many times in a row: the next try, soon
 * after a full hour, at which such hours begin (logonHours, MS-ADA1; in UTC). After one hour, two,
 * four, and then eight. */
int64_t schedule_hours(int64_t now, unsigned failures, uint32_t random);

/* The directory is read anew from 5 to 7 hours after it was read. */
int64_t schedule_reading(int64_t read_at, uint32_t random);

/* The end of a password is told some days before it, and in the last day each hour. */
struct warning {
    int64_t end;   /* of which password it was told; 0: of none */
    int64_t level; /* hours left when it was due: multiples of 24, or hours of the last day */
};

/* The warning that is due, level 0 if none is: days is a list such as "14, 7, 1". */
struct warning schedule_warning(int64_t now, int64_t end, const char *days);

/* When the next one will be; SCHEDULE_NEVER. */
int64_t schedule_next_warning(int64_t now, int64_t end, const char *days);

#endif
