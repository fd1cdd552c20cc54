/* SPDX-License-Identifier: MIT */
#include "idp/jwks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "net/json.h"

enum { NUMBER_MOST = JWK_RSA_MOST / 8, EXPONENT_MOST = 8, EXPONENT_LEAST = 65537 };

struct jwks {
    struct json *document;
    size_t count;
    struct jwk keys[JWKS_KEYS_MOST];
};

/* A number of at most so many bytes, in base64url; without the zeros in front that some send. */
static enum outcome get_bytes(const struct json_at *at, const char *name, size_t most,
                              unsigned char *bytes, gnutls_datum_t *datum, struct why *why)
{
    const char *text;
    size_t size;
    enum outcome out = json_get_text(at, name, JSON_MUST, BASE64URL_TEXT(most) - 1, &text, why);

    if (out)
        return out;
    if (!base64url_decode(text, strlen(text), bytes, &size))
        return fail(why, REASON_BAD_ANSWER, "%s.%s: not base64url", at->name, name);
    *datum = (gnutls_datum_t){ bytes, (unsigned)size };
    return OUTCOME_OK;
}

static void skip_zeros(gnutls_datum_t *number)
{
    for (; number->size && !*number->data; number->size--)
        number->data++;
}

static unsigned bits_of(const gnutls_datum_t *number)
{
    unsigned bits = number->size * 8;

    for (unsigned top = number->size ? *number->data : 0; bits && !(top & 0x80); top <<= 1)
        bits--;
    return bits;
}

/* With an exponent of 1 every message would be its own signature; those below 65537 are too small
 * for FIPS 186-5, and those of more than 64 bits only cost time. */
static bool exponent_will_do(const gnutls_datum_t *exponent)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < exponent->size; i++)
        value = value << 8 | exponent->data[i];
    return value >= EXPONENT_LEAST && value & 1;
}

static enum outcome read_rsa(const struct json_at *at, struct jwk *jwk, struct why *why)
{
    unsigned char bytes[NUMBER_MOST + 1], small[EXPONENT_MOST];
    gnutls_datum_t modulus, exponent;
    enum outcome out;

    if ((out = get_bytes(at, "n", sizeof bytes, bytes, &modulus, why)) ||
        (out = get_bytes(at, "e", sizeof small, small, &exponent, why)))
        return out;
    skip_zeros(&modulus);
    skip_zeros(&exponent);
    unsigned bits = bits_of(&modulus);
    if (bits < JWK_RSA_LEAST || bits > JWK_RSA_MOST)
        return fail(why, REASON_BAD_ANSWER, "%s.n: RSA of %u bits", at->name, bits);
    if (!(modulus.data[modulus.size - 1] & 1))
        return fail(why, REASON_BAD_ANSWER, "%s.n: not a modulus of RSA", at->name);
    if (!exponent_will_do(&exponent))
        return fail(why, REASON_BAD_ANSWER, "%s.e: not an exponent that is safe", at->name);
    if (gnutls_pubkey_import_rsa_raw(jwk->key, &modulus, &exponent))
        return fail(why, REASON_BAD_ANSWER, "%s: GnuTLS does not take it", at->name);
    jwk->kind = KEY_RSA;
    return OUTCOME_OK;
}

static enum outcome read_curve(const struct json_at *at, bool is_okp, struct jwk *jwk,
                               gnutls_ecc_curve_t *curve, struct why *why)
{
    static const struct {
        const char *name;
        bool is_okp;
        enum key_kind kind;
        gnutls_ecc_curve_t curve;
    } rows[] = {
        { "P-256", false, KEY_P256, GNUTLS_ECC_CURVE_SECP256R1 },
        { "P-384", false, KEY_P384, GNUTLS_ECC_CURVE_SECP384R1 },
        { "P-521", false, KEY_P521, GNUTLS_ECC_CURVE_SECP521R1 },
        { "Ed25519", true, KEY_ED25519, GNUTLS_ECC_CURVE_ED25519 },
    };
    const char *name;
    enum outcome out = json_get_text(at, "crv", JSON_MUST, 32, &name, why);

    for (size_t i = 0; !out && i < sizeof rows / sizeof *rows; i++)
        if (rows[i].is_okp == is_okp && !strcmp(rows[i].name, name)) {
            jwk->kind = rows[i].kind;
            *curve = rows[i].curve;
            return OUTCOME_OK;
        }
    return out ? out : fail(why, REASON_BAD_ANSWER, "%s.crv: not a curve for us", at->name);
}

