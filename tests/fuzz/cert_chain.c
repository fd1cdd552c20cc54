/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "cert/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All of it, or nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    chain_auto chain = { .count = 0 };
    struct why why = { 0 };

    if (chain_read(data, size, &chain, &why)) {
        if (chain.count || (why.reason != REASON_BAD_ANSWER && why.reason != REASON_NO_MEMORY))
            __builtin_trap();
    } else if (!chain.count || chain.count > CHAIN_MOST) {
        __builtin_trap();
    }
    return 0;
}
