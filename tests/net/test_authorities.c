/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bundle.h"
#include "net/authorities.h"
#include "net/pair.h"

static struct why why;

/* Does a certificate of this pair do, if these authorities are trusted? */
static bool is_good(const struct pair *pair, enum authorities_of of, const char *ca_file)
{
    authorities_auto *authorities = NULL;
    text_auto *sentence = text_new(1000);
    struct look look = { 0 };
    gnutls_datum_t der[2] = { 0 };
    unsigned count = pair->issuer ? 2 : 1;

    if (authorities_read(of, ca_file, &authorities, &why))
        fail_msg("%s", why.text);
    assert_int_equal(gnutls_x509_crt_export2(pair->crt, GNUTLS_X509_FMT_DER, &der[0]), 0);
    if (pair->issuer)
        assert_int_equal(gnutls_x509_crt_export2(pair->issuer->crt, GNUTLS_X509_FMT_DER, &der[1]),
                         0);
    enum outcome out = authorities_judge(authorities, der, count, "x.example", &look, &why);
    assert_int_equal(out, 0);
    for (unsigned i = 0; i < count; i++)
        gnutls_free(der[i].data);
    return look_is_good(&look, "x.example", sentence);
}

static struct pair make(const char *name, const struct pair *issuer)
{
    struct pair pair;

    pair_make(&(struct pair_request){ .host = name, .issuer = issuer }, &pair);
    return pair;
}

/* In a namespace of its own, where the system trusts the other authority. */
static int system_too(void *data)
{
    struct pair ca = make("ca", NULL), other = make("ca", NULL);
    struct pair ours = make("x.example", &ca), theirs = make("x.example", &other);

    (void)data;
    pair_write(&ca, "ca.pem");
    pair_write(&other, "system.pem");
    if (access(bundle_path(), R_OK) || unshare(CLONE_NEWNS) ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("system.pem", bundle_path(), NULL, MS_BIND, NULL))
        return 77;
    assert_true(is_good(&ours, AUTHORITIES_OF_SYSTEM, "ca.pem"));
    assert_true(is_good(&theirs, AUTHORITIES_OF_SYSTEM, "ca.pem"));
    assert_true(is_good(&theirs, AUTHORITIES_OF_SYSTEM, ""));
    assert_true(is_good(&theirs, AUTHORITIES_OF_FILE, NULL));
    assert_true(is_good(&ours, AUTHORITIES_OF_FILE, "ca.pem"));
    assert_false(is_good(&ours, AUTHORITIES_OF_SYSTEM, ""));
    assert_false(is_good(&theirs, AUTHORITIES_OF_FILE, "ca.pem"));
    return 0;
}

static void both(void **state)
{
    (void)state;
    int status = test_child(system_too, NULL);
    if (status == 77)
        test_skip("a bundle of the system's own needs a mount namespace");
    assert_int_equal(status, 0);
}

/* A bundle among whose authorities ours has to be found, with whatever else stands in it. */
static void found(void **state)
{
    struct pair ca = make("ca", NULL), pair = make("x.example", &ca), other = make("ca", NULL);
    struct pair own = make("x.example", NULL);
    static char bundle[64 << 10];
    size_t length = 0;

    (void)state;
    pair_write(&other, "one.pem");
    for (int i = 0; i < 20; i++)
        length += test_read("one.pem", bundle + length, sizeof bundle - length);
    length += (size_t)sprintf(bundle + length, "-----BEGIN CERTIFICATE-----\nno base64 !\n"
                                               "-----END CERTIFICATE-----\n# a remark\n"
                                               "-----BEGIN CERTIFICATE-----\nMAA=\n"
                                               "-----END CERTIFICATE-----\n");
    test_write("without.pem", bundle, length);
    pair_write(&ca, "one.pem");
    length += test_read("one.pem", bundle + length, sizeof bundle - length);
    length += (size_t)sprintf(bundle + length, "-----BEGIN CERTIFICATE-----\nMII");
    test_write("with.pem", bundle, length);
    assert_false(is_good(&pair, AUTHORITIES_OF_FILE, "without.pem"));
    assert_true(is_good(&pair, AUTHORITIES_OF_FILE, "with.pem"));
    pair_write(&own, "own.pem");
    assert_true(is_good(&own, AUTHORITIES_OF_FILE, "own.pem"));
    assert_false(is_good(&own, AUTHORITIES_OF_FILE, "with.pem"));
    pair_free(&ca);
    pair_free(&pair);
    pair_free(&other);
    pair_free(&own);
}

static void with_blanks(void **state)
{
    struct pair ca = make("ca", NULL), pair = make("x.example", &ca);
    static char text[8 << 10], blanks[16 << 10];
    size_t to = 0;

    (void)state;
    pair_write(&ca, "one.pem");
    size_t length = test_read("one.pem", text, sizeof text);
    assert_true(is_good(&pair, AUTHORITIES_OF_FILE, "one.pem"));
    for (size_t i = 0; i < length; i++) {
        if (i && text[i] == '\n' && text[i - 1] != '-')
            blanks[to++] = ' ';
        blanks[to++] = text[i];
    }
    assert_true(to > length);
    test_write("blanks.pem", blanks, to);
    assert_true(is_good(&pair, AUTHORITIES_OF_FILE, "blanks.pem"));
    pair_free(&ca);
    pair_free(&pair);
}

static void malformed(void **state)
{
    struct pair pair = make("x.example", NULL);
    authorities_auto *authorities = NULL;
    gnutls_datum_t der, many[20];
    struct look look = { 0 };

    (void)state;
    pair_write(&pair, "own.pem");
    assert_int_equal(authorities_read(AUTHORITIES_OF_FILE, "own.pem", &authorities, &why), 0);
    assert_int_equal(gnutls_x509_crt_export2(pair.crt, GNUTLS_X509_FMT_DER, &der), 0);
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = der;
    test_reason(authorities_judge(authorities, NULL, 0, "x.example", &look, &why), &why,
                REASON_BAD_ANSWER, "it shows 0 certificates");
    test_reason(authorities_judge(authorities, many, 17, "x.example", &look, &why), &why,
                REASON_BAD_ANSWER, "it shows 17 certificates");
    assert_int_equal(authorities_judge(authorities, many, 16, "x.example", &look, &why), 0);
    for (der.size--; der.size > 0; der.size /= 2)
        test_reason(authorities_judge(authorities, &der, 1, "x.example", &look, &why), &why,
                    REASON_BAD_ANSWER, "malformed");
    gnutls_free(der.data);
    pair_free(&pair);
}

FACTS(FACT(both, "authorities_read: the file's alone, or besides the system's"),
      FACT(found, "authorities_judge: one is found among others, whatever stands between"),
      FACT(with_blanks, "authorities_read: one with blanks in its lines is taken, too"),
      FACT(malformed, "authorities_judge: what is no chain of certificates is refused"))
