/* SPDX-License-Identifier: MIT
 *
 * The agent as NetworkManager's secret agent (org.freedesktop.NetworkManager.SecretAgent), on the
 * system bus, as long as there is a connection that we made there. Who NetworkManager is, is known
 * by its unique name, whose owner the bus says to be root: nobody else is heard.
 */
#ifndef AGENT_NM_AGENT_H
#define AGENT_NM_AGENT_H

#include <systemd/sd-bus.h>

#include "agent/agent.h"

/* Comes or goes, by what connections there are now. */
void nm_agent_update(struct agent *agent);

/* Registers anew: NetworkManager tries again then what it could not do for lack of a secret. */
void nm_agent_again(struct agent *agent);

void nm_agent_close(void);

/* Is this message NetworkManager's? */
bool nm_agent_is_manager(sd_bus_message *message);

#endif
