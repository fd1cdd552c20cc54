/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: the context, and what both getting and finding a ticket read from it.
 */
#ifndef KERBEROS_OPEN_H
#define KERBEROS_OPEN_H

#include <krb5.h>

#include "kerberos/exchange.h"
#include "kerberos/tickets.h"

struct tickets {
    krb5_context context;
    time_t password_end; /* from the last AS reply */
    bool spent;          /* see tickets_spent */
    bool accepted;       /* see tickets_accepted */
    struct kdc kdc;      /* that the context's own messages go to; without a name: nowhere */
    const char *realm;   /* its realm */
    struct ahead *ahead, *running; /* renewals under way; the one that is being worked on */
    struct why why;                /* why it failed, while libkrb5 has only a code */
};

/* From now on libkrb5 sends nothing by itself to a KDC. */
void carry_all(struct tickets *tickets);

/* Fails with what happened on the way to the KDC, else with libkrb5's code. */
enum outcome carry_fail(struct tickets *tickets, krb5_error_code code, const char *what,
                        struct why *why);

/* The entry of the cache that is the ticket-granting ticket; krb5_free_cred_contents. */
krb5_error_code ticket_entry(krb5_context context, krb5_ccache cache, krb5_creds *creds);

/* The ticket-granting ticket of a cache. */
enum outcome ticket_read(krb5_context context, krb5_ccache cache, struct ticket *ticket,
                         struct why *why);

/* Fills the ticket from credentials and the cache that holds them. */
enum outcome ticket_describe(krb5_context context, krb5_ccache cache, const krb5_creds *creds,
                             struct ticket *ticket, struct why *why);

#endif
