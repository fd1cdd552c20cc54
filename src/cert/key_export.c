/* SPDX-License-Identifier: MIT */
#include "cert/key.h"

#include <gnutls/x509.h>

#include "cert/key_find.h"

enum { VALUE_MOST = 1024, VALUES = 8 };

/* In the order in which GnuTLS wants them. */
static const CK_ATTRIBUTE_TYPE of_rsa[VALUES] = { CKA_MODULUS,          CKA_PUBLIC_EXPONENT,
                                                  CKA_PRIVATE_EXPONENT, CKA_PRIME_1,
                                                  CKA_PRIME_2,          CKA_COEFFICIENT,
                                                  CKA_EXPONENT_1,       CKA_EXPONENT_2 };

/* What a private key consists of. */
struct values {
    struct secret *all[VALUES];
};

static void values_free(struct values *values)
{
    for (size_t i = 0; i < VALUES; i++)
        secret_free(&values->all[i]);
}

#define values_auto __attribute__((cleanup(values_free))) struct values

static enum outcome find(const struct token *token, const struct key_id *id,
                         CK_OBJECT_HANDLE *object, struct why *why)
{
    objects_auto objects = { .count = 0 };
    enum outcome out = key_find(token, CKO_PRIVATE_KEY, id, &objects, why);

    if (out)
        return out;
    if (objects.count != 1)
        return fail(why, REASON_NO_KEY, "the token has %zu private keys of that id", objects.count);
    *object = objects.all[0];
    return OUTCOME_OK;
}

enum outcome key_may_leave(const struct token *token, const struct key_id *id, struct why *why)
{
    CK_BBOOL extractable = CK_FALSE, sensitive = CK_TRUE;
    CK_OBJECT_HANDLE object;
    size_t size;
    enum outcome out;

    if ((out = find(token, id, &object, why)) ||
        (out = object_get(token, object, CKA_EXTRACTABLE, &extractable, sizeof extractable, &size,
                          why)) ||
        (out = object_get(token, object, CKA_SENSITIVE, &sensitive, sizeof sensitive, &size, why)))
        return out;
    return extractable && !sensitive
               ? OUTCOME_OK
               : fail(why, REASON_NOT_EXPORTABLE, "this one was made to stay");
}

static enum outcome read_value(const struct token *token, CK_OBJECT_HANDLE object,
                               CK_ATTRIBUTE_TYPE type, struct secret **value, struct why *why)
{
    secret_auto *read = secret_new(VALUE_MOST);
    size_t size = 0;

    if (!read)
        return fail_memory(why);
    enum outcome out = object_get(token, object, type, secret_space(read), VALUE_MOST, &size, why);
    if (out)
        return out;
    if (!size)
        return fail(why, REASON_NOT_EXPORTABLE, "the token does not tell the whole of it");
    secret_grow(read, size);
    *value = read;
    read = NULL;
    return OUTCOME_OK;
}

static gnutls_datum_t datum(const struct secret *value)
{
    return (gnutls_datum_t){ (unsigned char *)secret_peek(value), (unsigned)secret_length(value) };
}

static enum outcome import_rsa(const struct token *token, CK_OBJECT_HANDLE object,
                               gnutls_x509_privkey_t key, struct why *why)
{
    values_auto values = { { NULL } };
    gnutls_datum_t all[VALUES];
    enum outcome out;

    for (size_t i = 0; i < VALUES; i++) {
        if ((out = read_value(token, object, of_rsa[i], &values.all[i], why)))
            return out;
        all[i] = datum(values.all[i]);
    }
    return gnutls_x509_privkey_import_rsa_raw2(key, &all[0], &all[1], &all[2], &all[3], &all[4],
                                               &all[5], &all[6], &all[7])
               ? fail(why, REASON_NO_KEY, "the token tells a key that makes no sense")
               : OUTCOME_OK;
}

/* The point is that of the public key. */
static enum outcome import_curve(const struct token *token, const struct key_id *id,
                                 CK_OBJECT_HANDLE object, gnutls_x509_privkey_t key,
                                 struct why *why)
{
    values_auto values = { { NULL } };
    gnutls_datum_t x = { 0 }, y = { 0 };
    gnutls_ecc_curve_t curve;
    gnutls_pubkey_t public;
    enum outcome out = read_value(token, object, CKA_VALUE, &values.all[0], why);

    if (out || (out = key_public(token, id, &public, why)))
        return out;
    const gnutls_datum_t number = datum(values.all[0]);
    if (gnutls_pubkey_export_ecc_raw(public, &curve, &x, &y) ||
        gnutls_x509_privkey_import_ecc_raw(key, curve, &x, &y, &number))
        out = fail(why, REASON_NO_KEY, "the token tells a key that makes no sense");
    gnutls_free(x.data);
    gnutls_free(y.data);
    gnutls_pubkey_deinit(public);
    return out;
}

static enum outcome encrypt(gnutls_x509_privkey_t key, const struct secret *passphrase,
                            struct secret **pem, struct why *why)
{
    gnutls_datum_t text = { 0 };

    if (gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, secret_peek(passphrase),
                                          GNUTLS_PKCS_PBES2_AES_256, &text))
        return fail(why, REASON_BROKEN, "the key could not be encrypted");
    *pem = secret_new(text.size);
    if (*pem)
        (void)secret_append(*pem, text.data, text.size);
    gnutls_free(text.data);
    return *pem ? OUTCOME_OK : fail_memory(why);
}

enum outcome key_export(const struct token *token, const struct key_id *id,
                        const struct secret *passphrase, struct secret **pem, struct why *why)
{
    CK_KEY_TYPE type = 0;
    CK_OBJECT_HANDLE object;
    gnutls_x509_privkey_t key;
    size_t size;
    enum outcome out;

    if ((out = key_may_leave(token, id, why)) || (out = find(token, id, &object, why)) ||
        (out = object_get(token, object, CKA_KEY_TYPE, &type, sizeof type, &size, why)))
        return out;
    if (gnutls_x509_privkey_init(&key))
        return fail_memory(why);
    out = type == CKK_RSA ? import_rsa(token, object, key, why)
                          : import_curve(token, id, object, key, why);
    if (!out)
        out = encrypt(key, passphrase, pem, why);
    gnutls_x509_privkey_deinit(key);
    return out;
}