/* A coordinate has all its bytes, zeros in front too. */
static enum outcome get_coordinate(const struct json_at *at, const char *name, size_t size,
                                   unsigned char *bytes, gnutls_datum_t *datum, struct why *why)
{
    enum outcome out = get_bytes(at, name, size, bytes, datum, why);

    if (!out && datum->size != size)
        return fail(why, REASON_BAD_ANSWER, "%s.%s: expected %zu bytes", at->name, name, size);
    return out;
}

static enum outcome read_point(const struct json_at *at, bool is_okp, struct jwk *jwk,
                               struct why *why)
{
    unsigned char x_bytes[66], y_bytes[66];
    gnutls_datum_t x, y;
    gnutls_ecc_curve_t curve;
    enum outcome out;

    if ((out = read_curve(at, is_okp, jwk, &curve, why)) ||
        (out = get_coordinate(at, "x", key_kind_size(jwk->kind), x_bytes, &x, why)) ||
        (!is_okp && (out = get_coordinate(at, "y", key_kind_size(jwk->kind), y_bytes, &y, why))))
        return out;
    if (gnutls_pubkey_import_ecc_raw(jwk->key, curve, &x, is_okp ? NULL : &y) ||
        gnutls_pubkey_verify_params(jwk->key))
        return fail(why, REASON_BAD_ANSWER, "%s: not a point of its curve", at->name);
    return OUTCOME_OK;
}

static enum outcome read_numbers(const struct json_at *at, struct jwk *jwk, struct why *why)
{
    const char *type;
    enum outcome out = json_get_text(at, "kty", JSON_MUST, 32, &type, why);

    if (out)
        return out;
    if (!strcmp(type, "RSA"))
        return read_rsa(at, jwk, why);
    if (!strcmp(type, "EC") || !strcmp(type, "OKP"))
        return read_point(at, !strcmp(type, "OKP"), jwk, why);
    return fail(why, REASON_BAD_ANSWER, "%s.kty: not a type for us", at->name);
}

/* What the key is for, as far as it says so. */
static enum outcome read_use(const struct json_at *at, struct jwk *jwk, struct why *why)
{
    const char *use, *name;
    struct json_list operations;
    enum algorithm algorithm = ALGORITHM_COUNT;
    enum outcome out;

    if ((out = json_get_text(at, "use", JSON_MAY, 32, &use, why)) ||
        (out = json_get_texts(at, "key_ops", JSON_MAY, 16, 32, &operations, why)) ||
        (out = json_get_text(at, "alg", JSON_MAY, 32, &name, why)))
        return out;
    if ((use && strcmp(use, "sig") != 0) || (operations.list && !json_lists(&operations, "verify")))
        return fail(why, REASON_BAD_ANSWER, "%s: not for signatures", at->name);
    if (name &&
        (!algorithm_parse(name, &algorithm) || algorithm_facts(algorithm)->kind != jwk->kind))
        return fail(why, REASON_BAD_ANSWER, "%s.alg: not an algorithm for this key", at->name);
    for (int i = 0; i < ALGORITHM_COUNT; i++)
        if (name ? i == (int)algorithm : algorithm_facts((enum algorithm)i)->kind == jwk->kind)
            jwk->algorithms |= ALGORITHM_BIT(i);
    return OUTCOME_OK;
}

