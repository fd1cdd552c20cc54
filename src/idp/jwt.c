/* SPDX-License-Identifier: MIT */
#include "idp/jwt.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "net/json.h"

enum { SIGNATURE_MOST = JWK_RSA_MOST / 8 };

/* Borrowed from the token. */
struct part {
    const char *text;
    size_t length;
};

/* Header, payload and signature; the first two with the point between them are what is signed. */
static bool take_apart(const char *token, size_t length, struct part parts[3])
{
    const char *end = token + length, *first = memchr(token, '.', length);
    const char *second = first ? memchr(first + 1, '.', (size_t)(end - first - 1)) : NULL;

    if (!second || memchr(second + 1, '.', (size_t)(end - second - 1)))
        return false;
    parts[0] = (struct part){ token, (size_t)(first - token) };
    parts[1] = (struct part){ first + 1, (size_t)(second - first - 1) };
    parts[2] = (struct part){ second + 1, (size_t)(end - second - 1) };
    return parts[0].length && parts[1].length && parts[2].length;
}

/* Members that bring a key, change what is signed or say that it is something else. Of those that
 * are not known, only crit would forbid to ignore them (RFC 7515 4.1.11), and it is here. */
static enum outcome check_members(const struct json_at *header, struct why *why)
{
    static const char *const refused[] = { "crit", "b64", "jku", "jwk", "x5u",
                                           "x5c",  "zip", "enc", "cty" };
    const char *type;
    enum outcome out;

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (json_has(header, refused[i]))
            return fail(why, REASON_BAD_TOKEN, "header.%s: refused", refused[i]);
    if ((out = json_get_text(header, "typ", JSON_MAY, 32, &type, why)))
        return out;
    if (type && strcasecmp(type, "JWT") != 0)
        return fail(why, REASON_BAD_TOKEN, "header.typ: expected JWT");
    return OUTCOME_OK;
}

/* How it says that it is signed, and by which key. */
static enum outcome read_header(const struct part *part, const struct jwks *keys,
                                unsigned algorithms, struct jwt *jwt, struct why *why)
{
    char bytes[BASE64URL_BYTES(JWT_HEADER_MOST)];
    json_auto *document = NULL;
    struct json_at header;
    const char *name, *kid;
    size_t size;
    enum outcome out;

    if (part->length > JWT_HEADER_MOST)
        return fail(why, REASON_BAD_TOKEN, "header: too long");
    if (!base64url_decode(part->text, part->length, bytes, &size))
        return fail(why, REASON_BAD_TOKEN, "header: not base64url");
    if ((out = json_parse("header", bytes, size, sizeof bytes, &document, &header, why)) ||
        (out = check_members(&header, why)) ||
        (out = json_get_text(&header, "alg", JSON_MUST, 32, &name, why)) ||
        (out = json_get_text(&header, "kid", JSON_MAY, 256, &kid, why)))
        return out;
    if (!algorithm_parse(name, &jwt->algorithm) || !(ALGORITHM_BIT(jwt->algorithm) & algorithms))
        return fail(why, REASON_BAD_TOKEN, "header.alg: not an algorithm that is allowed");
    jwt->names_key = kid;
    return jwks_find(keys, kid, jwt->algorithm, &jwt->key, why);
}

/* r and s side by side, each as long as a coordinate (RFC 7518 3.4), as a DER SEQUENCE, which is
 * what GnuTLS takes. Zeros in front would be no DER, and 0 is no such number. */
static bool join(const unsigned char *bytes, size_t size, gnutls_datum_t *joined)
{
    gnutls_datum_t numbers[2] = { { (unsigned char *)bytes, (unsigned)size },
                                  { (unsigned char *)bytes + size, (unsigned)size } };

    for (size_t i = 0; i < 2; i++) {
        for (; numbers[i].size && !*numbers[i].data; numbers[i].size--)
            numbers[i].data++;
        if (!numbers[i].size)
            return false;
    }
    return !gnutls_encode_rs_value(joined, &numbers[0], &numbers[1]);
}

/* The salt of PSS is as long as the hash (RFC 7518 3.5). A token that names no key may be signed by
 * a newer one. */
static enum outcome verify(const struct jwt *jwt, const gnutls_datum_t *data,
                           const gnutls_datum_t *signature, struct why *why)
{
    int code = gnutls_pubkey_verify_data2(jwt->key->key, algorithm_facts(jwt->algorithm)->sign,
                                          GNUTLS_VERIFY_RSA_PSS_FIXED_SALT_LENGTH, data, signature);

    if (code >= 0)
        return OUTCOME_OK;
    if (code == GNUTLS_E_MEMORY_ERROR)
        return fail_memory(why);
    return fail(why, jwt->names_key ? REASON_BAD_TOKEN : REASON_UNKNOWN_KEY,
                "the signature is not of the provider's key");
}

static enum outcome check_signature(const struct part parts[3], const struct jwt *jwt,
                                    struct why *why)
{
    unsigned char bytes[SIGNATURE_MOST];
    gnutls_datum_t signature = { bytes, 0 }, joined = { 0 };
    gnutls_datum_t data = { (unsigned char *)parts[0].text,
                            (unsigned)(parts[0].length + 1 + parts[1].length) };
    size_t size, coordinate = key_kind_size(jwt->key->kind);

    if (BASE64URL_BYTES(parts[2].length) > sizeof bytes)
        return fail(why, REASON_BAD_TOKEN, "signature: too long");
    if (!base64url_decode(parts[2].text, parts[2].length, bytes, &size))
        return fail(why, REASON_BAD_TOKEN, "signature: not base64url");
    if (coordinate && size != 2 * coordinate)
        return fail(why, REASON_BAD_TOKEN, "signature: expected %zu bytes", 2 * coordinate);
    signature.size = (unsigned)size;
    bool is_curve = coordinate && jwt->key->kind != KEY_ED25519;
    if (is_curve && !join(bytes, coordinate, &joined))
        return fail(why, REASON_BAD_TOKEN, "signature: not a pair of numbers");
    enum outcome out = verify(jwt, &data, is_curve ? &joined : &signature, why);
    gnutls_free(joined.data);
    return out;
}

static enum outcome take_payload(const struct part *part, struct jwt *jwt, struct why *why)
{
    size_t size;

    if (!(jwt->payload = secret_new(BASE64URL_BYTES(part->length))))
        return fail_memory(why);
    if (!base64url_decode(part->text, part->length, secret_space(jwt->payload), &size))
        return fail(why, REASON_BAD_TOKEN, "payload: not base64url");
    secret_grow(jwt->payload, size);
    return OUTCOME_OK;
}

enum outcome jwt_open(const struct secret *token, const struct jwks *keys, unsigned algorithms,
                      struct jwt *jwt, struct why *why)
{
    struct part parts[3];
    enum outcome out;

    *jwt = (struct jwt){ 0 };
    if (secret_length(token) > JWT_MOST)
        return fail(why, REASON_BAD_TOKEN, "longer than %d bytes", JWT_MOST);
    if (!take_apart(secret_peek(token), secret_length(token), parts))
        return fail(why, REASON_BAD_TOKEN, "not three parts with points between them");
    if ((out = read_header(&parts[0], keys, algorithms, jwt, why)) ||
        (out = check_signature(parts, jwt, why)) || (out = take_payload(&parts[1], jwt, why)))
        jwt_close(jwt);
    return out && why->reason == REASON_BAD_ANSWER ? fail_as(why, REASON_BAD_TOKEN) : out;
}

void jwt_close(struct jwt *jwt)
{
    secret_free(&jwt->payload);
    jwt->key = NULL;
}
