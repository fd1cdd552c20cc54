/* SPDX-License-Identifier: MIT
 *
 * The keys that a provider publishes for its signatures: a JWK set (RFC 7517, RFC 7518 section 6,
 * RFC 8037 section 2).
 */
#ifndef IDP_JWKS_H
#define IDP_JWKS_H

#include <gnutls/abstract.h>

#include "base/outcome.h"
#include "idp/algorithm.h"

enum { JWKS_MOST = 256 << 10, JWKS_KEYS_MOST = 128, JWK_RSA_LEAST = 2048, JWK_RSA_MOST = 16384 };

struct jwk {
    const char *kid;    /* NULL: none */
    const char *issuer; /* whose tokens alone it is for, with Entra; NULL: any of its provider */
    enum key_kind kind;
    unsigned algorithms; /* the set of those that it is for; empty: it is of no use */
    gnutls_pubkey_t key;
    char unfit[100]; /* why it is of no use */
};

struct jwks;

/* Keys of other types and uses, weak and malformed ones are of no use, and no reason to refuse the
 * others (RFC 7517 section 5). BAD_ANSWER: it is no set, or of too many. */
enum outcome jwks_parse(const char *bytes, size_t length, struct jwks **jwks, struct why *why);
void jwks_free(struct jwks **jwks);
#define jwks_auto __attribute__((cleanup(jwks_free))) struct jwks

/* The one key of that name for that algorithm; without a name, the only one that will do (OpenID
 * Connect Core 10.1). UNKNOWN_KEY: there is none, but a newer set may have it. BAD_TOKEN: the key
 * is not for this, or there are several. The key is the set's. */
enum outcome jwks_find(const struct jwks *jwks, const char *kid, enum algorithm algorithm,
                       const struct jwk **key, struct why *why);

#endif
