/* SPDX-License-Identifier: MIT */
#include "kerberos/kpasswd.h"

#include <stdlib.h>
#include <string.h>

#include "kerberos/answer.h"
#include "kerberos/error.h"

enum { VERSION = 1, HEAD = 6 }; /* length, version, length of the AP message: 16 bits each */

static void put16(char *at, size_t value)
{
    at[0] = (char)(value >> 8);
    at[1] = (char)value;
}

static size_t get16(const char *at)
{
    return (size_t)(unsigned char)at[0] << 8 | (unsigned char)at[1];
}

static enum outcome join(const krb5_data *ap, const krb5_data *sealed, krb5_data *request,
                         struct why *why)
{
    size_t length = HEAD + ap->length + sealed->length;

    if (length > UINT16_MAX)
        return fail(why, REASON_BAD_PASSWORD, "the new password is too long for the protocol");
    if (!(request->data = malloc(length)))
        return fail_memory(why);
    request->length = (unsigned)length;
    put16(request->data, length);
    put16(request->data + 2, VERSION);
    put16(request->data + 4, ap->length);
    memcpy(request->data + HEAD, ap->data, ap->length);
    memcpy(request->data + HEAD + ap->length, sealed->data, sealed->length);
    return OUTCOME_OK;
}

static krb5_error_code seal(struct kpasswd *kpasswd, krb5_creds *creds, int fd,
                            const struct secret *new_password, krb5_data *ap, krb5_data *sealed)
{
    krb5_context context = kpasswd->context;
    krb5_replay_data replay = { 0 };
    krb5_data none = { 0 };
    krb5_data clear = { .length = (unsigned)secret_length(new_password),
                        .data = (char *)secret_peek(new_password) };
    krb5_error_code code;

    if ((code = krb5_auth_con_init(context, &kpasswd->auth)) ||
        (code =
             krb5_mk_req_extended(context, &kpasswd->auth, AP_OPTS_USE_SUBKEY, &none, creds, ap)) ||
        (code = krb5_auth_con_setflags(context, kpasswd->auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE)) ||
        (code = krb5_auth_con_genaddrs(context, kpasswd->auth, fd,
                                       KRB5_AUTH_CONTEXT_GENERATE_LOCAL_ADDR)))
        return code;
    return krb5_mk_priv(context, kpasswd->auth, &clear, sealed, &replay);
}

enum outcome kpasswd_request(struct kpasswd *kpasswd, krb5_creds *creds, int fd,
                             const struct secret *new_password, krb5_data *request, struct why *why)
{
    krb5_data ap = { 0 }, sealed = { 0 };
    krb5_error_code code = seal(kpasswd, creds, fd, new_password, &ap, &sealed);
    enum outcome out = code ? error_fail(why, kpasswd->context, code, "preparing the change")
                            : join(&ap, &sealed, request, why);

    krb5_free_data_contents(kpasswd->context, &ap);
    krb5_free_data_contents(kpasswd->context, &sealed);
    return out;
}

/* The server proves itself by the AP-REP, and seals its answer with our subkey (RFC 3244). */
static krb5_error_code unseal(struct kpasswd *kpasswd, const krb5_data *ap, const krb5_data *sealed,
                              krb5_data *clear)
{
    krb5_context context = kpasswd->context;
    krb5_ap_rep_enc_part *part = NULL;
    krb5_keyblock *subkey = NULL;
    krb5_error_code code = krb5_auth_con_getsendsubkey(context, kpasswd->auth, &subkey);

    if (!code)
        code = krb5_rd_rep(context, kpasswd->auth, ap, &part);
    if (!code)
        code = krb5_auth_con_setrecvsubkey(context, kpasswd->auth, subkey);
    if (!code)
        code = krb5_rd_priv(context, kpasswd->auth, sealed, clear, NULL);
    krb5_free_ap_rep_enc_part(context, part);
    krb5_free_keyblock(context, subkey);
    return code;
}

static enum outcome unknown(const struct kpasswd *kpasswd, krb5_error_code code, struct why *why)
{
    if (code)
        (void)error_fail(why, kpasswd->context, code, kpasswd->server);
    else
        (void)fail(why, REASON_BAD_ANSWER, "%s: a reply that makes no sense", kpasswd->server);
    return fail_as(why, REASON_CHANGE_UNKNOWN);
}

bool kpasswd_split(const krb5_data *reply, krb5_data *ap, krb5_data *sealed)
{
    if (reply->length < HEAD || get16(reply->data) != reply->length)
        return false;
    size_t length = get16(reply->data + 4);
    if (!length || length > reply->length - HEAD)
        return false;
    *ap = (krb5_data){ .length = (unsigned)length, .data = reply->data + HEAD };
    *sealed = (krb5_data){ .length = (unsigned)(reply->length - HEAD - length),
                           .data = reply->data + HEAD + length };
    return true;
}

enum outcome kpasswd_reply(struct kpasswd *kpasswd, const krb5_data *reply, struct why *why)
{
    krb5_data clear = { 0 }, ap, sealed;

    if (!kpasswd_split(reply, &ap, &sealed))
        return unknown(kpasswd, 0, why);
    krb5_error_code code = unseal(kpasswd, &ap, &sealed, &clear);
    enum outcome out;
    if (code || clear.length < 2)
        out = unknown(kpasswd, code, why);
    else
        out = answer_read((int)get16(clear.data), (const unsigned char *)clear.data + 2,
                          clear.length - 2, kpasswd->server, why);
    krb5_free_data_contents(kpasswd->context, &clear);
    return out;
}

void kpasswd_end(struct kpasswd *kpasswd)
{
    if (kpasswd->auth)
        (void)krb5_auth_con_free(kpasswd->context, kpasswd->auth);
    kpasswd->auth = NULL;
}
