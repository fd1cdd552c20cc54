/* SPDX-License-Identifier: MIT
 *
 * What is remembered of an identity from one errand to the next: the facts of its last result, no
 * secret, in $XDG_STATE_HOME/chatelaine/IDENTITY.state (mode 0600), written by the back.
 */
#ifndef WIRE_STATE_H
#define WIRE_STATE_H

#include "wire/message.h"

/* Where it is; false if that is not known or too long. */
bool state_path(const char *identity, char *path, size_t size);

/* The folder, made if it is not there. The descriptor is the caller's. */
enum outcome state_folder(int *fd, struct why *why);

/* The same, but not made: -1 if it is not there. */
enum outcome state_look(int *fd, struct why *why);

/* Adds the remembered facts to a message; none is fine. NOT_OURS, SETTINGS: the file cannot be
 * read or makes no sense. */
enum outcome state_load(const char *identity, struct message *message, struct why *why);

/* Remembers the facts of a result instead. */
enum outcome state_save(const char *identity, const struct message *result, struct why *why);

/* Does so if the verb may say who this identity is, or if the result is of the same principal as
 * the request; of status only if what is remembered is still what the request holds. NOT_SIGNED_IN:
 * since the request was made somebody has signed out or in, by another process: that counts more,
 * but for what the person signs in with. */
enum outcome state_remember(const struct message *request, const struct message *result,
                            struct why *why);

/* Remembers what came of another identity beside (BESIDE); *own_request is the one for that
 * identity that would have had this result. The caller's; NULL on failure. PROTOCOL: nobody has
 * asked for anything that is done in both. */
enum outcome state_beside(const struct message *request, const struct message *beside,
                          struct message **own_request, struct why *why);

/* May a worker have this question put to the keychain? The same, of what it would store. */
enum outcome state_may_ask(const struct message *request, const struct message *question,
                           struct why *why);

/* The names of the identities of which something is remembered; how many, most at most. */
enum { STATE_NAME = 64 };
size_t state_identities(char names[][STATE_NAME], size_t most);

/* Certificates that are in our care alone, each in a file of that ending below certificates/: are
 * there any, of whichever identity? */
#define STATE_ADOPTED ".adopted"
bool state_has_adopted(void);

#endif
