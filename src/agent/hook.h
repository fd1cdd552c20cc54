/* SPDX-License-Identifier: MIT
 *
 * Programs of the administrator or the person that are started when something happens.
 */
#ifndef AGENT_HOOK_H
#define AGENT_HOOK_H

#include "agent/identity.h"

/* Starts the setting's program, if there is one: without a shell, with the facts in its
 * environment, for the time of hook_time_limit. One that others may write is refused; one that
 * still runs for the same event is not started again. */
void hook_start(struct identity *identity, enum setting setting);

#endif
