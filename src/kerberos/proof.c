/* SPDX-License-Identifier: MIT */
#include "kerberos/proof.h"

#include "base/der.h"

enum { AS_REQ = 0x6a, SEQUENCE = 0x30, INTEGER = 0x02, OCTETS = 0x04 };
enum { TAG_1 = 0xa1, TAG_2 = 0xa2, TAG_3 = 0xa3 };
enum {
    ENC_TIMESTAMP = 2,
    FX_FAST = 136,
    ENCRYPTED_CHALLENGE = 138,
    SPAKE = 151,
    SPAKE_RESPONSE = 0xa2
};

/* PA-DATA ::= type [1] INTEGER, value [2] OCTET STRING. */
static bool is_proof(struct der pa)
{
    struct der tagged, number, value;
    long type = 0;

    if (!der_take_as(&pa, TAG_1, &tagged) || !der_take_as(&tagged, INTEGER, &number) ||
        !der_take_as(&pa, TAG_2, &tagged) || !der_take_as(&tagged, OCTETS, &value) ||
        number.end - number.at > 4)
        return true;
    while (number.at < number.end)
        type = type << 8 | *number.at++;
    if (type == SPAKE)
        return value.at < value.end && *value.at == SPAKE_RESPONSE;
    return type == ENC_TIMESTAMP || type == ENCRYPTED_CHALLENGE || type == FX_FAST;
}

bool proof_in(const unsigned char *request, size_t length)
{
    struct der all = { request, request + length }, body, part, list, pa;
    unsigned long tag;

    if (!der_take_as(&all, AS_REQ, &part) || !der_take_as(&part, SEQUENCE, &body))
        return true;
    while (der_take(&body, &tag, &part)) {
        if (tag != TAG_3)
            continue;
        if (!der_take_as(&part, SEQUENCE, &list))
            return true;
        while (list.at < list.end)
            if (!der_take_as(&list, SEQUENCE, &pa) || is_proof(pa))
                return true;
        return false;
    }
    return body.at != body.end;
}
