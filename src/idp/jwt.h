/* SPDX-License-Identifier: MIT
 *
 * A signed token: a JWS in compact form with a JWT in it (RFC 7515, RFC 7519), as RFC 8725 says. It
 * is opened before anything that it says is believed; what it says is for idp/id_token.h.
 */
#ifndef IDP_JWT_H
#define IDP_JWT_H

#include "base/outcome.h"
#include "base/secret.h"
#include "idp/algorithm.h"
#include "idp/jwks.h"

enum { JWT_MOST = 64 << 10, JWT_HEADER_MOST = 4 << 10 };

struct jwt {
    struct secret *payload; /* as it was signed */
    enum algorithm algorithm;
    const struct jwk *key; /* of the set that it was opened with */
    bool names_key;        /* the token says that it is this one */
};

/* Opens it by one of these algorithms (a set of ALGORITHM_BIT) and one of these keys. UNKNOWN_KEY:
 * a newer set of keys may open it; BAD_TOKEN. No word of the token is in why. */
enum outcome jwt_open(const struct secret *token, const struct jwks *keys, unsigned algorithms,
                      struct jwt *jwt, struct why *why);
void jwt_close(struct jwt *jwt);
#define jwt_auto __attribute__((cleanup(jwt_close))) struct jwt

#endif
