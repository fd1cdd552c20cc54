/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: one attempt with a password, at one KDC (RFC 4120 section 3.1).
 */
#ifndef KERBEROS_ATTEMPT_H
#define KERBEROS_ATTEMPT_H

#include "kerberos/open.h"

/* Gets credentials for the service (NULL: the ticket-granting one) as tickets_get says; they are
 * the caller's (krb5_free_cred_contents). Nothing is kept anywhere. */
enum outcome attempt_run(struct tickets *tickets, const struct ticket_request *request,
                         const char *service, krb5_creds *creds, char *other_realm,
                         struct why *why);

#endif
