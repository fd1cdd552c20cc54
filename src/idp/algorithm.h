/* SPDX-License-Identifier: MIT
 *
 * Algorithms of signatures, and the kinds of keys for them.
 */
#ifndef IDP_ALGORITHM_H
#define IDP_ALGORITHM_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

enum key_kind { KEY_RSA, KEY_P256, KEY_P384, KEY_P521, KEY_ED25519 };

enum algorithm {
#define ALGORITHM(name, kind, sign, digest) ALGORITHM_##name,
#include "idp/algorithm.def"
    ALGORITHM_COUNT
};

/* As a set of one; sets are joined by |. */
#define ALGORITHM_BIT(algorithm) (1U << (algorithm))

struct algorithm_facts {
    const char *name;
    enum key_kind kind;
    gnutls_sign_algorithm_t sign;
    gnutls_digest_algorithm_t digest;
};

const struct algorithm_facts *algorithm_facts(enum algorithm algorithm);

/* The algorithm of that name, which is one of ours to the letter; false if there is none. */
bool algorithm_parse(const char *name, enum algorithm *algorithm);

/* How many bytes a coordinate of its curve has (RFC 7518 6.2.1.2, RFC 8037 section 2); RSA: 0. */
size_t key_kind_size(enum key_kind kind);

#endif
