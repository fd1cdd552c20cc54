/* SPDX-License-Identifier: MIT */
#include "kerberos/rounds.h"

#include "base/der.h"

enum { KRB_ERROR = 0x7e, AS_REP = 0x6b, SEQUENCE = 0x30, INTEGER = 0x02, OCTETS = 0x04 };
enum { ERROR_DATA = 0xac, REPLY_PADATA = 0xa2, ENTRY_PARAMETERS = 0xa2 };
enum { ETYPE_INFO2 = 19, PARAMETERS_SIZE = 4 };

static unsigned long big_endian(struct der bytes)
{
    unsigned long value = 0;

    while (bytes.at < bytes.end)
        value = value << 8 | *bytes.at++;
    return value;
}

/* The element with this tag; false if there is none. */
static bool find(struct der list, unsigned long wanted, struct der *inside)
{
    unsigned long tag;

    while (der_take(&list, &tag, inside))
        if (tag == wanted)
            return true;
    return false;
}

/* A count of 0 means 2^32, which is unfit as well. */
static bool is_unfit(struct der entry)
{
    struct der tagged, count;

    if (!find(entry, ENTRY_PARAMETERS, &tagged) || !der_take_as(&tagged, OCTETS, &count) ||
        count.end - count.at != PARAMETERS_SIZE)
        return false;
    return big_endian(count) < ROUNDS_LEAST || big_endian(count) > ROUNDS_MOST;
}

/* PA-DATA ::= type [1] INTEGER, value [2] OCTET STRING; or TYPED-DATA, with [0] and [1]. */
static bool wants_unfit(struct der pa)
{
    struct der tagged, type, value, list, entry;
    unsigned long tag;

    if (!der_take(&pa, &tag, &tagged) || !der_take_as(&tagged, INTEGER, &type) ||
        big_endian(type) != ETYPE_INFO2 || !der_take(&pa, &tag, &tagged) ||
        !der_take_as(&tagged, OCTETS, &value) || !der_take_as(&value, SEQUENCE, &list))
        return false;
    while (der_take_as(&list, SEQUENCE, &entry))
        if (is_unfit(entry))
            return true;
    return false;
}

/* The METHOD-DATA in the e-data of an error, or in the padata of a ticket. */
static bool find_padata(unsigned long kind, struct der body, struct der *padata)
{
    struct der data;

    if (kind == KRB_ERROR)
        return find(body, ERROR_DATA, &data) && der_take_as(&data, OCTETS, padata);
    return kind == AS_REP && find(body, REPLY_PADATA, padata);
}

bool rounds_unfit(const unsigned char *reply, size_t length)
{
    struct der all = { reply, reply + length }, message, body, padata, list, pa;
    unsigned long kind;

    if (!der_take(&all, &kind, &message) || !der_take_as(&message, SEQUENCE, &body) ||
        !find_padata(kind, body, &padata) || !der_take_as(&padata, SEQUENCE, &list))
        return false;
    while (der_take_as(&list, SEQUENCE, &pa))
        if (wants_unfit(pa))
            return true;
    return false;
}
