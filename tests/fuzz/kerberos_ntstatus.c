/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "kerberos/ntstatus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The e-data of a KRB-ERROR. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum reason reason;
    uint32_t status;

    if (ntstatus_find(data, size, &status) && ntstatus_reason(status, &reason) &&
        reason >= REASON_COUNT)
        __builtin_trap();
    return 0;
}
