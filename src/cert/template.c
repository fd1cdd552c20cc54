/* SPDX-License-Identifier: MIT */
#include "cert/template.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { INTEGER = 0x02, OID = 0x06, BMP_STRING = 0x1e, SEQUENCE = 0x30, VALUE_MOST = 600 };

#define BY_NAME "1.3.6.1.4.1.311.20.2"
#define BY_OID  "1.3.6.1.4.1.311.21.7"

/* Bytes that are being written. */
struct value {
    unsigned char bytes[VALUE_MOST];
    size_t length;
};

static void add_byte(struct value *value, unsigned byte)
{
    if (value->length < sizeof value->bytes)
        value->bytes[value->length] = (unsigned char)byte;
    value->length++;
}

static bool fits(const struct value *value)
{
    return value->length <= sizeof value->bytes;
}

/* An element of DER around what is inside, which must fit. */
static void add_element(struct value *to, unsigned tag, const struct value *inside)
{
    add_byte(to, tag);
    if (inside->length >= 256)
        add_byte(to, 0x82), add_byte(to, (unsigned)(inside->length >> 8));
    else if (inside->length >= 128)
        add_byte(to, 0x81);
    add_byte(to, (unsigned)(inside->length & 0xff));
    for (size_t i = 0; i < inside->length; i++)
        add_byte(to, inside->bytes[i]);
}

/* With a bit for the sign, and no byte that is not needed (X.690 8.3). */
static void add_number(struct value *to, unsigned number)
{
    struct value inside = { .length = 0 };
    int shift = 32;

    while (shift && !((uint64_t)number >> (shift - 1)))
        shift -= 8;
    for (; shift >= 0; shift -= 8)
        add_byte(&inside, (unsigned)((uint64_t)number >> shift & 0xff));
    add_element(to, INTEGER, &inside);
}

static void add_arc(struct value *to, unsigned long arc)
{
    int shift = 0;

    while (shift + 7 < (int)sizeof arc * CHAR_BIT && arc >> (shift + 7))
        shift += 7;
    for (; shift > 0; shift -= 7)
        add_byte(to, (unsigned)(arc >> shift & 0x7f) | 0x80);
    add_byte(to, (unsigned)(arc & 0x7f));
}

/* "1.3.6.1": the first two arcs are one number (X.690 8.19.4). */
static bool add_oid(struct value *to, const char *text)
{
    struct value inside = { .length = 0 };
    unsigned long first = 0;
    size_t count = 0;

    for (const char *at = text; *at || !count; count++) {
        size_t digits = strspn(at, "0123456789");
        if (!digits || digits > 10 || (at[digits] && at[digits] != '.'))
            return false;
        unsigned long arc = strtoul(at, NULL, 10);
        if ((!count && arc > 2) || (count == 1 && first < 2 && arc > 39))
            return false;
        if (count)
            add_arc(&inside, count == 1 ? first * 40 + arc : arc);
        first = count ? first : arc;
        at += digits;
        if (*at == '.' && !*++at)
            return false;
    }
    if (count < 3 || !fits(&inside))
        return false;
    add_element(to, OID, &inside);
    return true;
}

/* Two bytes a character, of clean UTF-8; false for one that needs more. */
static bool add_name(struct value *to, const char *name)
{
    struct value inside = { .length = 0 };

    for (const unsigned char *at = (const unsigned char *)name; *at;) {
        unsigned size = *at < 0x80 ? 1 : *at < 0xe0 ? 2 : 3;
        if (*at >= 0xf0)
            return false;
        unsigned long code = size == 1 ? *at : *at & (0xffU >> (size + 1));
        while (at++, --size && *at)
            code = code << 6 | (*at & 0x3f);
        add_byte(&inside, (unsigned)(code >> 8));
        add_byte(&inside, (unsigned)(code & 0xff));
    }
    if (!inside.length || !fits(&inside))
        return false;
    add_element(to, BMP_STRING, &inside);
    return true;
}

enum outcome template_extension(const struct cert_template *template, const char **oid,
                                unsigned char der[TEMPLATE_DER], size_t *length, struct why *why)
{
    struct value inside = { .length = 0 }, all = { .length = 0 };

    *oid = *template->oid ? BY_OID : BY_NAME;
    if (!*template->oid && !add_name(&all, template->name))
        return fail(why, REASON_BAD_SETTING, "template = %s: a request cannot name that",
                    template->name);
    if (*template->oid) {
        if (!add_oid(&inside, template->oid))
            return fail(why, REASON_BAD_ANSWER, "the template %s has no right OID: %s",
                        template->name, template->oid);
        add_number(&inside, template->major);
        add_number(&inside, template->minor);
        add_element(&all, SEQUENCE, &inside);
    }
    if (!fits(&inside) || !fits(&all))
        return fail(why, REASON_BAD_ANSWER, "the template %s is too long", template->name);
    memcpy(der, all.bytes, all.length);
    *length = all.length;
    return OUTCOME_OK;
}

enum outcome template_check(const struct cert_template *template, enum cert_key kind,
                            struct why *why)
{
    static const unsigned bits[] = { [CERT_KEY_RSA_2048] = 2048,
                                     [CERT_KEY_RSA_3072] = 3072,
                                     [CERT_KEY_RSA_4096] = 4096,
                                     [CERT_KEY_P256] = 256,
                                     [CERT_KEY_P384] = 384 };

    return bits[kind] >= template->key_bits
               ? OUTCOME_OK
               : fail(why, REASON_BAD_SETTING, "key = %s: the template %s wants %u bits at least",
                      cert_key_name(kind), template->name, template->key_bits);
}
