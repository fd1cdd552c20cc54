/* SPDX-License-Identifier: MIT
 *
 * The settings, as long as the agent runs: it sees when a file of theirs changes, comes or goes.
 */
#ifndef AGENT_SETTINGS_H
#define AGENT_SETTINGS_H

#include "agent/agent.h"

/* Reads them, and watches them from then on. */
enum outcome settings_open(struct agent *agent, struct why *why);

/* Reads them anew, as the person has changed them or wants it, or somebody else. Of a mistake the
 * log tells, and what was read before goes on. */
void settings_reload(struct agent *agent, bool by_person);

#endif
