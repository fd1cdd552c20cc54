/* SPDX-License-Identifier: MIT
 *
 * Renewals that one worker does one after the other, each for another identity: the first REQUEST
 * names those that may follow (NEXT). What they need of files is opened before those are fenced
 * off. What the first ones find out serves the others: libkrb5's context, and within a second the
 * domain controller that answered, or that none did.
 */
#ifndef WORK_SERIES_H
#define WORK_SERIES_H

#include "work/errand.h"

enum { SERIES_MOST = 15, SERIES_MS = 1000 };

/* All zero but for first, to begin with. */
struct series {
    const struct message *first;
    bool begun;                           /* files are fenced off; without that nothing follows */
    size_t at;                            /* of its NEXT: the first one that has not had its turn */
    struct journal journals[SERIES_MOST]; /* in their order */
    size_t count;
    struct message *request; /* the one after the first that is under way; NULL */
    struct tickets *tickets; /* pinned to this DC; NULL: none yet */
    struct dc pinned;
    char realm[256];
    struct { /* what looking for a DC came to */
        char identity[NAME_IDENTITY_MOST + 1], domain[DNS_NAME];
        long at_ms;
        struct dc dc;
        enum outcome outcome;
        struct why why;
    } found;
};
void series_end(struct series *series);
#define series_auto __attribute__((cleanup(series_end))) struct series

/* Opens what the identities that may follow need. */
enum outcome series_open(struct series *series, struct why *why);

/* The errand has been answered: waits for the next request, and makes of this errand that one.
 * False: it was the last. */
bool series_next(struct errand *errand);

/* An errand before this one looked for a DC of the domain just now, by the same settings: *out and,
 * of OK, *dc, else *why are what it got. False: to be looked for. */
bool series_found(const struct errand *errand, const char *domain, struct dc *dc, enum outcome *out,
                  struct why *why);
void series_note(struct errand *errand, const char *domain, const struct dc *dc, enum outcome out,
                 const struct why *why);

/* As errand_tickets, with the series' own context; borrowed. */
enum outcome series_tickets(struct errand *errand, const struct dc *dc, struct tickets **tickets,
                            struct why *why);

/* The DC of series_tickets is asked for this one and for others that may follow, some at a time
 * (tickets_ahead); each finds what has come of it when it has its turn. */
void series_ahead(struct errand *errand, const char *own);

#endif
