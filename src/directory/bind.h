/* SPDX-License-Identifier: MIT
 *
 * The two ways to make a connection safe: TLS, and the SASL bind. For server.c alone.
 */
#ifndef DIRECTORY_BIND_H
#define DIRECTORY_BIND_H

#include <gssapi/gssapi.h>
#include <stdbool.h>

#include "directory/server.h"

/* TLS 1.2 or newer with the certificate verified for the host, by StartTLS (RFC 4511 4.14) or at
 * once. NOT_AUTHENTIC, NOT_PROTECTED (no StartTLS there), BAD_SETTING (ca_file), TIME_OUT,
 * CONNECTION_LOST, CANCELLED. */
enum outcome bind_tls(struct server *server, const struct server_request *request, long end_ms,
                      struct asker *asker, struct why *why);

/* Binds by GSS-SPNEGO, else GSSAPI. *mechanism is a constant; *strength in bits, of SASL's or of
 * TLS's encryption. NOT_PROTECTED, NOT_AUTHENTIC, REFUSED, TIME_OUT, CANCELLED. */
enum outcome bind_sasl(struct server *server, gss_cred_id_t credential, gss_ctx_id_t *context,
                       enum server_protection protection, long end_ms, struct asker *asker,
                       const char **mechanism, unsigned *strength, struct why *why);

/* Starts libsasl with Kerberos alone; before libldap does, which then finds it done. */
bool bind_prepare(void);

#endif
