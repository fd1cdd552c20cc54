/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "cert/template.h"

static struct why why;

static void is(const struct cert_template *template, const char *oid, const char *bytes,
               size_t length)
{
    unsigned char der[TEMPLATE_DER];
    const char *as = NULL;
    size_t size = 0;

    if (template_extension(template, &as, der, &size, &why))
        fail_msg("%s", why.text);
    assert_string_equal(as, oid);
    assert_int_equal(size, length);
    assert_memory_equal(der, bytes, length);
}

#define IS(template, oid, bytes) is(template, oid, bytes, sizeof(bytes) - 1)

/* The bytes are those of openssl asn1parse -genstr. */
static void by_name(void **state)
{
    struct cert_template template = { .name = "User" };

    (void)state;
    IS(&template, "1.3.6.1.4.1.311.20.2", "\x1e\x08\0U\0s\0e\0r");
    (void)strcpy(template.name, "\xc3\xb6\xe2\x82\xac");
    IS(&template, "1.3.6.1.4.1.311.20.2", "\x1e\x04\0\xf6\x20\xac");
    (void)strcpy(template.name, "\xf0\x9f\x98\x80");
    unsigned char der[TEMPLATE_DER];
    const char *oid;
    size_t size;
    test_reason(template_extension(&template, &oid, der, &size, &why), &why, REASON_BAD_SETTING,
                "");
    memset(template.name, 'x', TEMPLATE_NAME - 1);
    assert_int_equal(template_extension(&template, &oid, der, &size, &why), OUTCOME_OK);
    assert_int_equal(size, 4 + 2 * (TEMPLATE_NAME - 1));
    assert_memory_equal(der, "\x1e\x82\x01\xfe\0x", 6);
}

static void by_oid(void **state)
{
    struct cert_template template = {
        .name = "Small", .oid = "1.3.6.1.4.1.311.21.8.9876543.1", .major = 100, .minor = 200
    };

    (void)state;
    IS(&template, "1.3.6.1.4.1.311.21.7",
       "\x30\x17\x06\x0e\x2b\x06\x01\x04\x01\x82\x37\x15\x08\x84\xda\xe8\x3f\x01\x02\x01\x64\x02"
       "\x02\0\xc8");
}

static void numbers(void **state)
{
    static const struct {
        unsigned major;
        const char *bytes;
        size_t length;
    } cases[] = { { 0, "\x02\x01\0", 3 },
                  { 127, "\x02\x01\x7f", 3 },
                  { 128, "\x02\x02\0\x80", 4 },
                  { 65535, "\x02\x03\0\xff\xff", 5 },
                  { 4294967295U, "\x02\x05\0\xff\xff\xff\xff", 7 } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cert_template template = { .oid = "2.999.3", .major = cases[i].major };
        unsigned char der[TEMPLATE_DER];
        const char *oid;
        size_t size = 0;
        assert_int_equal(template_extension(&template, &oid, der, &size, &why), OUTCOME_OK);
        assert_memory_equal(der + 2, "\x06\x03\x88\x37\x03", 5);
        assert_memory_equal(der + 7, cases[i].bytes, cases[i].length);
        assert_int_equal(size, 7 + cases[i].length + 3);
    }
}

static void bad(void **state)
{
    static const char *const oids[] = { "1",    "1.2",  "3.1.1", "1.40.1",          "1..2",
                                        ".1.2", "1.2.", "1.2.x", "1.2.99999999999", "1.2.-3" };

    (void)state;
    for (size_t i = 0; i < COUNT(oids); i++) {
        struct cert_template template = { .name = "x" };
        unsigned char der[TEMPLATE_DER];
        const char *oid;
        size_t size;
        (void)strcpy(template.oid, oids[i]);
        test_reason(template_extension(&template, &oid, der, &size, &why), &why, REASON_BAD_ANSWER,
                    "OID");
    }
}

static void lengths(void **state)
{
    const struct cert_template template = { .name = "x", .key_bits = 2048 };

    (void)state;
    assert_int_equal(template_check(&template, CERT_KEY_RSA_2048, &why), OUTCOME_OK);
    test_reason(template_check(&template, CERT_KEY_P384, &why), &why, REASON_BAD_SETTING,
                "2048 bits");
}

FACTS(FACT(by_name, "template_extension: version 1 by its name"),
      FACT(by_oid, "template_extension: newer ones by OID and revision"),
      FACT(numbers, "template_extension: numbers as DER has them"),
      FACT(bad, "template_extension: what is no OID"),
      FACT(lengths, "template_check: a key that is too short is told before"))
