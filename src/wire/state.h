/* SPDX-License-Identifier: MIT
 *
 * What is remembered of an identity from one errand to the next: the facts of its last result, no
 * secret, in $XDG_STATE_HOME/chatelaine/IDENTITY.state (mode 0600), written by the back.
 */
#ifndef WIRE_STATE_H
#define WIRE_STATE_H

#include "wire/message.h"

/* Adds the remembered facts to a message; none is fine. NOT_OURS, SETTINGS: the file cannot be
 * read or makes no sense. */
enum outcome state_load(const char *identity, struct message *message, struct why *why);

/* Remembers the facts of a result instead. */
enum outcome state_save(const char *identity, const struct message *result, struct why *why);

#endif
