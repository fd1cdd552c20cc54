/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "idp/jwks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A key that is found is one for the algorithm, and verifies nothing that it did not sign. */
static void use(const struct jwk *key, enum algorithm algorithm)
{
    static const gnutls_datum_t data = { (unsigned char *)"data", 4 },
                                signature = { (unsigned char *)"signature", 9 };
    const struct algorithm_facts *facts = algorithm_facts(algorithm);
    unsigned bits = 0;
    int type = gnutls_pubkey_get_pk_algorithm(key->key, &bits);

    if (!(key->algorithms & ALGORITHM_BIT(algorithm)) || key->kind != facts->kind ||
        (type == GNUTLS_PK_RSA && (bits < JWK_RSA_LEAST || bits > JWK_RSA_MOST)) ||
        gnutls_pubkey_verify_data2(key->key, facts->sign, 0, &data, &signature) >= 0)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { NULL, "a", "b", "" };
    jwks_auto *jwks = NULL;
    const struct jwk *key;
    struct why why = { 0 };

    if (jwks_parse((const char *)data, size, &jwks, &why)) {
        if (jwks || why.reason != REASON_BAD_ANSWER)
            __builtin_trap();
        return 0;
    }
    for (int i = 0; i < ALGORITHM_COUNT; i++)
        for (size_t name = 0; name < sizeof names / sizeof *names; name++)
            if (!jwks_find(jwks, names[name], (enum algorithm)i, &key, &why))
                use(key, (enum algorithm)i);
            else if (key || (why.reason != REASON_BAD_TOKEN && why.reason != REASON_UNKNOWN_KEY))
                __builtin_trap();
    return 0;
}
