/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kerberos/cache.h"
#include "kerberos/error.h"
#include "kerberos/exchange.h"
#include "kerberos/open.h"

enum { EXCHANGES_MOST = 8 }; /* two are usual; a KDC that wants ever more is strange */

/* Everything of one attempt, released together. */
struct attempt {
    krb5_context context;
    krb5_principal client;
    krb5_get_init_creds_opt *options;
    krb5_init_creds_context init;
    krb5_creds creds;
};

static void attempt_end(struct attempt *attempt)
{
    krb5_free_cred_contents(attempt->context, &attempt->creds);
    if (attempt->init)
        krb5_init_creds_free(attempt->context, attempt->init);
    krb5_get_init_creds_opt_free(attempt->context, attempt->options);
    krb5_free_principal(attempt->context, attempt->client);
}

static void note_expiry(krb5_context context, void *data, krb5_timestamp password,
                        krb5_timestamp account, krb5_boolean is_last_req)
{
    struct tickets *tickets = data;

    (void)context;
    (void)account;
    (void)is_last_req;
    tickets->password_end = (time_t)(uint32_t)password;
}

/* Whatever libkrb5 would like to ask: nobody answers. */
static krb5_error_code no_prompt(krb5_context context, void *data, const char *name,
                                 const char *banner, int count, krb5_prompt prompts[])
{
    (void)context;
    (void)data;
    (void)name;
    (void)banner;
    (void)count;
    (void)prompts;
    return KRB5_LIBOS_CANTREADPWD;
}

/* Built from its parts: no character of a name has a meaning. */
static krb5_error_code make_client(krb5_context context, const struct ticket_request *request,
                                   krb5_principal *client)
{
    krb5_error_code code =
        krb5_build_principal(context, client, (unsigned)strlen(request->realm), request->realm,
                             request->user, (char *)NULL);
    if (!code)
        (*client)->type =
            request->enterprise ? KRB5_NT_ENTERPRISE_PRINCIPAL : KRB5_NT_PRINCIPAL;
    return code;
}

static krb5_error_code make_options(struct tickets *tickets, struct attempt *attempt,
                                    const struct ticket_request *request)
{
    krb5_error_code code = krb5_get_init_creds_opt_alloc(attempt->context, &attempt->options);

    if (code)
        return code;
    krb5_get_init_creds_opt *options = attempt->options;
    krb5_get_init_creds_opt_set_canonicalize(options, 1);
    krb5_get_init_creds_opt_set_change_password_prompt(options, 0);
    krb5_get_init_creds_opt_set_forwardable(options, request->forwardable);
    krb5_get_init_creds_opt_set_renew_life(options, (krb5_deltat)request->renewable_s);
    if (request->lifetime_s)
        krb5_get_init_creds_opt_set_tkt_life(options, (krb5_deltat)request->lifetime_s);
    return krb5_get_init_creds_opt_set_expire_callback(attempt->context, options, note_expiry,
                                                       tickets);
}

static enum outcome prepare(struct tickets *tickets, struct attempt *attempt,
                            const struct ticket_request *request, struct why *why)
{
    krb5_context context = attempt->context;
    krb5_error_code code;

    if ((code = make_client(context, request, &attempt->client)) ||
        (code = make_options(tickets, attempt, request)) ||
        (code = krb5_init_creds_init(context, attempt->client, no_prompt, NULL, 0,
                                     attempt->options, &attempt->init)) ||
        (code = krb5_init_creds_set_password(context, attempt->init,
                                             secret_peek(request->password))))
        return error_fail(why, context, code, "preparing the request for a ticket");
    return OUTCOME_OK;
}

static enum outcome refused(struct attempt *attempt, krb5_error_code code, const char *kdc,
                            struct why *why)
{
    krb5_error *error = NULL;

    (void)krb5_init_creds_get_error(attempt->context, attempt->init, &error);
    enum outcome out = error_fail_kdc(why, attempt->context, code, error, kdc);
    krb5_free_error(attempt->context, error);
    return out;
}

/* libkrb5 makes the messages, we carry them: to this KDC and no other. The realm that it names
 * changes when the account is at home in another one (RFC 6806 section 7). */
static enum outcome converse(struct attempt *attempt, const struct ticket_request *request,
                             struct kdc *kdc, char *other_realm, struct why *why)
{
    krb5_context context = attempt->context;
    krb5_data reply = { 0 }, message = { 0 }, realm = { 0 };
    enum outcome out = OUTCOME_OK;

    for (int i = 0; !out; i++) {
        unsigned flags = 0;
        krb5_error_code code = krb5_init_creds_step(context, attempt->init, &reply, &message,
                                                    &realm, &flags);
        free(reply.data);
        reply = (krb5_data){ 0 };
        if (code)
            out = refused(attempt, code, kdc->name, why);
        else if (!(flags & KRB5_INIT_CREDS_STEP_FLAG_CONTINUE))
            break;
        else if (realm.length != strlen(request->realm) ||
                 memcmp(realm.data, request->realm, realm.length) != 0) {
            (void)snprintf(other_realm, 256, "%.*s", (int)realm.length, realm.data);
            out = fail(why, REASON_NO_DOMAIN, "%s: the account is in realm %s", kdc->name,
                       other_realm);
        } else if (i == EXCHANGES_MOST)
            out = fail(why, REASON_BAD_ANSWER, "%s: more than %d exchanges for one ticket",
                       kdc->name, EXCHANGES_MOST);
        else
            out = exchange(kdc, &message, &reply, why);
        krb5_free_data_contents(context, &message);
        krb5_free_data_contents(context, &realm);
    }
    free(reply.data);
    return out;
}

static enum outcome keep(struct attempt *attempt, const char *ccache, struct ticket *ticket,
                         struct why *why)
{
    krb5_context context = attempt->context;
    krb5_ccache cache;
    enum outcome out;

    krb5_error_code code =
        krb5_init_creds_get_creds(context, attempt->init, &attempt->creds);
    if (code)
        return error_fail(why, context, code, "taking the ticket");
    if ((out = cache_choose(context, ccache, attempt->creds.client, &cache, why)))
        return out;
    if (!(out = cache_write(context, cache, &attempt->creds, why)))
        out = ticket_describe(context, cache, &attempt->creds, ticket, why);
    (void)krb5_cc_close(context, cache);
    return out;
}

enum outcome tickets_get(struct tickets *tickets, const struct ticket_request *request,
                         struct ticket *ticket, char *other_realm, struct why *why)
{
    struct attempt attempt = { .context = tickets->context };
    struct kdc kdc = { .name = request->kdc,
                       .address = request->address,
                       .asker = request->asker,
                       .budget_ms = request->budget_ms };
    enum outcome out;

    *other_realm = '\0';
    tickets->password_end = 0;
    asker_step(request->asker, "Getting a ticket for %s from %s", request->user, request->kdc);
    if (!(out = prepare(tickets, &attempt, request, why)) &&
        !(out = converse(&attempt, request, &kdc, other_realm, why)))
        out = keep(&attempt, request->ccache, ticket, why);
    attempt_end(&attempt);
    if (!out)
        ticket->password_end = tickets->password_end;
    return out;
}
