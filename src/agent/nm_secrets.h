/* SPDX-License-Identifier: MIT
 *
 * NetworkManager asks for the PIN of a key: for a connection that we made, once, and never for
 * another one in the place of one that did not do. A worker gets it from the keychain; it passes
 * through here in secret memory, and is held by nothing of the agent afterwards.
 */
#ifndef AGENT_NM_SECRETS_H
#define AGENT_NM_SECRETS_H

#include <systemd/sd-bus.h>

#include "agent/identity.h"

/* Methods of the secret agent. */
int nm_secrets_get(sd_bus_message *call, void *data, sd_bus_error *error);
int nm_secrets_cancel(sd_bus_message *call, void *data, sd_bus_error *error);
int nm_secrets_ignore(sd_bus_message *call, void *data, sd_bus_error *error);

/* NetworkManager is gone: nobody waits for an answer. */
void nm_secrets_drop(void);

/* Was there none because the keychain is locked, or away? */
bool nm_secrets_wait(void);

/* The keychain may be open: whoever was refused is tried again. */
void nm_secrets_retry(struct agent *agent);

#endif
