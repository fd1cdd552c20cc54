/* SPDX-License-Identifier: MIT */
#include "kerberos/attempt.h"
#include "kerberos/cache.h"
#include "kerberos/error.h"

static enum outcome keep(krb5_context context, const char *ccache, krb5_creds *creds,
                         struct ticket *ticket, struct why *why)
{
    krb5_ccache cache;
    enum outcome out = cache_choose(context, ccache, creds->client, &cache, why);

    if (out)
        return out;
    if (!(out = cache_write(context, cache, creds, why)))
        out = ticket_describe(context, cache, creds, ticket, why);
    (void)krb5_cc_close(context, cache);
    return out;
}

enum outcome tickets_get(struct tickets *tickets, const struct ticket_request *request,
                         struct ticket *ticket, char *other_realm, struct why *why)
{
    krb5_creds creds = { 0 };

    asker_step(request->asker, "Getting a ticket for %s from %s", request->user, request->kdc);
    enum outcome out = attempt_run(tickets, request, NULL, &creds, other_realm, why);
    if (!out)
        out = keep(tickets->context, request->ccache, &creds, ticket, why);
    krb5_free_cred_contents(tickets->context, &creds);
    if (!out)
        ticket->password_end = tickets->password_end;
    return out;
}
