/* SPDX-License-Identifier: MIT
 *
 * Which warning of the password's end was told last, for the agent of the next session too:
 * $XDG_STATE_HOME/chatelaine/IDENTITY.told (mode 0600).
 */
#ifndef AGENT_TOLD_H
#define AGENT_TOLD_H

#include "agent/identity.h"

/* Failures are logged: the worst that comes of one is a warning more. */
void told_load(struct identity *identity);

/* This one is told now; it was shown on a desktop. */
void told_set(struct identity *identity, struct warning warning);
void told_shown(struct identity *identity);

#endif
