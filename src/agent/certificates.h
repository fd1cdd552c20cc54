/* SPDX-License-Identifier: MIT
 *
 * Certificates with when = ticket: one errand of an identity asks for those that are not there,
 * renews those that are due, and hears what became of those that somebody has to approve.
 */
#ifndef AGENT_CERTIFICATES_H
#define AGENT_CERTIFICATES_H

#include "agent/identity.h"

/* There is a new ticket, or the network is back, or there are other settings: looks now. */
void certificates_want(struct identity *identity);

/* The network or the clock has changed: what failed is tried again. */
void certificates_retry(struct identity *identity);

/* Somebody has signed out: nothing is asked for any more. */
void certificates_leave(struct identity *identity);

/* The errand has ended. */
void certificates_ended(struct identity *identity, enum outcome outcome, const struct why *why,
                        const struct message *result);

/* When the next one is due; SCHEDULE_NEVER. */
int64_t certificates_at(const struct identity *identity);

void certificates_free(struct identity *identity);

#endif
