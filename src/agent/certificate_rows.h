/* SPDX-License-Identifier: MIT
 *
 * What an errand tells of certificates: a row each (CERTIFICATES).
 */
#ifndef AGENT_CERTIFICATE_ROWS_H
#define AGENT_CERTIFICATE_ROWS_H

#include "agent/identity.h"

struct found {
    int64_t at;      /* when the next errand is due: within a day; what waits for a person, then */
    int64_t overdue; /* the end of the first one that should have been renewed by now; NEVER */
    int64_t end;     /* of the failed one, where one is still valid; 0 */
    char failed[33]; /* the first one; "" */
    bool waits;      /* one waits for the person */
    bool is_paused;  /* all that failed have their time, as their authority is let alone */
};

/* Those that were just kept are told in the log. */
struct found rows_find(const struct identity *identity, const struct message *result, int64_t now);

/* As they stay: what was done just now, and what is done next, are no part of what there is. NULL
 * without memory. */
struct message *rows_copy(const struct message *result);

#endif
