/* SPDX-License-Identifier: MIT */
#include <gnutls/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "cert/key_find.h"

enum { SIGNATURE_MOST = 4096 / 8, HASH_MOST = 64, INFO_MOST = 128 };

/* What GnuTLS is given to sign with. */
struct signer {
    const struct token *token;
    CK_OBJECT_HANDLE key;
    bool is_rsa, has_pss; /* TLS 1.3 takes no other signature of RSA (RFC 8446 4.2.3) */
    unsigned bits;
};

static const struct pss {
    gnutls_digest_algorithm_t digest;
    CK_MECHANISM_TYPE hash;
    CK_RSA_PKCS_MGF_TYPE mask;
} padding[] = {
    { GNUTLS_DIG_SHA256, CKM_SHA256, CKG_MGF1_SHA256 },
    { GNUTLS_DIG_SHA384, CKM_SHA384, CKG_MGF1_SHA384 },
    { GNUTLS_DIG_SHA512, CKM_SHA512, CKG_MGF1_SHA512 },
};

static bool is_pss(gnutls_sign_algorithm_t algorithm)
{
    return gnutls_sign_get_pk_algorithm(algorithm) == GNUTLS_PK_RSA_PSS;
}

/* With a salt as long as the hash, as TLS has it. */
static CK_RSA_PKCS_PSS_PARAMS pad(gnutls_sign_algorithm_t algorithm, const gnutls_datum_t *hash)
{
    CK_RSA_PKCS_PSS_PARAMS how = { .sLen = hash->size };

    for (size_t i = 0; i < sizeof padding / sizeof *padding; i++)
        if (padding[i].digest == gnutls_sign_get_hash_algorithm(algorithm)) {
            how.hashAlg = padding[i].hash;
            how.mgf = padding[i].mask;
        }
    return how;
}

static CK_RV sign_bytes(const struct signer *signer, gnutls_sign_algorithm_t algorithm,
                        const gnutls_datum_t *hash, unsigned char *bytes, CK_ULONG *size)
{
    CK_MECHANISM how = { signer->is_rsa ? CKM_RSA_PKCS : CKM_ECDSA, NULL, 0 };
    CK_RSA_PKCS_PSS_PARAMS padded = pad(algorithm, hash);
    const struct token *token = signer->token;
    int tries = 0;
    CK_RV code;

    if (signer->is_rsa && is_pss(algorithm))
        how = (CK_MECHANISM){ CKM_RSA_PKCS_PSS, &padded, sizeof padded };
    do {
        *size = SIGNATURE_MOST;
        code = token->module->C_SignInit(token->session, &how, signer->key);
        if (!code)
            code = token->module->C_Sign(token->session, hash->data, hash->size, bytes, size);
    } while (session_again(token, code, &tries));
    return code;
}

/* A token gives r and s side by side (PKCS#11 2.3.1); X.509 wants them as DER. */
static int give(const struct signer *signer, unsigned char *bytes, CK_ULONG size,
                gnutls_datum_t *signature)
{
    gnutls_datum_t r = { bytes, (unsigned)size / 2 },
                   s = { bytes + size / 2, (unsigned)(size - size / 2) };

    if (!signer->is_rsa)
        return gnutls_encode_rs_value(signature, &r, &s);
    if (!(signature->data = gnutls_malloc(size)))
        return GNUTLS_E_MEMORY_ERROR;
    memcpy(signature->data, bytes, size);
    signature->size = (unsigned)size;
    return 0;
}

/* RSA signs the hash with its name in front (RFC 8017 9.2), which GnuTLS has done for RSA_RAW. */
static int sign_hash(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *data,
                     unsigned flags, const gnutls_datum_t *hash, gnutls_datum_t *signature)
{
    const struct signer *signer = data;
    gnutls_datum_t wrapped = { 0 };
    unsigned char bytes[SIGNATURE_MOST];
    CK_ULONG size = sizeof bytes;
    bool wrap = signer->is_rsa && algorithm != GNUTLS_SIGN_RSA_RAW && !is_pss(algorithm);
    int code = 0;

    (void)key;
    (void)flags;
    if (wrap)
        code = gnutls_encode_ber_digest_info(gnutls_sign_get_hash_algorithm(algorithm), hash,
                                             &wrapped);
    if (code)
        return code;
    CK_RV failed = sign_bytes(signer, algorithm, wrap ? &wrapped : hash, bytes, &size);
    gnutls_free(wrapped.data);
    return failed ? GNUTLS_E_PKCS11_ERROR : give(signer, bytes, size, signature);
}

