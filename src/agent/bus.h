/* SPDX-License-Identifier: MIT
 *
 * The session bus: where the person's other programs find the agent, and the agent what it asks
 * of the desktop. There may be none; it may come, go and come again.
 */
#ifndef AGENT_BUS_H
#define AGENT_BUS_H

#include <systemd/sd-bus.h>

#include "agent/agent.h"

#define BUS_NAME "org.chatelaine.Agent"

void bus_open(struct agent *agent);
void bus_close(void);

/* Borrowed; NULL while there is none. */
sd_bus *bus_peek(void);

/* Messages that match go to the handler, as long as the slot is held. */
enum { RULE_MOST = 256 };
void bus_match(sd_bus_slot **slot, const char *rule, sd_bus_message_handler_t handler, void *data);

/* The handler of answers that tell nothing. */
int bus_ignore(sd_bus_message *answer, void *data, sd_bus_error *error);

/* Slots are released with this: nothing more is heard. */
#define slot_drop(slot) (*(slot) = sd_bus_slot_unref(*(slot)))

#endif
