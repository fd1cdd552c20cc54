/* SPDX-License-Identifier: MIT */
#include "base/der.h"

#include <stddef.h>

bool der_take(struct der *in, unsigned long *tag, struct der *inside)
{
    if (in->end - in->at < 2)
        return false;
    *tag = *in->at++;
    size_t length = *in->at++;
    if (length > 0x7f) {
        size_t size = length & 0x7f;
        if (!size || size > 4 || size > (size_t)(in->end - in->at))
            return false;
        for (length = 0; size; size--)
            length = length << 8 | *in->at++;
    }
    if (length > (size_t)(in->end - in->at))
        return false;
    *inside = (struct der){ in->at, in->at + length };
    in->at += length;
    return true;
}

bool der_take_as(struct der *in, unsigned long tag, struct der *inside)
{
    unsigned long found;

    return der_take(in, &found, inside) && found == tag;
}
