/* SPDX-License-Identifier: MIT */
#include "kerberos/rounds.h"

#include "kerberos/padata.h"

enum { SEQUENCE = 0x30, OCTETS = 0x04, ENTRY_PARAMETERS = 0xa2, PARAMETERS_SIZE = 4 };

static unsigned long big_endian(struct der bytes)
{
    unsigned long value = 0;

    while (bytes.at < bytes.end)
        value = value << 8 | *bytes.at++;
    return value;
}

/* A count of 0 means 2^32, which is unfit as well. */
static bool is_unfit(struct der entry)
{
    struct der tagged, count;
    unsigned long tag = 0;

    while (tag != ENTRY_PARAMETERS)
        if (!der_take(&entry, &tag, &tagged))
            return false;
    if (!der_take_as(&tagged, OCTETS, &count) || count.end - count.at != PARAMETERS_SIZE)
        return false;
    return big_endian(count) < ROUNDS_LEAST || big_endian(count) > ROUNDS_MOST;
}

bool rounds_unfit(const unsigned char *reply, size_t length)
{
    struct der padata, value, list, entry;

    if (!padata_list(reply, length, &padata))
        return false;
    while (padata_take(&padata, PADATA_ETYPE_INFO2, &value)) {
        if (!der_take_as(&value, SEQUENCE, &list))
            continue;
        while (der_take_as(&list, SEQUENCE, &entry))
            if (is_unfit(entry))
                return true;
    }
    return false;
}