static enum outcome read_key(const struct json_at *at, struct jwk *jwk, struct why *why)
{
    enum outcome out;

    if ((out = json_get_text(at, "kid", JSON_MAY, 256, &jwk->kid, why)) ||
        (out = json_get_text(at, "issuer", JSON_MAY, 512, &jwk->issuer, why)))
        return out;
    if (json_has(at, "d"))
        return fail(why, REASON_BAD_ANSWER, "%s: its private part is published", at->name);
    if (gnutls_pubkey_init(&jwk->key))
        return fail_memory(why);
    if ((out = read_numbers(at, jwk, why)))
        return out;
    return read_use(at, jwk, why);
}

static enum outcome read_keys(struct jwks *jwks, const struct json_list *keys, struct why *why)
{
    struct json_at at;
    enum outcome out;

    for (; jwks->count < keys->count; jwks->count++) {
        struct jwk *jwk = &jwks->keys[jwks->count];
        if (!json_object_of(keys, jwks->count, &at))
            (void)snprintf(jwk->unfit, sizeof jwk->unfit, "%s: not an object", at.name);
        else if ((out = read_key(&at, jwk, why)) && why->reason == REASON_NO_MEMORY)
            return out;
        else if (out)
            (void)snprintf(jwk->unfit, sizeof jwk->unfit, "%s", why->text);
    }
    return OUTCOME_OK;
}

enum outcome jwks_parse(const char *bytes, size_t length, struct jwks **jwks, struct why *why)
{
    struct json_at top;
    struct json_list keys;
    enum outcome out;

    if (!(*jwks = calloc(1, sizeof **jwks)))
        return fail_memory(why);
    if ((out = json_parse("jwks", bytes, length, JWKS_MOST, &(*jwks)->document, &top, why)) ||
        (out = json_get_list(&top, "keys", JSON_MUST, JWKS_KEYS_MOST, &keys, why)) ||
        (out = read_keys(*jwks, &keys, why)))
        jwks_free(jwks);
    return out;
}

void jwks_free(struct jwks **jwks)
{
    for (size_t i = 0; *jwks && i < JWKS_KEYS_MOST; i++)
        if ((*jwks)->keys[i].key)
            gnutls_pubkey_deinit((*jwks)->keys[i].key);
    if (*jwks)
        json_free(&(*jwks)->document);
    free(*jwks);
    *jwks = NULL;
}

static enum outcome found_none(const char *kid, const struct jwk *named, enum algorithm algorithm,
                               struct why *why)
{
    const char *name = algorithm_facts(algorithm)->name;

    if (!kid)
        return fail(why, REASON_UNKNOWN_KEY, "no key of the provider is one for %s", name);
    if (!named)
        return fail(why, REASON_UNKNOWN_KEY, "no key of the provider has the name in the token");
    if (!named->algorithms)
        return fail(why, REASON_BAD_TOKEN, "the provider's key cannot be used: %s", named->unfit);
    return fail(why, REASON_BAD_TOKEN, "the provider's key is not one for %s", name);
}

enum outcome jwks_find(const struct jwks *jwks, const char *kid, enum algorithm algorithm,
                       const struct jwk **key, struct why *why)
{
    const struct jwk *named = NULL, *found = NULL;

    *key = NULL;
    for (size_t i = 0; i < jwks->count; i++) {
        const struct jwk *jwk = &jwks->keys[i];
        if (kid && (!jwk->kid || strcmp(kid, jwk->kid) != 0))
            continue;
        if (!named)
            named = jwk;
        if (!(jwk->algorithms & ALGORITHM_BIT(algorithm)))
            continue;
        if (found)
            return fail(why, REASON_BAD_TOKEN,
                        kid ? "two keys of the provider have its name"
                            : "the token names no key, and several would do");
        found = jwk;
    }
    *key = found;
    return found ? OUTCOME_OK : found_none(kid, named, algorithm, why);
}
