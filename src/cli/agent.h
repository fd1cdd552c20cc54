/* SPDX-License-Identifier: MIT
 *
 * A word with the agent that is no errand of ours.
 */
#ifndef CLI_AGENT_H
#define CLI_AGENT_H

#include "cli/cli.h"
#include "wire/wire.h"

/* Connects, and says verb and identity. The wire, whose descriptor is -1 before, is the caller's to
 * close, whatever comes of it. */
enum outcome agent_call(const struct options *options, struct wire *wire, struct why *why);

/* The same, for an agent that wants to know; whether there is one does not matter. */
void agent_nudge(const struct options *options);

#endif
