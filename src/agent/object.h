/* SPDX-License-Identifier: MIT
 *
 * The agent's objects on the session bus: one for each identity, below an ObjectManager. No secret
 * is in them. Methods are for this person and root alone.
 */
#ifndef AGENT_OBJECT_H
#define AGENT_OBJECT_H

#include <systemd/sd-bus.h>

#include "agent/news.h"

/* False without memory. The bus owns what it needs. */
bool object_offer(sd_bus *bus, struct agent *agent);

/* There is one more. */
void object_added(struct identity *identity);

/* Tells which properties have other values than when that was told last. */
void object_changed(struct identity *identity);

/* The signal of the news; number or text is its argument, if it has one. */
void object_signal(struct identity *identity, enum news news, int64_t number, const char *text);

#endif
