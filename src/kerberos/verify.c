/* SPDX-License-Identifier: MIT
 *
 * Is a ticket from a KDC that knows this computer's key? A false one does not.
 */
#include <stdio.h>

#include "kerberos/error.h"
#include "kerberos/open.h"

enum { KEYS_MOST = 64 };

/* With nofail, so that a missing key is no success (krb5_verify_init_creds(3)). */
static krb5_error_code verify_with(krb5_context context, krb5_creds *creds, krb5_keytab keytab,
                                   krb5_principal server)
{
    krb5_verify_init_creds_opt options;

    krb5_verify_init_creds_opt_init(&options);
    krb5_verify_init_creds_opt_set_ap_req_nofail(&options, 1);
    return krb5_verify_init_creds(context, creds, server, keytab, NULL, &options);
}

/* Any key of the ticket's realm will do; a stale one beside it does no harm. */
static krb5_error_code verify(krb5_context context, krb5_creds *creds, krb5_keytab keytab)
{
    krb5_kt_cursor cursor;
    krb5_keytab_entry entry;
    krb5_error_code result = KRB5_KT_NOTFOUND;
    krb5_error_code code = krb5_kt_start_seq_get(context, keytab, &cursor);

    if (code)
        return code;
    for (int i = 0; result && i < KEYS_MOST; i++) {
        if (krb5_kt_next_entry(context, keytab, &entry, &cursor))
            break;
        if (krb5_realm_compare(context, entry.principal, creds->client))
            result = verify_with(context, creds, keytab, entry.principal);
        (void)krb5_free_keytab_entry_contents(context, &entry);
    }
    (void)krb5_kt_end_seq_get(context, keytab, &cursor);
    return result;
}

enum outcome tickets_verify(struct tickets *tickets, const struct ticket *ticket, int keytab,
                            struct why *why)
{
    krb5_context context = tickets->context;
    krb5_creds creds = { 0 };
    krb5_ccache cache = NULL;
    krb5_keytab keys = NULL;
    char name[64];

    (void)snprintf(name, sizeof name, "FILE:/proc/self/fd/%d", keytab);
    krb5_error_code code = krb5_cc_resolve(context, ticket->cache, &cache);
    if (!code)
        code = ticket_entry(context, cache, &creds);
    if (!code)
        code = krb5_kt_resolve(context, name, &keys);
    if (!code)
        code = verify(context, &creds, keys);
    if (keys)
        (void)krb5_kt_close(context, keys);
    if (cache)
        (void)krb5_cc_close(context, cache);
    krb5_free_cred_contents(context, &creds);
    if (!code)
        return OUTCOME_OK;
    enum outcome out =
        carry_fail(tickets, code, "checking the ticket with this computer's key", why);
    return out == OUTCOME_OFFLINE || out == OUTCOME_BUSY || out == OUTCOME_CANCELLED
               ? out
               : fail_as(why, REASON_NOT_AUTHENTIC);
}
