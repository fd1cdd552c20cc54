/* SPDX-License-Identifier: MIT */
#include "cert/chain.h"

#include <gnutls/pkcs7.h>
#include <string.h>

enum { KEY_BITS_MOST = 16384 /* more costs seconds to verify */ };

void chain_free(struct chain *chain)
{
    while (chain->count)
        gnutls_x509_crt_deinit(chain->all[--chain->count]);
}

static enum outcome add_der(const gnutls_datum_t *der, struct chain *chain, struct why *why)
{
    gnutls_x509_crt_t certificate;
    unsigned bits = 0;

    if (chain->count == CHAIN_MOST)
        return fail(why, REASON_BAD_ANSWER, "more than %d certificates", CHAIN_MOST);
    if (gnutls_x509_crt_init(&certificate))
        return fail_memory(why);
    if (gnutls_x509_crt_import(certificate, der, GNUTLS_X509_FMT_DER) ||
        gnutls_x509_crt_get_pk_algorithm(certificate, &bits) < 0 || bits > KEY_BITS_MOST) {
        gnutls_x509_crt_deinit(certificate);
        return fail(why, REASON_BAD_ANSWER, "a certificate is malformed");
    }
    chain->all[chain->count++] = certificate;
    return OUTCOME_OK;
}

static enum outcome add_bundle(gnutls_pkcs7_t bundle, struct chain *chain, struct why *why)
{
    int count = gnutls_pkcs7_get_crt_count(bundle);
    enum outcome out = OUTCOME_OK;

    if (count < 1 || count > CHAIN_MOST)
        return fail(why, REASON_BAD_ANSWER, "a bundle of %d certificates", count);
    for (unsigned i = 0; !out && i < (unsigned)count; i++) {
        gnutls_datum_t der = { 0 };
        out = gnutls_pkcs7_get_crt_raw2(bundle, i, &der)
                  ? fail(why, REASON_BAD_ANSWER, "a bundle of certificates is malformed")
                  : add_der(&der, chain, why);
        gnutls_free(der.data);
    }
    return out;
}

/* PKCS#7 begins with an object identifier, a certificate with a SEQUENCE. */
static bool is_bundle(const gnutls_datum_t *der)
{
    static const unsigned char signed_data[] = {
        6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2
    };
    size_t within = der->size < 32 ? der->size : 32;

    return memmem(der->data, within, signed_data, sizeof signed_data);
}

static enum outcome take_der(const gnutls_datum_t *der, struct chain *chain, struct why *why)
{
    gnutls_pkcs7_t bundle;

    if (!is_bundle(der))
        return add_der(der, chain, why);
    if (gnutls_pkcs7_init(&bundle))
        return fail_memory(why);
    enum outcome out = gnutls_pkcs7_import(bundle, der, GNUTLS_X509_FMT_DER)
                           ? fail(why, REASON_BAD_ANSWER, "a bundle of certificates is malformed")
                           : add_bundle(bundle, chain, why);
    gnutls_pkcs7_deinit(bundle);
    return out;
}

/* GnuTLS reads a text up to its first END, whatever the label. */
static enum outcome take_pem(const unsigned char *at, const unsigned char *end, struct chain *chain,
                             struct why *why)
{
    static const char begin[] = "-----BEGIN ";
    enum outcome out = OUTCOME_OK;

    while (!out && (at = memmem(at, (size_t)(end - at), begin, sizeof begin - 1))) {
        gnutls_datum_t pem = { (unsigned char *)at, (unsigned)(end - at) }, der = { 0 };
        out = gnutls_pem_base64_decode2(NULL, &pem, &der)
                  ? fail(why, REASON_BAD_ANSWER, "a certificate is no base64")
                  : take_der(&der, chain, why);
        gnutls_free(der.data);
        at += sizeof begin - 1;
    }
    return out;
}

enum outcome chain_read(const void *bytes, size_t length, struct chain *chain, struct why *why)
{
    gnutls_datum_t der = { (unsigned char *)bytes, (unsigned)length };
    const unsigned char *begin = bytes;
    enum outcome out;

    *chain = (struct chain){ .count = 0 };
    if (!length || length > CHAIN_BYTES_MOST)
        return fail(why, REASON_BAD_ANSWER, "a certificate of %zu bytes", length);
    out = *begin == 0x30 ? take_der(&der, chain, why) : take_pem(begin, begin + length, chain, why);
    if (!out && !chain->count)
        out = fail(why, REASON_BAD_ANSWER, "there is no certificate in it");
    if (out)
        chain_free(chain);
    return out;
}

enum outcome chain_write(const struct chain *chain, struct text **pem, struct why *why)
{
    text_auto *made = text_new(CHAIN_BYTES_MOST);

    for (unsigned i = 0; made && i < chain->count; i++) {
        gnutls_datum_t bytes = { 0 };
        if (gnutls_x509_crt_export2(chain->all[i], GNUTLS_X509_FMT_PEM, &bytes))
            return fail_memory(why);
        text_add_bytes(made, bytes.data, bytes.size);
        gnutls_free(bytes.data);
    }
    if (!made || !text_ok(made))
        return fail_memory(why);
    *pem = made;
    made = NULL;
    return OUTCOME_OK;
}

enum outcome chain_add(struct chain *chain, gnutls_x509_crt_t certificate, struct why *why)
{
    gnutls_datum_t der = { 0 };

    if (gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_DER, &der))
        return fail_memory(why);
    enum outcome out = add_der(&der, chain, why);
    gnutls_free(der.data);
    return out;
}

enum outcome chain_library(struct why *why)
{
    int code = gnutls_global_init();

    return code ? fail(why, REASON_BROKEN, "GnuTLS: %s", gnutls_strerror(code)) : OUTCOME_OK;
}
