/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../idp/vectors.h"
#include "idp/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of the examples of the RFCs those keys that are told apart by name or type. */
static struct jwks *keys(void)
{
    static struct jwks *jwks;
    static char text[8192];
    struct why why;

    if (jwks)
        return jwks;
    (void)snprintf(text, sizeof text, "{\"keys\":[%s,%s,%s,%s]}", vectors[1].key, vectors[3].key,
                   vectors[4].key, vectors[6].key);
    if (jwks_parse(text, strlen(text), &jwks, &why))
        __builtin_trap();
    return jwks;
}

/* Nothing opens but what was signed, byte for byte. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    secret_auto *token = secret_new(size);
    jwt_auto jwt = { 0 };
    struct why why = { 0 };

    if (!token || !secret_append(token, data, size))
        return 0;
    if (jwt_open(token, keys(), ~0U, &jwt, &why)) {
        if (jwt.payload || jwt.key ||
            (why.reason != REASON_BAD_TOKEN && why.reason != REASON_UNKNOWN_KEY))
            __builtin_trap();
        return 0;
    }
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if (strlen(vectors[i].token) == size && !memcmp(vectors[i].token, data, size))
            return 0;
    __builtin_trap();
}
