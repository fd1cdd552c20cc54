/* SPDX-License-Identifier: MIT */
#include "net/authorities.h"

#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/bundle.h"
#include "base/text.h"

enum { CHAIN_MOST = 16, KEY_BITS_MOST = 16384, STEP = 64 };

static const char pem_begin[] = "-----BEGIN CERTIFICATE-----";
static const char pem_end[] = "-----END CERTIFICATE-----";

struct authorities {
    gnutls_datum_t *all; /* DER; room for a multiple of STEP */
    size_t count;
};

/* The chain as GnuTLS reads it, and the authorities that may have signed in it. */
struct judging {
    gnutls_x509_crt_t chain[CHAIN_MOST];
    unsigned count;
    gnutls_x509_trust_list_t trusted;
};

static void judging_end(struct judging *judging)
{
    for (unsigned i = 0; i < judging->count; i++)
        gnutls_x509_crt_deinit(judging->chain[i]);
    if (judging->trusted)
        gnutls_x509_trust_list_deinit(judging->trusted, 1);
}

#define judging_auto __attribute__((cleanup(judging_end))) struct judging

static bool keep(struct authorities *authorities, const gnutls_datum_t *der)
{
    if (authorities->count % STEP == 0) {
        gnutls_datum_t *all = realloc(authorities->all, (authorities->count + STEP) * sizeof *all);
        if (!all)
            return false;
        authorities->all = all;
    }
    authorities->all[authorities->count++] = *der;
    return true;
}

/* What lies between, if that is base64 and no more: the system has hundreds of kilobytes of it, and
 * GnuTLS takes its time with each. */
static bool decode_plain(const char *at, const char *end, gnutls_datum_t *der)
{
    const char *text = at + sizeof pem_begin - 1;
    const char *last = memmem(text, (size_t)(end - text), pem_end, sizeof pem_end - 1);
    size_t size;

    if (!last || !(der->data = gnutls_malloc(BASE64URL_BYTES((size_t)(last - text)) + 1)))
        return false;
    if (base64_decode(text, (size_t)(last - text), der->data, &size) && size) {
        der->size = (unsigned)size;
        return true;
    }
    gnutls_free(der->data);
    return false;
}

/* GnuTLS reads a text up to its first END, and what is malformed vouches for nobody. */
static bool decode(unsigned char *at, unsigned char *end, gnutls_datum_t *der)
{
    const gnutls_datum_t pem = { at, (unsigned)(end - at) };

    return decode_plain((char *)at, (char *)end, der) ||
           !gnutls_pem_base64_decode2("CERTIFICATE", &pem, der);
}

static bool take_all(const gnutls_datum_t *text, struct authorities *authorities)
{
    unsigned char *at = text->data, *end = at + text->size;

    while ((at = memmem(at, (size_t)(end - at), pem_begin, sizeof pem_begin - 1))) {
        gnutls_datum_t der;
        if (decode(at, end, &der) && !keep(authorities, &der)) {
            gnutls_free(der.data);
            return false;
        }
        at += sizeof pem_begin - 1;
    }
    return true;
}

static enum outcome take_file(const char *path, bool needed, struct authorities *authorities,
                              struct why *why)
{
    gnutls_datum_t text = { 0 };
    int code = gnutls_load_file(path, &text);
    bool taken = code || take_all(&text, authorities);

    gnutls_free(text.data);
    if (!taken)
        return fail_memory(why);
    if (needed && !authorities->count)
        return fail(why, REASON_BAD_SETTING, "ca_file %s: %s", path,
                    code ? gnutls_strerror(code) : "no certificate in it");
    return OUTCOME_OK;
}

enum outcome authorities_read(enum authorities_of of, const char *ca_file,
                              struct authorities **authorities, struct why *why)
{
    bool has_file = ca_file && *ca_file;
    authorities_auto *read = calloc(1, sizeof *read);
    enum outcome out;

    if (!read)
        return fail_memory(why);
    /* A system without authorities trusts nobody. */
    if ((has_file && (out = take_file(ca_file, true, read, why))) ||
        ((!has_file || of == AUTHORITIES_OF_SYSTEM) &&
         (out = take_file(bundle_path(), false, read, why))))
        return out;
    *authorities = read;
    read = NULL;
    return OUTCOME_OK;
}

void authorities_free(struct authorities **authorities)
{
    if (*authorities) {
        for (size_t i = 0; i < (*authorities)->count; i++)
            gnutls_free((*authorities)->all[i].data);
        free((*authorities)->all);
    }
    free(*authorities);
    *authorities = NULL;
}

static enum outcome read_chain(struct judging *judging, const gnutls_datum_t *chain, unsigned count,
                               struct why *why)
{
    unsigned bits = 0;

    if (!count || count > CHAIN_MOST)
        return fail(why, REASON_BAD_ANSWER, "it shows %u certificates", count);
    for (unsigned i = 0; i < count; i++) {
        if (gnutls_x509_crt_init(&judging->chain[i]))
            return fail_memory(why);
        judging->count = i + 1;
        if (gnutls_x509_crt_import(judging->chain[i], &chain[i], GNUTLS_X509_FMT_DER) ||
            gnutls_x509_crt_get_pk_algorithm(judging->chain[i], &bits) < 0 || bits > KEY_BITS_MOST)
            return fail(why, REASON_BAD_ANSWER, "its certificate is malformed");
    }
    return gnutls_x509_trust_list_init(&judging->trusted, 0) ? fail_memory(why) : OUTCOME_OK;
}

