/* SPDX-License-Identifier: MIT */
#include "net/spnego.h"

enum { RESPONSE = 0xa1, SEQUENCE = 0x30, RESPONSE_TOKEN = 0xa2, OCTETS = 0x04 };

struct der spnego_token(struct der message)
{
    struct der whole = message, inside, list, token;
    unsigned long tag;

    if (!der_take_as(&message, RESPONSE, &inside) || !der_take_as(&inside, SEQUENCE, &list))
        return whole;
    while (der_take(&list, &tag, &inside))
        if (tag == RESPONSE_TOKEN && der_take_as(&inside, OCTETS, &token))
            return token;
    return whole;
}
