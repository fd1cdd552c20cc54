/* SPDX-License-Identifier: MIT
 *
 * Who we are to a provider: a public client has a name alone. Some providers want a secret even of
 * applications that cannot keep one (RFC 8252 section 8.5).
 */
#ifndef IDP_CLIENT_H
#define IDP_CLIENT_H

#include "base/outcome.h"
#include "base/secret.h"

enum { CLIENT_SECRET_MOST = 1024 };

/* How a provider wants to have a secret: in a header of its own, or in the form. */
enum client_method { CLIENT_BASIC, CLIENT_POST, CLIENT_NEITHER };

/* Reads it from a file, one line of printable ASCII (RFC 6749 A.2), which belongs to whoever runs
 * this or to root, and is no link. BAD_SETTING, OTHER_OWNER; no word of it is in why. */
enum outcome client_read_secret(const char *path, struct secret **secret, struct why *why);

/* What follows "Basic " (RFC 6749 2.3.1: each is encoded as in a form). NULL without memory. */
struct secret *client_proof(const char *client, const struct secret *secret);

#endif
