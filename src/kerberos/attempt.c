/* SPDX-License-Identifier: MIT */
#include "kerberos/attempt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "kerberos/error.h"
#include "kerberos/exchange.h"
#include "kerberos/padata.h"
#include "kerberos/pkinit.h"
#include "kerberos/proof.h"
#include "kerberos/rounds.h"

enum { EXCHANGES_MOST = 8 };    /* two are usual; a KDC that wants ever more is strange */
enum { SLEEP_MOST_MS = 60000 }; /* clocks may differ by five minutes (RFC 4120 section 1.6) */

/* Everything of one attempt, released together. */
struct attempt {
    krb5_context context;
    krb5_principal client;
    krb5_get_init_creds_opt *options;
    krb5_init_creds_context init;
    struct pkinit pkinit; /* without a card where there is a password */
    bool has_ticket;      /* the KDC's last word was one */
    bool proved;          /* a proof of the password may have reached the KDC */
    long slept_ms;        /* when it began, see clock_slept_ms */
};

static void attempt_end(struct attempt *attempt)
{
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
    krb5_error_code code = krb5_build_principal(context, client, (unsigned)strlen(request->realm),
                                                request->realm, request->user, (char *)NULL);
    if (!code)
        (*client)->type = request->enterprise ? KRB5_NT_ENTERPRISE_PRINCIPAL : KRB5_NT_PRINCIPAL;
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
    attempt->pkinit.card = request->card;
    if (request->card && (code = pkinit_options(attempt->context, options, &attempt->pkinit)))
        return code;
    return krb5_get_init_creds_opt_set_expire_callback(attempt->context, options, note_expiry,
                                                       tickets);
}

static enum outcome prepare(struct tickets *tickets, struct attempt *attempt,
                            const struct ticket_request *request, const char *service,
                            struct why *why)
{
    krb5_context context = attempt->context;
    krb5_error_code code;

    if ((code = make_client(context, request, &attempt->client)) ||
        (code = make_options(tickets, attempt, request)) ||
        (code = krb5_init_creds_init(context, attempt->client, no_prompt, NULL, 0, attempt->options,
                                     &attempt->init)) ||
        (service && (code = krb5_init_creds_set_service(context, attempt->init, service))) ||
        (request->password && (code = krb5_init_creds_set_password(
                                   context, attempt->init, secret_peek(request->password)))))
        return error_fail(why, context, code, "preparing the request for a ticket");
    return OUTCOME_OK;
}

/* What the KDC has not said itself: libkrb5 does not get on with our certificate, or with its. */
static enum outcome not_proved(const struct attempt *attempt, krb5_error_code code, const char *kdc,
                               struct why *why)
{
    enum outcome out = error_fail(why, attempt->context, code, kdc);

    if (why->reason == REASON_NO_MEMORY)
        return out;
    return attempt->has_ticket ? fail(why, REASON_NOT_AUTHENTIC,
                                      "%s: its certificate does not prove that it is a KDC of that "
                                      "name, by %s",
                                      kdc, attempt->pkinit.card->anchors)
                               : fail_as(why, REASON_TOKEN_FAILED);
}

static enum outcome refused(struct attempt *attempt, krb5_error_code code, const char *kdc,
                            struct why *why)
{
    krb5_error *error = NULL;

    (void)krb5_init_creds_get_error(attempt->context, attempt->init, &error);
    bool said = error && code == (krb5_error_code)error->error + ERROR_TABLE_BASE_krb5;
    enum outcome out = attempt->pkinit.card && !said
                           ? not_proved(attempt, code, kdc, why)
                           : error_fail_kdc(why, attempt->context, code, error, kdc);
    if (!error && attempt->proved && why->reason == REASON_WRONG_PASSWORD)
        out = fail_as(why, REASON_BAD_ANSWER); /* it took our proof: its ticket is what is wrong */
    if (attempt->pkinit.card &&
        why->reason == REASON_WRONG_PASSWORD) /* Heimdal, of whatever kind */
        out = fail_as(why, REASON_CERTIFICATE_REFUSED);
    krb5_free_error(attempt->context, error);
    return out;
}

static bool is_realm(const krb5_data *realm, const char *name)
{
    return realm->length == strlen(name) && !memcmp(realm->data, name, realm->length);
}

/* The realm that libkrb5 names changes when the account is at home in another one (RFC 6806
 * section 7). */
static enum outcome check_realm(const struct attempt *attempt, const struct ticket_request *request,
                                const krb5_data *realm, char *other_realm, struct why *why)
{
    if (is_realm(realm, request->realm))
        return OUTCOME_OK;
    if (attempt->proved)
        return fail(why, REASON_BAD_ANSWER, "%s: another realm after the password was proved",
                    request->kdc);
    (void)snprintf(other_realm, 256, "%.*s", (int)realm->length, realm->data);
    return fail(why, REASON_NO_DOMAIN, "%s: the account is in realm %s", request->kdc, other_realm);
}

/* A KDC without a certificate takes none. */
static enum outcome look_at(struct attempt *attempt, const struct kdc *kdc, const krb5_data *reply,
                            struct why *why)
{
    const unsigned char *bytes = (const unsigned char *)reply->data;

