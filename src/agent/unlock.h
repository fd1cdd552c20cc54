/* SPDX-License-Identifier: MIT
 *
 * Hears of the keychain while an identity waits for it: that one is there, or is unlocked. It is
 * listened to and asked nothing, so that none is started.
 */
#ifndef AGENT_UNLOCK_H
#define AGENT_UNLOCK_H

#include "agent/identity.h"

/* Begins or ends to listen, by what the identities wait for and whether there is a bus. */
void unlock_update(struct agent *agent);

/* The bus is gone. */
void unlock_end(void);

#endif
