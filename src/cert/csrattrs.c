/* SPDX-License-Identifier: MIT */
#include "cert/csrattrs.h"

#include <string.h>

#include "base/der.h"

enum { INTEGER = 0x02, OID = 0x06, SEQUENCE = 0x30, SET = 0x31, OID_MOST = 9 };

enum about {
    ABOUT_BINDING, /* a proof that the key is the client's own, RFC 7030 3.5 */
    ABOUT_KEY,
    ABOUT_SIGNATURE,
    ABOUTS
};

/* Sets of kinds of keys. */
#define ONE(kind) (1U << (kind))
#define RSA       (ONE(CERT_KEY_RSA_2048) | ONE(CERT_KEY_RSA_3072) | ONE(CERT_KEY_RSA_4096))
#define CURVES    (ONE(CERT_KEY_P256) | ONE(CERT_KEY_P384))

/* The kinds that fit: of a signature those that csr_make signs so. */
static const struct known {
    unsigned char length, oid[OID_MOST];
    enum about about;
    unsigned kinds;
    const char *name;
} all_known[] = {
    { 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 7 }, ABOUT_BINDING, 0, "challengePassword" },
    { 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1 }, ABOUT_KEY, RSA, "rsa" },
    { 7, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1 }, ABOUT_KEY, CURVES, "elliptic curves" },
    { 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 }, ABOUT_KEY, ONE(CERT_KEY_P256), "p-256" },
    { 5, { 0x2b, 0x81, 4, 0, 34 }, ABOUT_KEY, ONE(CERT_KEY_P384), "p-384" },
    { 5, { 0x2b, 0x81, 4, 0, 35 }, ABOUT_KEY, 0, "p-521" },
    { 3, { 0x2b, 0x65, 0x70 }, ABOUT_KEY, 0, "ed25519" },
    { 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11 }, ABOUT_SIGNATURE, RSA, "RSA-SHA256" },
    { 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 12 }, ABOUT_SIGNATURE, 0, "RSA-SHA384" },
    { 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 13 }, ABOUT_SIGNATURE, 0, "RSA-SHA512" },
    { 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 10 }, ABOUT_SIGNATURE, 0, "RSA-PSS" },
    { 8,
      { 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2 },
      ABOUT_SIGNATURE,
      ONE(CERT_KEY_P256),
      "ECDSA-SHA256" },
    { 8,
      { 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3 },
      ABOUT_SIGNATURE,
      ONE(CERT_KEY_P384),
      "ECDSA-SHA384" },
    { 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4 }, ABOUT_SIGNATURE, 0, "ECDSA-SHA512" },
};

/* Of several that are named any one will do. */
struct wanted_of {
    const char *name; /* the first one; NULL: nothing is asked for */
    unsigned kinds;
};

static const struct known *find(const struct der *oid)
{
    size_t length = (size_t)(oid->end - oid->at);

    for (size_t i = 0; i < sizeof all_known / sizeof *all_known; i++)
        if (all_known[i].length == length && !memcmp(all_known[i].oid, oid->at, length))
            return &all_known[i];
    return NULL;
}

/* RSA keys of so many bits or more. */
static unsigned of_bits(const struct der *number)
{
    static const struct {
        enum cert_key kind;
        unsigned bits;
    } sizes[] = { { CERT_KEY_RSA_2048, 2048 },
                  { CERT_KEY_RSA_3072, 3072 },
                  { CERT_KEY_RSA_4096, 4096 } };
    unsigned bits = 0, kinds = 0;

    for (const unsigned char *at = number->at; at < number->end; at++)
        bits = bits < 1U << 20 ? bits << 8 | *at : bits;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (sizes[i].bits >= bits)
            kinds |= ONE(sizes[i].kind);
    return kinds;
}

/* Of an attribute the values say more: how many bits, which curves. False: malformed. */
static bool narrow(struct der values, unsigned *kinds, const char **name)
{
    unsigned fit = 0;
    bool any = false;

    while (values.at < values.end) {
        struct der value;
        unsigned long tag;
        if (!der_take(&values, &tag, &value))
            return false;
        const struct known *curve = tag == OID ? find(&value) : NULL;
        if (tag == INTEGER)
            fit |= of_bits(&value);
        else if (curve)
            fit |= curve->kinds, *name = curve->name;
        any = any || tag == INTEGER || tag == OID;
    }
    *kinds &= any ? fit : *kinds;
    return true;
}

/* Either an OID, or an attribute: its OID and a set of values. False: malformed. */
static bool take(unsigned long tag, struct der inside, struct wanted_of wanted[ABOUTS])
{
    struct der oid = inside, values = { NULL, NULL };

    if (tag != OID && (tag != SEQUENCE || !der_take_as(&inside, OID, &oid) ||
                       !der_take_as(&inside, SET, &values) || inside.at != inside.end))
        return false;
    const struct known *known = find(&oid);
    unsigned kinds = known ? known->kinds : 0;
    const char *name = known ? known->name : NULL;
    if (!known)
        return true;
    if (known->about == ABOUT_KEY && !narrow(values, &kinds, &name))
        return false;
    struct wanted_of *of = &wanted[known->about];
    of->kinds |= kinds;
    if (!of->name)
        of->name = name;
    return true;
}

enum outcome csrattrs_check(const void *der, size_t length, enum cert_key kind, struct why *why)
{
    const unsigned char *bytes = der;
    struct der all = { bytes, bytes + length }, list, inside;
    struct wanted_of wanted[ABOUTS] = { { NULL, 0 } };
    bool good = der_take_as(&all, SEQUENCE, &list) && all.at == all.end;
    unsigned long tag;

    while (good && list.at < list.end)
        good = der_take(&list, &tag, &inside) && take(tag, inside, wanted);
    if (!good)
        return fail(why, REASON_BAD_ANSWER, "what it wants in a request is malformed (CsrAttrs)");
    if (wanted[ABOUT_BINDING].name)
        return fail(why, REASON_REFUSED,
                    "it wants requests that are bound to the TLS session (%s), which ours are not",
                    wanted[ABOUT_BINDING].name);
    if (wanted[ABOUT_KEY].name && !(wanted[ABOUT_KEY].kinds & ONE(kind)))
        return fail(why, REASON_BAD_SETTING, "key = %s: it wants another kind of key, such as %s",
                    cert_key_name(kind), wanted[ABOUT_KEY].name);
    if (wanted[ABOUT_SIGNATURE].name && !(wanted[ABOUT_SIGNATURE].kinds & ONE(kind)))
        return fail(why, REASON_BAD_SETTING, "key = %s: it wants another signature, such as %s",
                    cert_key_name(kind), wanted[ABOUT_SIGNATURE].name);
    return OUTCOME_OK;
}