/* Does the authority hold the name of an issuer in the chain? That is who may be worth loading; the
 * verdict is GnuTLS's. */
static bool may_have_signed(const gnutls_datum_t *authority, const struct judging *judging)
{
    for (unsigned i = 0; i < judging->count; i++) {
        gnutls_datum_t issuer = { 0 };
        bool is_named = !gnutls_x509_crt_get_raw_issuer_dn(judging->chain[i], &issuer) &&
                        memmem(authority->data, authority->size, issuer.data, issuer.size) != NULL;
        gnutls_free(issuer.data);
        if (is_named)
            return true;
    }
    return false;
}

static bool trust(struct judging *judging, const gnutls_datum_t *der)
{
    gnutls_x509_crt_t authority;

    if (gnutls_x509_crt_init(&authority))
        return false;
    /* One that is malformed signs nothing; the list owns those that it takes. */
    if (gnutls_x509_crt_import(authority, der, GNUTLS_X509_FMT_DER) ||
        gnutls_x509_trust_list_add_cas(judging->trusted, &authority, 1, 0) != 1)
        gnutls_x509_crt_deinit(authority);
    return true;
}

static enum outcome load_trusted(struct judging *judging, const struct authorities *authorities,
                                 struct why *why)
{
    for (size_t i = 0; i < authorities->count; i++)
        if (may_have_signed(&authorities->all[i], judging) && !trust(judging, &authorities->all[i]))
            return fail_memory(why);
    return OUTCOME_OK;
}

static void take_name(gnutls_x509_crt_t certificate, bool issuer, char *name, size_t size)
{
    gnutls_datum_t text = { 0 };
    int code = issuer ? gnutls_x509_crt_get_issuer_dn3(certificate, &text, 0)
                      : gnutls_x509_crt_get_dn3(certificate, &text, 0);

    (void)snprintf(name, size, "%.*s", code ? 0 : (int)text.size, code ? "" : (char *)text.data);
    gnutls_free(text.data);
    text_clean(name);
}

/* Names and times are read from the certificate itself: a verdict may stop at the first fault. */
static void read_certificate(gnutls_x509_crt_t certificate, const char *host, struct look *report)
{
    time_t now = time(NULL);

    take_name(certificate, false, report->subject, sizeof report->subject);
    take_name(certificate, true, report->issuer, sizeof report->issuer);
    report->begin = gnutls_x509_crt_get_activation_time(certificate);
    report->end = gnutls_x509_crt_get_expiration_time(certificate);
    report->expired = report->end < now;
    report->not_yet_valid = report->begin > now;
    report->wrong_host = !gnutls_x509_crt_check_hostname(certificate, host);
}

static void read_verdict(gnutls_x509_crt_t certificate, unsigned verdict, struct look *report)
{
    static const unsigned dates = GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED;
    /* A failed signature: an authority by the name of one that we trust, with another key. */
    static const unsigned unknown =
        GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA | GNUTLS_CERT_SIGNATURE_FAILURE;
    bool is_unknown = verdict & unknown;
    bool own_dates = report->expired || report->not_yet_valid;

    report->self_signed = is_unknown && gnutls_x509_crt_check_issuer(certificate, certificate);
    report->unknown_authority = is_unknown && !report->self_signed;
    report->wrong_use = verdict & GNUTLS_CERT_PURPOSE_MISMATCH;
    report->weak = verdict & GNUTLS_CERT_INSECURE_ALGORITHM;
    verdict &= ~(unknown | GNUTLS_CERT_PURPOSE_MISMATCH | GNUTLS_CERT_INSECURE_ALGORITHM |
                 (own_dates ? dates : 0U));
    /* What is left besides "invalid", which stands with every other fault. */
    bool told = is_unknown || report->wrong_use || report->weak || own_dates;
    report->chain_is_bad = verdict & ~(told ? (unsigned)GNUTLS_CERT_INVALID : 0U);
}

enum outcome authorities_judge(const struct authorities *authorities, const gnutls_datum_t *chain,
                               unsigned count, const char *host, struct look *report,
                               struct why *why)
{
    gnutls_typed_vdata_st use = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                                  .data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER };
    judging_auto judging = { .count = 0 };
    unsigned verdict = 0;
    enum outcome out;

    if ((out = read_chain(&judging, chain, count, why)) ||
        (out = load_trusted(&judging, authorities, why)))
        return out;
    if (gnutls_x509_trust_list_verify_crt2(
            judging.trusted, judging.chain, judging.count, &use, 1,
            (unsigned)GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM), &verdict, NULL))
        return fail(why, REASON_BAD_ANSWER, "its certificate cannot be checked");
    read_certificate(judging.chain[0], host, report);
    read_verdict(judging.chain[0], verdict, report);
    return OUTCOME_OK;
}