    attempt->has_ticket = padata_is_ticket(bytes, reply->length);
    return attempt->pkinit.card && padata_lacks(bytes, reply->length, PADATA_PK_AS_REQ)
               ? fail(why, REASON_KDC_TAKES_NONE, "%s", kdc->name)
               : OUTCOME_OK;
}

/* One message and its reply. A second proof of the password would be a second attempt. Once one may
 * have arrived, a silence is no reason to ask another server. It holds the time that the KDC told,
 * which may be long ago, if the computer slept: none is sent then. */
static enum outcome carry(struct attempt *attempt, struct kdc *kdc, const krb5_data *message,
                          krb5_data *reply, struct why *why)
{
    fd_auto fd = -1;
    bool proof = proof_in((const unsigned char *)message->data, message->length);
    enum outcome out;

    if (proof && attempt->proved)
        return fail(why, REASON_BAD_ANSWER, "%s: asks for a second proof of the password",
                    kdc->name);
    if ((out = exchange_dial(kdc, KDC_PORT, &fd, why)))
        return out;
    if (proof && clock_slept_ms() - attempt->slept_ms > SLEEP_MOST_MS)
        return fail(why, REASON_TIME_OUT, "%s: this computer has slept since it answered",
                    kdc->name);
    if (!proof && !attempt->pkinit.card) /* a person types a PIN */
        exchange_ahead(kdc, KDC_PORT);
    attempt->proved |= proof;
    if (proof)
        kdc->reserve_ms = 0; /* there is no other server now */
    out = exchange_on(kdc, fd, message, reply, why);
    if (out && why->reason == REASON_NO_DC && attempt->proved)
        out = fail_as(why, REASON_CONNECTION_LOST);
    if (!out && rounds_unfit((const unsigned char *)reply->data, reply->length))
        out = fail(why, REASON_BAD_ANSWER,
                   "%s: wants fewer than %d or more than %d rounds of key derivation", kdc->name,
                   ROUNDS_LEAST, ROUNDS_MOST);
    return out ? out : look_at(attempt, kdc, reply, why);
}

/* libkrb5 makes the messages, we carry them: to this KDC and no other. */
static enum outcome converse(struct attempt *attempt, const struct ticket_request *request,
                             struct kdc *kdc, char *other_realm, struct why *why)
{
    krb5_context context = attempt->context;
    krb5_data reply = { 0 };
    enum outcome out = OUTCOME_OK;
    unsigned flags = KRB5_INIT_CREDS_STEP_FLAG_CONTINUE;

    for (int i = 0; !out && flags & KRB5_INIT_CREDS_STEP_FLAG_CONTINUE; i++) {
        krb5_data message = { 0 }, realm = { 0 };
        krb5_error_code code =
            krb5_init_creds_step(context, attempt->init, &reply, &message, &realm, &flags);
        free(reply.data);
        reply = (krb5_data){ 0 };
        if (attempt->pkinit.why.reason)
            out = pkinit_fail(&attempt->pkinit, why);
        else if (code)
            out = refused(attempt, code, kdc->name, why);
        else if (i == EXCHANGES_MOST)
            out = fail(why, REASON_BAD_ANSWER, "%s: more than %d exchanges for one ticket",
                       kdc->name, EXCHANGES_MOST);
        else if (flags & KRB5_INIT_CREDS_STEP_FLAG_CONTINUE &&
                 !(out = check_realm(attempt, request, &realm, other_realm, why)))
            out = carry(attempt, kdc, &message, &reply, why);
        krb5_free_data_contents(context, &message);
        krb5_free_data_contents(context, &realm);
    }
    free(reply.data);
    return out;
}

/* Whose ticket it is, the reply says in the clear: on the way it could have been changed. */
static enum outcome take(struct attempt *attempt, const struct ticket_request *request,
                         krb5_creds *creds, struct why *why)
{
    krb5_error_code code = krb5_init_creds_get_creds(attempt->context, attempt->init, creds);

    if (code)
        return error_fail(why, attempt->context, code, "taking the ticket");
    if (is_realm(&creds->client->realm, request->realm))
        return OUTCOME_OK;
    (void)fail(why, REASON_BAD_ANSWER, "%s: a ticket of another realm, %.*s", request->kdc,
               (int)creds->client->realm.length, creds->client->realm.data);
    krb5_free_cred_contents(attempt->context, creds);
    *creds = (krb5_creds){ 0 };
    return reason_outcome(why->reason);
}

enum outcome attempt_run(struct tickets *tickets, const struct ticket_request *request,
                         const char *service, krb5_creds *creds, char *other_realm, struct why *why)
{
    struct attempt attempt = { .context = tickets->context, .slept_ms = clock_slept_ms() };
    struct kdc kdc = { .name = request->kdc,
                       .address = request->address,
                       .asker = request->asker,
                       .budget_ms = request->budget_ms,
                       .reserve_ms = request->reserve_ms };
    enum outcome out;

    *other_realm = '\0';
    tickets->password_end = 0;
    if (!(out = prepare(tickets, &attempt, request, service, why)) &&
        !(out = converse(&attempt, request, &kdc, other_realm, why)))
        out = take(&attempt, request, creds, why);
    exchange_hang_up(&kdc);
    tickets->spent |= attempt.proved;
    tickets->accepted = !out;
    attempt_end(&attempt);
    return out;
}
