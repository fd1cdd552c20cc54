/* SPDX-License-Identifier: MIT
 *
 * The window, where the person types: a program of its own.
 */
#ifndef AGENT_WINDOW_H
#define AGENT_WINDOW_H

#include "agent/identity.h"

/* Starts it for a verb. no-window: it is not installed. */
enum outcome window_show(struct identity *identity, enum verb verb, struct why *why);

bool window_is_there(void);

#endif
