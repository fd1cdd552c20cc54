/* SPDX-License-Identifier: MIT
 *
 * Certificates of the settings: what there is of them is known, and those with when = ticket are
 * cared for. One errand of an identity asks for those that are not there, renews those that are
 * due, and hears what became of those that somebody has to approve. Errands of several identities
 * come one after the other. Which of their certificates has the first turn, and which authority is
 * let alone for a while, the worker knows, and tells when it is to come again.
 */
#ifndef AGENT_CERTIFICATES_H
#define AGENT_CERTIFICATES_H

#include "agent/identity.h"

/* There is a new ticket, or the network is back: asks now for those that are not there, for which a
 * person waits. What should have been renewed is spread over some hours, as all computers may have
 * come to the same. */
void certificates_want(struct identity *identity);

/* There are other settings: by the person all is done now, by the company within ten minutes. */
void certificates_doubt(struct identity *identity, bool by_person);

/* Some may have been changed by another program: looks what there is, and asks nobody. */
void certificates_look(struct identity *identity);

/* The same if it is not known yet. */
void certificates_know(struct identity *identity);

/* The network or the clock has changed: what failed is tried again. */
void certificates_retry(struct identity *identity);

/* Somebody has signed out: nothing is asked for any more. */
void certificates_leave(struct identity *identity);

/* The errand has ended. */
void certificates_ended(struct identity *identity, enum outcome outcome, const struct why *why,
                        const struct message *result);

/* When the next one is due; SCHEDULE_NEVER. */
int64_t certificates_at(const struct identity *identity);

/* Does the last errand's failure end when a keychain comes, or is unlocked? */
bool certificates_wait(const struct identity *identity);

/* Adds what there is to a message, as rows of CERTIFICATES. */
void certificates_tell(const struct identity *identity, struct message *message);

/* A number for it, as of message_digests; 0: nothing is known. */
uint64_t certificates_digest(const struct identity *identity);

void certificates_free(struct identity *identity);

#endif