static int sign_data(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *data,
                     unsigned flags, const gnutls_datum_t *text, gnutls_datum_t *signature)
{
    gnutls_digest_algorithm_t digest = gnutls_sign_get_hash_algorithm(algorithm);
    unsigned char bytes[HASH_MOST];
    gnutls_datum_t hash = { bytes, gnutls_hash_get_len(digest) };

    if (!hash.size || hash.size > sizeof bytes)
        return GNUTLS_E_INVALID_REQUEST;
    int code = gnutls_hash_fast(digest, text->data, text->size, bytes);
    return code ? code : sign_hash(key, algorithm, data, flags, &hash, signature);
}

static int tell(gnutls_privkey_t key, unsigned flags, void *data)
{
    const struct signer *signer = data;
    gnutls_pk_algorithm_t algorithm = signer->is_rsa ? GNUTLS_PK_RSA : GNUTLS_PK_ECDSA;

    (void)key;
    if (flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO) {
        gnutls_sign_algorithm_t wanted = GNUTLS_FLAGS_TO_SIGN_ALGO(flags);
        return gnutls_sign_supports_pk_algorithm(wanted, algorithm) &&
               (!is_pss(wanted) || signer->has_pss);
    }
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS)
        return (int)signer->bits;
    return flags & GNUTLS_PRIVKEY_INFO_PK_ALGO ? (int)algorithm : -1;
}

static void drop(gnutls_privkey_t key, void *data)
{
    (void)key;
    free(data);
}

static void fill_by(const struct token *token, CK_OBJECT_HANDLE private, int algorithm,
                    struct signer *signer)
{
    CK_MECHANISM_INFO info = { 0 };

    signer->token = token;
    signer->key = private;
    signer->is_rsa = algorithm == GNUTLS_PK_RSA;
    signer->has_pss = !token->module->C_GetMechanismInfo(token->slot, CKM_RSA_PKCS_PSS, &info) &&
                      info.flags & CKF_SIGN;
}

static enum outcome fill(const struct token *token, const struct key_id *id, struct signer *signer,
                         struct why *why)
{
    objects_auto objects = { .count = 0 };
    gnutls_pubkey_t public;
    enum outcome out;

    if ((out = key_find(token, CKO_PRIVATE_KEY, id, &objects, why)))
        return out;
    if (objects.count != 1)
        return fail(why, REASON_NO_KEY, "the token has %zu private keys of that id", objects.count);
    if ((out = key_public(token, id, &public, why)))
        return out;
    int algorithm = gnutls_pubkey_get_pk_algorithm(public, &signer->bits);
    gnutls_pubkey_deinit(public);
    fill_by(token, objects.all[0], algorithm, signer);
    return OUTCOME_OK;
}

/* The key takes the signer over. */
static enum outcome import(gnutls_privkey_t key, struct signer *signer, struct why *why)
{
    return gnutls_privkey_import_ext4(key, signer, sign_data, sign_hash, NULL, drop, tell, 0)
               ? fail(why, REASON_NO_KEY, "GnuTLS does not take the token's key")
               : OUTCOME_OK;
}

enum outcome key_sign_by_object(const struct token *token, CK_OBJECT_HANDLE private,
                                gnutls_x509_crt_t certificate, gnutls_privkey_t key,
                                struct why *why)
{
    struct signer *signer = calloc(1, sizeof *signer);

    if (!signer)
        return fail_memory(why);
    fill_by(token, private, gnutls_x509_crt_get_pk_algorithm(certificate, &signer->bits), signer);
    enum outcome out = import(key, signer, why);
    if (out)
        free(signer);
    return out;
}

enum outcome key_sign_by(const struct token *token, const struct key_id *id, gnutls_privkey_t key,
                         struct why *why)
{
    struct signer *signer = calloc(1, sizeof *signer);
    enum outcome out = signer ? fill(token, id, signer, why) : fail_memory(why);

    if (!out)
        out = import(key, signer, why);
    if (out)
        free(signer);
    return out;
}

enum outcome key_private(const struct token *token, const struct key_id *id, gnutls_privkey_t *key,
                         struct why *why)
{
    gnutls_privkey_t made;

    if (gnutls_privkey_init(&made))
        return fail_memory(why);
    enum outcome out = key_sign_by(token, id, made, why);
    if (out)
        gnutls_privkey_deinit(made);
    else
        *key = made;
    return out;
}
