/* SPDX-License-Identifier: MIT
 *
 * The screen is locked: what programs could ask for without a password goes.
 */
#ifndef AGENT_SCREEN_H
#define AGENT_SCREEN_H

#include "agent/agent.h"

/* Listens on the session bus, once it is there. */
void screen_watch(struct agent *agent);
void screen_unwatch(void);

#endif
