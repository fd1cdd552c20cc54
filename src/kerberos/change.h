/* SPDX-License-Identifier: MIT
 *
 * A person changes the own password (RFC 3244), by libkrb5, at one server.
 */
#ifndef KERBEROS_CHANGE_H
#define KERBEROS_CHANGE_H

#include "kerberos/tickets.h"

/* First half: the old password gets a ticket for the change, one attempt, also when it has expired
 * or must be changed. The request's password is the old one; lifetimes and cache do not count. */
struct change;
enum outcome change_begin(struct tickets *tickets, const struct ticket_request *request,
                          struct change **change, struct why *why);

/* Whose it is, "user@REALM"; false if that has no room. */
bool change_principal(const struct change *change, char *principal, size_t size);

/* Second half, at most once. WEAK with the server's own reason; LOCKED, change-forbidden. A reply
 * that got lost, or took more than 10 s, is OFFLINE, change-unknown: the password may have been
 * changed; the request is not sent again. NO_DC: nothing was sent, nothing is changed. */
enum outcome change_finish(struct change *change, const struct secret *new_password,
                           struct why *why);

void change_free(struct change **change);
#define change_auto __attribute__((cleanup(change_free))) struct change

#endif
