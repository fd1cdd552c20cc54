/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "net/spnego.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a server says in SPNEGO: the token that is found lies within it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct der token = spnego_token((struct der){ data, data + size });

    if (token.at < data || token.end < token.at || token.end > data + size)
        __builtin_trap();
    return 0;
}
