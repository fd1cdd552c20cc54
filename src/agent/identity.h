/* SPDX-License-Identifier: MIT
 *
 * One identity of the person: what is known of it, what is due next, and its errands, one after
 * the other.
 */
#ifndef AGENT_IDENTITY_H
#define AGENT_IDENTITY_H

#include "agent/agent.h"
#include "agent/schedule.h"

struct identity {
    struct agent *agent;
    char name[33];
    struct message *facts; /* of the last result; NULL before the first */
    struct run *run;       /* the errand under way; NULL */
    struct run *waiting;   /* others: whose front has been asked something, or beside */
    struct run *behind;    /* the renewal after which its worker comes to this one, perhaps; NULL */
    sd_event_source *timer, *yield;
    struct cache_watch *cache;
    struct shares *shares;             /* NULL until there is something to mount or unmount */
    struct certificates *certificates; /* NULL until there is one to care for */
    /* What is due, in the terms of schedule.h. */
    int64_t ticket_at, reading_at, warning_at, retry_at;
    int64_t ticket_from; /* as early as that, where another one wakes the computer anyway */
    unsigned failures;   /* in a row, for want of a server */
    enum reason trouble; /* of the last errand of ours; NONE */
    bool stopped;        /* only the person, or the keychain, can help: nothing is tried */
    bool look;           /* the ticket cache has changed */
    int64_t look_at;     /* not before, for looks have failed */
    unsigned look_failures;
    bool reading_missed;   /* for want of a server */
    bool online;           /* a server of the company answered last time */
    struct warning warned; /* the last one */
    bool warning_shown;    /* on a desktop, not only told to programs */
    bool wants_keychain;   /* the last sign-in of ours failed for want of it */
    /* Digests of the facts and of the certificates, as the session bus heard of them. */
    uint64_t told[FACT_LAST - FACT_FIRST + 1], told_certificates;
};

/* Of the settings and of what is remembered; a name that is not there yet is added. NULL without
 * memory, or with too many. */
void identities_open(struct agent *agent);
struct identity *identity_find(struct agent *agent, const char *name);
void identities_close(struct agent *agent);

/* Is the person signed in, as far as can be seen without asking a worker? Facts are then right. */
bool identity_knows(const struct identity *identity);

/* Is this the state that the facts, which may be NULL, tell? */
bool facts_tell(const struct message *facts, const char *state);

/* Do they tell the same? */
bool facts_are_same(const struct message *one, const struct message *other);

/* Would a renewal do now, together with that of another one? */
bool identity_may_renew(const struct identity *identity, int64_t now);

/* Something happened that may change what can be done: does what is due, now or by a timer. */
void identity_wake(struct identity *identity);

/* The network or the clock changed: failures of before count no more. */
void identities_nudge(struct agent *agent);

/* The settings changed: what is known may not be so by those of now, and what could not be done may
 * be possible. */
void identities_doubt(struct agent *agent, bool by_person);

/* An errand of this identity has ended; client: a front had asked for it. */
void identity_ended(struct identity *identity, enum verb verb, bool client, enum outcome outcome,
                    const struct why *why, const struct message *request,
                    const struct message *result);

#endif
