/* SPDX-License-Identifier: MIT
 *
 * What libkrb5 wants to send by itself (renewals, tickets for services) goes our way: to the one
 * KDC that answered, within its time, and a person can cancel it. Left alone, libkrb5 waits 18 s
 * for a silent one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kerberos/ahead.h"
#include "kerberos/error.h"
#include "kerberos/open.h"

static enum outcome carry(struct tickets *tickets, const krb5_data *realm, const krb5_data *message,
                          krb5_data *reply, struct why *why)
{
    struct kdc *kdc = ahead_kdc(tickets);

    if (!kdc->name)
        return fail(why, REASON_NO_DC, "no domain controller was looked for");
    if (realm->length != strlen(tickets->realm) ||
        memcmp(realm->data, tickets->realm, realm->length) != 0)
        return fail(why, REASON_NO_DOMAIN, "%s sends us on to realm %.*s", kdc->name,
                    (int)realm->length, realm->data);
    return exchange(kdc, message, reply, why);
}

/* As krb5_set_kdc_send_hook says: with a reply made here, nothing is sent. */
static krb5_error_code instead(krb5_context context, void *data, const krb5_data *realm,
                               const krb5_data *message, krb5_data **new_message,
                               krb5_data **new_reply)
{
    struct tickets *tickets = data;
    krb5_data *reply = calloc(1, sizeof *reply);

    (void)context;
    *new_message = NULL;
    if (!reply)
        return ENOMEM;
    if (carry(tickets, realm, message, reply, &tickets->why)) {
        free(reply);
        return KRB5_KDC_UNREACH;
    }
    *new_reply = reply;
    return 0;
}

void carry_all(struct tickets *tickets)
{
    krb5_set_kdc_send_hook(tickets->context, instead, tickets);
}

enum outcome carry_fail(struct tickets *tickets, krb5_error_code code, const char *what,
                        struct why *why)
{
    if (code != KRB5_KDC_UNREACH)
        return error_fail(why, tickets->context, code, what);
    *why = tickets->why;
    return reason_outcome(why->reason);
}

void tickets_point(struct tickets *tickets, const struct tickets_kdc *kdc)
{
    tickets->realm = kdc->realm;
    tickets->kdc = (struct kdc){ .name = kdc->name,
                                 .address = kdc->address,
                                 .asker = kdc->asker,
                                 .budget_ms = kdc->budget_ms,
                                 .reserve_ms = kdc->reserve_ms,
                                 .poll = ahead_poll,
                                 .data = tickets };
}

/* Of the very name that libgssapi makes of service@host. */
static krb5_error_code get_service(krb5_context context, krb5_ccache cache, const char *service,
                                   const char *host)
{
    krb5_creds wanted = { 0 }, *got = NULL;
    krb5_error_code code;

    if (!(code = krb5_cc_get_principal(context, cache, &wanted.client)) &&
        !(code = krb5_sname_to_principal(context, host, service, KRB5_NT_SRV_HST, &wanted.server)))
        code = krb5_get_credentials(context, 0, cache, &wanted, &got);
    krb5_free_creds(context, got);
    krb5_free_cred_contents(context, &wanted);
    return code;
}

enum outcome tickets_service(struct tickets *tickets, const struct ticket *ticket,
                             const char *service, const char *host, struct why *why)
{
    krb5_context context = tickets->context;
    krb5_ccache cache;
    krb5_error_code code = krb5_cc_resolve(context, ticket->cache, &cache);

    if (code)
        return error_fail(why, context, code, ticket->cache);
    code = get_service(context, cache, service, host);
    (void)krb5_cc_close(context, cache);
    return code ? carry_fail(tickets, code, host, why) : OUTCOME_OK;
}
