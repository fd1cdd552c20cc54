/* SPDX-License-Identifier: MIT
 *
 * Sees that the network or the clock has changed (a VPN, a resume, a time server), and nudges the
 * identities.
 */
#ifndef AGENT_NETWORK_H
#define AGENT_NETWORK_H

#include "agent/agent.h"

enum outcome network_watch(struct agent *agent, struct why *why);

#endif
