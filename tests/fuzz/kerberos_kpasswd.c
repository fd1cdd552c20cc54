/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "kerberos/kpasswd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A reply to a change of password: its parts fill it to the end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    krb5_data reply = { .length = (unsigned)size, .data = (char *)data }, ap, sealed;

    if (kpasswd_split(&reply, &ap, &sealed) &&
        (!ap.length || ap.data != reply.data + 6 || sealed.data != ap.data + ap.length ||
         sealed.data + sealed.length != reply.data + reply.length))
        __builtin_trap();
    return 0;
}
