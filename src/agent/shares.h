/* SPDX-License-Identifier: MIT
 *
 * The shares of an identity with when = ticket: mounted when there is a new ticket or the network
 * is back, unmounted after a sign-out. One errand at a time, beside the others of the identity,
 * which never wait for it. What fails is tried again with growing pauses.
 */
#ifndef AGENT_SHARES_H
#define AGENT_SHARES_H

#include "agent/identity.h"

/* There is a new ticket, or a server answers again. */
void shares_want(struct identity *identity);

/* The network has changed: what failed is tried again. */
void shares_retry(struct identity *identity);

/* Signed out, or somebody else has signed in: all shares of the identity that are mounted go, as
 * these facts name them. Takes NULL. */
void shares_leave(struct identity *identity, const struct message *facts);

/* An errand that this began has ended. result may be NULL. */
void shares_ended(struct identity *identity, enum outcome outcome, const struct why *why,
                  const struct message *result);

/* When the next share is to be tried, in milliseconds since 1970 UTC; SCHEDULE_NEVER. */
int64_t shares_at(const struct identity *identity);

void shares_free(struct identity *identity);

#endif
