/* SPDX-License-Identifier: MIT
 *
 * Methods of the session bus that are errands: they wait for their turn and are answered when the
 * errand has ended. Those that want the same are answered by one errand.
 */
#ifndef AGENT_CALL_H
#define AGENT_CALL_H

#include <systemd/sd-bus.h>

#include "agent/identity.h"

enum { CALLS_MOST = 32 };

void call_take(sd_bus_message *call, struct identity *identity, enum verb verb);

/* Answers by the error org.chatelaine.Error.REASON, the reason's word with "_" for "-". What
 * sd-bus wants from a handler. */
int call_refuse(sd_bus_message *call, const struct why *why);

/* Starts the errand that was called for first for this identity. False: none is waited for. */
bool calls_next(struct identity *identity);

/* The errand of this identity has ended: whoever waited for it is answered. */
void calls_ended(struct identity *identity, enum outcome outcome, const struct why *why);

/* Nobody is there any more to be answered. */
void calls_drop(void);

/* Does nobody wait for an answer? */
bool calls_are_idle(void);

#endif
