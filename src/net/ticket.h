/* SPDX-License-Identifier: MIT
 *
 * The Kerberos credential of a ticket cache, for Kerberos alone: SPNEGO can never fall to NTLM.
 */
#ifndef NET_TICKET_H
#define NET_TICKET_H

#include <gssapi/gssapi.h>

#include "base/outcome.h"

/* Opens the credential; the caller's. NOT_SIGNED_IN: the cache holds no ticket; TICKET_EXPIRED. */
enum outcome ticket_open(const char *ccache, gss_cred_id_t *credential, struct why *why);
void ticket_close(gss_cred_id_t *credential);
#define ticket_auto __attribute__((cleanup(ticket_close))) gss_cred_id_t

void ticket_end(gss_ctx_id_t *context);
#define ticket_context_auto __attribute__((cleanup(ticket_end))) gss_ctx_id_t

/* A service of a host: its principal is service/host. Borrowed. */
struct ticket_service {
    const char *service, *host; /* "ldap", "HTTP" */
};

/* Gets the ticket for it into the cache, where whoever signs in finds it, so that a failure has a
 * code: CLOCK_SKEW, TICKET_EXPIRED, NO_SERVER (no KDC answers), NOT_AUTHENTIC (the KDC does not
 * know such a server), REFUSED. The context, the caller's, is for ticket_explain. */
enum outcome ticket_for(gss_cred_id_t credential, const struct ticket_service *service,
                        gss_ctx_id_t *context, struct why *why);

/* Says why a sign-in failed, from the last token that the server sent, which the library that
 * signed in saw but does not tell; NOT_AUTHENTIC if that says nothing. */
enum outcome ticket_explain(gss_cred_id_t credential, gss_ctx_id_t *context,
                            const struct ticket_service *service, const void *token, size_t length,
                            struct why *why);

/* The name for libgssapi; the caller's. */
OM_uint32 ticket_name(const struct ticket_service *service, gss_name_t *name, OM_uint32 *minor);

/* Translates a failure of libgssapi. */
enum outcome ticket_fail(OM_uint32 major, OM_uint32 minor, const char *step, struct why *why);

#endif
