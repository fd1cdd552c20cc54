/* SPDX-License-Identifier: MIT */
#include "kerberos/inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kerberos/cache.h"
#include "kerberos/error.h"
#include "kerberos/exchange.h"
#include "kerberos/open.h"
#include "kerberos/padata.h"

static enum outcome read_cache(krb5_context context, krb5_ccache cache, struct cache_look *look,
                               struct why *why)
{
    krb5_principal principal = NULL;
    char *name = NULL, *holds = NULL;
    enum outcome out;

    krb5_error_code code = krb5_cc_get_full_name(context, cache, &name);
    if (code)
        return error_fail(why, context, code, "the ticket cache");
    (void)snprintf(look->name, sizeof look->name, "%s", name);
    const char *file = !strncmp(name, "FILE:", 5)   ? name + 5
                       : !strncmp(name, "DIR::", 5) ? name + 5
                                                    : "";
    (void)snprintf(look->file, sizeof look->file, "%s", file);
    krb5_free_string(context, name);
    if ((out = cache_check_kind(context, cache, why)))
        return out;
    code = krb5_cc_get_principal(context, cache, &principal);
    if (!code && !(code = krb5_unparse_name(context, principal, &holds)))
        (void)snprintf(look->holds, sizeof look->holds, "%s", holds);
    krb5_free_unparsed_name(context, holds);
    krb5_free_principal(context, principal);
    bool is_empty = code && error_reason(code) == REASON_NOT_SIGNED_IN;
    return code && !is_empty ? error_fail(why, context, code, look->name) : OUTCOME_OK;
}

enum outcome inspect_cache(struct tickets *tickets, const char *ccache, struct cache_look *look,
                           struct why *why)
{
    krb5_context context = tickets->context;
    krb5_ccache cache;

    *look = (struct cache_look){ 0 };
    krb5_error_code code = ccache ? krb5_cc_set_default_name(context, ccache) : 0;
    (void)snprintf(look->name, sizeof look->name, "%s", krb5_cc_default_name(context));
    if (!code)
        code = krb5_cc_default(context, &cache);
    if (code)
        return error_fail(why, context, code, look->name);
    enum outcome out = read_cache(context, cache, look, why);
    (void)krb5_cc_close(context, cache);
    return out;
}

enum outcome inspect_copy(struct tickets *tickets, struct ticket *ticket, struct why *why)
{
    krb5_context context = tickets->context;
    krb5_ccache from = NULL, to = NULL;
    krb5_principal principal = NULL;
    krb5_error_code code;

    if (!(code = krb5_cc_resolve(context, ticket->cache, &from)) &&
        !(code = krb5_cc_get_principal(context, from, &principal)) &&
        !(code = krb5_cc_new_unique(context, "MEMORY", NULL, &to)) &&
        !(code = krb5_cc_initialize(context, to, principal)) &&
        !(code = krb5_cc_copy_creds(context, from, to)))
        (void)snprintf(ticket->cache, sizeof ticket->cache, "MEMORY:%s",
                       krb5_cc_get_name(context, to));
    krb5_free_principal(context, principal);
    if (from)
        (void)krb5_cc_close(context, from);
    if (to)
        (void)krb5_cc_close(context, to);
    return code ? error_fail(why, context, code, ticket->cache) : OUTCOME_OK;
}

/* The first message that libkrb5 would send; the caller's. */
static krb5_error_code first_message(krb5_context context, const struct ticket_request *request,
                                     krb5_data *message)
{
    krb5_principal client = NULL;
    krb5_init_creds_context init = NULL;
    krb5_data nothing = { 0 }, realm = { 0 };
    unsigned flags = 0;
    krb5_error_code code;

    if (!(code = krb5_build_principal(context, &client, (unsigned)strlen(request->realm),
                                      request->realm, request->user, (char *)NULL)) &&
        !(code = krb5_init_creds_init(context, client, NULL, NULL, 0, NULL, &init)))
        code = krb5_init_creds_step(context, init, &nothing, message, &realm, &flags);
    krb5_free_data_contents(context, &realm);
    if (init)
        krb5_init_creds_free(context, init);
    krb5_free_principal(context, client);
    return code;
}

enum { AS_REP = 0x6b, KRB_ERROR = 0x7e }; /* the first byte, RFC 4120 section 5.10 */

/* A KRB-ERROR, which has the KDC's clock, is what is to be expected. */
static enum outcome read_reply(krb5_context context, const krb5_data *reply, const char *kdc,
                               struct kdc_look *look, struct why *why)
{
    krb5_error *error = NULL;
    int kind = reply->length ? (unsigned char)*reply->data : 0;

    if (kind == AS_REP)
        return OUTCOME_OK; /* an account that needs no preauthentication */
    if (kind != KRB_ERROR || krb5_rd_error(context, reply, &error))
        return fail(why, REASON_BAD_ANSWER, "%s: that is no answer of a KDC", kdc);
    krb5_error_code code = (krb5_error_code)error->error + ERROR_TABLE_BASE_krb5;
    look->has_clock = true;
    look->lacks_certificate =
        padata_lacks((const unsigned char *)reply->data, reply->length, PADATA_PK_AS_REQ);
    look->ahead_s = (long)(time(NULL) - (time_t)(uint32_t)error->stime);
    enum outcome out = code == KRB5KDC_ERR_PREAUTH_REQUIRED
                           ? OUTCOME_OK
                           : error_fail_kdc(why, context, code, error, kdc);
    krb5_free_error(context, error);
    return out;
}

enum outcome inspect_kdc(struct tickets *tickets, const struct ticket_request *request,
                         struct kdc_look *look, struct why *why)
{
    krb5_context context = tickets->context;
    krb5_data message = { 0 }, reply = { 0 };
    struct kdc kdc = { .name = request->kdc,
                       .address = request->address,
                       .asker = request->asker,
                       .budget_ms = request->budget_ms };
    enum outcome out;

    *look = (struct kdc_look){ 0 };
    krb5_error_code code = first_message(context, request, &message);
    if (code)
        out = error_fail(why, context, code, "preparing the request for a ticket");
    else if (!(out = exchange(&kdc, &message, &reply, why)))
        out = read_reply(context, &reply, request->kdc, look, why);
    krb5_free_data_contents(context, &message);
    free(reply.data);
    return out;
}
