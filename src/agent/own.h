/* SPDX-License-Identifier: MIT
 *
 * Errands of the agent itself: nobody is there to answer. Renewals that are due together have one
 * worker, which comes to one identity after the other.
 */
#ifndef AGENT_OWN_H
#define AGENT_OWN_H

#include "agent/identity.h"
#include "wire/partner.h"

/* Starts one. A renewal takes along all others that would do now: they are behind it. */
enum outcome own_start(struct identity *identity, enum verb verb, struct why *why);

/* The renewal has a result: its worker, taken over then, goes on with the first one behind it, if
 * there is one, and the others are behind that. */
void own_pass(struct agent *agent, const struct run *done, struct partner *worker);

/* It has ended, and its worker with it: who is behind it still has a turn of its own. */
void own_release(struct agent *agent, const struct run *done);

/* A person's errand waits for the one under way. Ours makes room where no server has answered it
 * for a second, if it can be done anew: a renewal, a reading; not what a keychain was asked for. */
void own_yield(struct identity *identity);

#endif
