/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "cert/csrattrs.h"
#include "cert/est.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The body of an answer; the first byte is the kind of the key that the server is asked for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    chain_auto chain = { .count = 0 };
    struct why why = { 0 };

    if (!size)
        return 0;
    enum cert_key kind = (enum cert_key)(data[0] % (CERT_KEY_P384 + 1));
    if (csrattrs_check(data + 1, size - 1, kind, &why) && why.reason != REASON_BAD_ANSWER &&
        why.reason != REASON_BAD_SETTING && why.reason != REASON_REFUSED)
        __builtin_trap();
    if (!est_read_chain((const char *)data + 1, size - 1, &chain, &why) == !chain.count)
        __builtin_trap();
    return 0;
}
