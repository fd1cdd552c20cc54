/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "cert/csrattrs.h"

static struct why why;

/* Elements in hexadecimal digits, with their length in front. */
#define RSA        "06092a864886f70d010101"
#define CURVE      "06072a8648ce3d0201"
#define P256       "06082a8648ce3d030107"
#define P384       "06052b81040022"
#define P521       "06052b81040023"
#define MAC        "06072b060101010116" /* RFC 7030 4.5.2: macAddress */
#define RSA_SHA256 "06092a864886f70d01010b"
#define EC_SHA384  "06082a8648ce3d040303"
#define RSA_3072   "301106092a864886f70d010101310402020c00"
#define CURVE_P384 "301206072a8648ce3d0201310706052b81040022"

static enum outcome check(const char *hex, enum cert_key kind)
{
    unsigned char bytes[256];
    size_t length = 0;

    for (; hex[0] && hex[1]; hex += 2)
        assert_int_equal(sscanf(hex, "%2hhx", &bytes[length++]), 1);
    return csrattrs_check(bytes, length, kind, &why);
}

static void fits(void **state)
{
    static const struct {
        const char *hex;
        enum cert_key kind;
    } cases[] = {
        { "3000", CERT_KEY_RSA_2048 },
        { "3021" MAC "301606092a864886f70d01090e3109" MAC, CERT_KEY_P256 },
        { "300b" RSA, CERT_KEY_RSA_2048 },
        { "3013" RSA_3072, CERT_KEY_RSA_3072 },
        { "3013" RSA_3072, CERT_KEY_RSA_4096 },
        { "3009" CURVE, CERT_KEY_P384 },
        { "3014" CURVE_P384, CERT_KEY_P384 },
        { "301e301c" CURVE "3111" P384 P256, CERT_KEY_P256 },
        { "301f" RSA CURVE_P384, CERT_KEY_RSA_2048 },
        { "301f" RSA CURVE_P384, CERT_KEY_P384 },
        { "300f300d" CURVE "31020500", CERT_KEY_P256 },
        { "3015" EC_SHA384 RSA_SHA256, CERT_KEY_P384 },
        { "3015" EC_SHA384 RSA_SHA256, CERT_KEY_RSA_4096 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (check(cases[i].hex, cases[i].kind))
            fail_msg("case %zu: %s", i, why.text);
}

static void does_not_fit(void **state)
{
    static const struct {
        const char *hex;
        enum cert_key kind;
        enum reason reason;
        const char *words;
    } cases[] = {
        { "300b06092a864886f70d010907", CERT_KEY_P256, REASON_REFUSED, "challengePassword" },
        { "300b" RSA, CERT_KEY_P256, REASON_BAD_SETTING, "key = p-256" },
        { "3013" RSA_3072, CERT_KEY_RSA_2048, REASON_BAD_SETTING, "such as rsa" },
        { "3025302306092a864886f70d01010131160214ffffffffffffffffffffffffffffffffffffffff",
          CERT_KEY_RSA_4096, REASON_BAD_SETTING, "key = rsa-4096" },
        { "3014" CURVE_P384, CERT_KEY_P256, REASON_BAD_SETTING, "such as p-384" },
        { "30143012" CURVE "3107" P521, CERT_KEY_P384, REASON_BAD_SETTING, "such as p-521" },
        { "30163014" CURVE "3109" MAC, CERT_KEY_P384, REASON_BAD_SETTING, "elliptic curves" },
        { "300b06092a864886f70d01010d", CERT_KEY_RSA_2048, REASON_BAD_SETTING, "RSA-SHA512" },
        { "300a" EC_SHA384, CERT_KEY_P256, REASON_BAD_SETTING, "ECDSA-SHA384" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        test_reason(check(cases[i].hex, cases[i].kind), &why, cases[i].reason, cases[i].words);
}

static void malformed(void **state)
{
    static const char *const cases[] = {
        "",
        "30",
        "3100",
        "300000",
        "3001",
        "300b" RSA "00",
        "300c" RSA,
        "30020500",                    /* neither an OID nor an attribute */
        "300d300b" RSA,                /* no set of values */
        "301330113104020206" RSA "00", /* the values come first */
        "300f300d" RSA "31050500",
        "3011300f" RSA "31000500",
        "30113010" CURVE "3104060a2b81",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        test_reason(check(cases[i], CERT_KEY_P256), &why, REASON_BAD_ANSWER, "CsrAttrs");
}

FACTS(FACT(fits, "csrattrs_check: a key that is named, or nothing that is known"),
      FACT(does_not_fit, "csrattrs_check: another key or signature, or a binding: it says which"),
      FACT(malformed, "csrattrs_check: what is malformed: bad-answer"))
