/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: the two messages of the password change protocol (RFC 3244 section 2, version
 * 1), sealed by libkrb5. One request is sent once: libkrb5's own call would send it again when a
 * reply is late, and the second one would be refused as a used password.
 */
#ifndef KERBEROS_KPASSWD_H
#define KERBEROS_KPASSWD_H

#include <krb5.h>
#include <stdbool.h>

#include "base/outcome.h"
#include "base/secret.h"

struct kpasswd {
    krb5_context context;
    krb5_auth_context auth;
    const char *server; /* for messages */
};

/* The request for a connected socket, whose address goes into it. The data is malloc'ed and the
 * caller's. */
enum outcome kpasswd_request(struct kpasswd *kpasswd, krb5_creds *creds, int fd,
                             const struct secret *new_password, krb5_data *request,
                             struct why *why);

/* Takes the reply, proves that the server made it, and reads it: as answer_read, or CHANGE_UNKNOWN
 * for a reply that is none. */
enum outcome kpasswd_reply(struct kpasswd *kpasswd, const krb5_data *reply, struct why *why);

/* The two parts of a reply, borrowed; false if it is none, or holds a KRB-ERROR, which proves
 * nothing. */
bool kpasswd_split(const krb5_data *reply, krb5_data *ap, krb5_data *sealed);

void kpasswd_end(struct kpasswd *kpasswd);

#endif
