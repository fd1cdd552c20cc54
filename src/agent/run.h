/* SPDX-License-Identifier: MIT
 *
 * One errand: a worker at work for an identity, for a front or for the agent itself.
 */
#ifndef AGENT_RUN_H
#define AGENT_RUN_H

#include "agent/identity.h"
#include "wire/partner.h"

/* Starts it. The request is taken over; the client, NULL for an errand of our own, hears all that
 * the worker says. So is the worker, which has done another one; NULL: one is started.
 * identity_ended hears of the end, in any case but a failure here. */
enum outcome run_start(struct identity *identity, struct message **request, struct client *client,
                       struct partner *worker, struct why *why);

/* Starts one of ours beside the errands of the identity, which do not wait for it; ended hears of
 * the end. *run is valid until then. */
typedef void run_ended(struct identity *identity, enum outcome outcome, const struct why *why,
                       const struct message *result);
enum outcome run_aside(struct identity *identity, struct message **request, struct run **run,
                       run_ended *ended, struct why *why);

/* From the front to the worker: an answer or a cancel. */
enum outcome run_say(struct run *run, struct message *message, struct why *why);

/* The front is gone: ends it, unless a password is just being changed. */
void run_abandon(struct run *run);

/* The network or the clock has changed, or a person waits: an errand of our own that asks servers
 * in vain perhaps ends, to begin anew, unless the keychain has been asked already. A network that
 * answers has answered before RUN_STALE_MS. */
enum { RUN_STALE_MS = 1000 };
void run_renew(struct run *run);

/* Does it need the network? */
bool run_asks_servers(const struct run *run);

/* Is a password just being changed? */
bool runs_change(const struct identity *identity);

/* Ends all of an identity at once, for the agent ends. */
void runs_free(struct identity *identity);

/* Adds what is remembered of the identity, or, where that cannot be written, known. */
enum outcome run_remember(struct identity *identity, struct message *request, struct why *why);

/* Remembers the result of an errand, which has ended so (NULL: there is none). If somebody has
 * signed out or in meanwhile, past us, it is NULL then, and the errand has failed: NOT_SIGNED_IN.
 */
enum outcome run_keep(struct identity *identity, const struct message *request,
                      struct message **result, enum outcome out, struct why *why);

/* The request for an errand of our own; NULL without memory. */
struct message *run_request(struct identity *identity, enum verb verb);

#endif
