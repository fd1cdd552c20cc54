/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "kerberos/rounds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A KDC's reply, before libkrb5 sees it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)rounds_unfit(data, size);
    return 0;
}
