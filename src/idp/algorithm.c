/* SPDX-License-Identifier: MIT */
#include "idp/algorithm.h"

#include <string.h>

static const struct algorithm_facts rows[] = {
#define ALGORITHM(name, kind, sign, digest)                                                        \
    [ALGORITHM_##name] = { #name, KEY_##kind, GNUTLS_SIGN_##sign, GNUTLS_DIG_##digest },
#include "idp/algorithm.def"
};

const struct algorithm_facts *algorithm_facts(enum algorithm algorithm)
{
    return &rows[algorithm];
}

bool algorithm_parse(const char *name, enum algorithm *algorithm)
{
    for (int i = 0; i < ALGORITHM_COUNT; i++)
        if (!strcmp(rows[i].name, name)) {
            *algorithm = (enum algorithm)i;
            return true;
        }
    return false;
}

size_t key_kind_size(enum key_kind kind)
{
    static const size_t sizes[] = {
        [KEY_P256] = 32, [KEY_P384] = 48, [KEY_P521] = 66, [KEY_ED25519] = 32
    };

    return sizes[kind];
}
