/* SPDX-License-Identifier: MIT
 *
 * How long a web server wants us to wait, by its own clock, and whether that may help.
 */
#ifndef NET_WAIT_H
#define NET_WAIT_H

#include <stdbool.h>
#include <time.h>

#include "base/outcome.h"

enum { WAIT_MOST = 30 * 86400 };

/* Seconds, from 1 to WAIT_MOST; 0: it does not say. The values of the headers Retry-After (RFC 9110
 * 10.2.3: seconds or a date) and X-Rate-Limit-Reset (Okta: seconds since 1970 UTC), NULL if absent;
 * the first counts if it makes sense. A date is compared with the header Date, and with our own
 * clock only where there is none. */
int wait_seconds(const char *retry_after, const char *rate_limit_reset, const char *date);

/* The header Date, seconds since 1970 UTC; -1: absent or no date. */
time_t wait_date(const char *date);

/* What went wrong with one exchange need not with the next one: it may be asked again. */
bool wait_may_help(enum reason reason);

#endif
