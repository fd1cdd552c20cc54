/* SPDX-License-Identifier: MIT
 *
 * One front that is connected: it asks for one errand, or watches.
 */
#ifndef AGENT_CLIENT_H
#define AGENT_CLIENT_H

#include "agent/identity.h"

/* Waits for fronts on a listening socket. */
enum outcome clients_listen(struct agent *agent, int fd, struct why *why);
void clients_close(struct agent *agent);

/* Are there none but those who watch? */
bool clients_are_idle(const struct agent *agent);

/* Starts the errand of the front that has waited longest for this identity. False: none waits. */
bool clients_next(struct identity *identity);

/* Tells those who watch the identity what is known of it now. */
void clients_tell(struct identity *identity);

/* A message of the worker goes to the front. One that does not listen any more is gone then, and
 * its errand abandoned. */
void client_hear(struct client *client, struct message *message);

/* Its errand has ended: it is told, and gone. result may be NULL. */
void client_ended(struct client *client, enum outcome outcome, const struct why *why,
                  struct message *result);

#endif
