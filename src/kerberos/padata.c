/* SPDX-License-Identifier: MIT */
#include "kerberos/padata.h"

enum { KRB_ERROR = 0x7e, AS_REP = 0x6b, SEQUENCE = 0x30, INTEGER = 0x02, OCTETS = 0x04 };
enum { ERROR_CODE = 0xa6, ERROR_DATA = 0xac, REPLY_PADATA = 0xa2, PREAUTH_REQUIRED = 25 };

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

/* The fields of the message. */
static bool open_message(const unsigned char *reply, size_t length, unsigned long *kind,
                         struct der *body)
{
    struct der all = { reply, reply + length }, message;

    return der_take(&all, kind, &message) && der_take_as(&message, SEQUENCE, body);
}

static bool find_padata(unsigned long kind, struct der body, struct der *padata)
{
    struct der data;

    if (kind == KRB_ERROR)
        return find(body, ERROR_DATA, &data) && der_take_as(&data, OCTETS, padata);
    return kind == AS_REP && find(body, REPLY_PADATA, padata);
}

bool padata_list(const unsigned char *reply, size_t length, struct der *list)
{
    struct der body, padata;
    unsigned long kind;

    return open_message(reply, length, &kind, &body) && find_padata(kind, body, &padata) &&
           der_take_as(&padata, SEQUENCE, list);
}

/* PA-DATA ::= type [1] INTEGER, value [2] OCTET STRING; or TYPED-DATA, with [0] and [1]. */
static bool is_of_type(struct der pa, unsigned long type, struct der *value)
{
    struct der tagged, number;
    unsigned long tag;

    return der_take(&pa, &tag, &tagged) && der_take_as(&tagged, INTEGER, &number) &&
           big_endian(number) == type && der_take(&pa, &tag, &tagged) &&
           der_take_as(&tagged, OCTETS, value);
}

bool padata_take(struct der *list, unsigned long type, struct der *value)
{
    struct der pa;

    while (der_take_as(list, SEQUENCE, &pa))
        if (is_of_type(pa, type, value))
            return true;
    return false;
}

bool padata_is_ticket(const unsigned char *reply, size_t length)
{
    struct der body;
    unsigned long kind;

    return open_message(reply, length, &kind, &body) && kind == AS_REP;
}

bool padata_lacks(const unsigned char *reply, size_t length, unsigned long type)
{
    struct der body, code, number, list, value;
    unsigned long kind;

    if (!open_message(reply, length, &kind, &body) || kind != KRB_ERROR ||
        !find(body, ERROR_CODE, &code) || !der_take_as(&code, INTEGER, &number) ||
        big_endian(number) != PREAUTH_REQUIRED)
        return false;
    return !padata_list(reply, length, &list) || !padata_take(&list, type, &value);
}
