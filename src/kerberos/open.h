/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: the context, and what both getting and finding a ticket read from it.
 */
#ifndef KERBEROS_OPEN_H
#define KERBEROS_OPEN_H

#include <krb5.h>

#include "kerberos/tickets.h"

struct tickets {
    krb5_context context;
    time_t password_end; /* from the last AS reply */
};

/* Fills the ticket from credentials and the cache that holds them. */
enum outcome ticket_describe(krb5_context context, krb5_ccache cache, const krb5_creds *creds,
                             struct ticket *ticket, struct why *why);

#endif
