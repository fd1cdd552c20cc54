/* SPDX-License-Identifier: MIT
 *
 * An upgrade replaces the agent's program while it runs: once nothing is under way, the agent goes
 * over to the new one, in the same process, with the socket and all that waits there.
 */
#ifndef AGENT_AGAIN_H
#define AGENT_AGAIN_H

#include "agent/agent.h"

/* Looks out for a new program. When it is time, the loop ends, and agent->again is set. */
void again_watch(struct agent *agent);

/* Goes over to it, and comes back only if that fails. The listening socket is its own then. */
enum outcome again_go(int listening, struct why *why);

#endif
