/* SPDX-License-Identifier: MIT */
#include "cert/ca.h"

#include "test.h"

#include <gnutls/pkcs7.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cert/person.h"

enum { DAY = 86400 };

#define GOOD(call) assert_int_equal(call, 0)

static void begin(gnutls_x509_crt_t *crt, int from, int to)
{
    static unsigned char serial[] = { 0x50, 0, 0, 0 };

    serial[3]++;
    GOOD(gnutls_x509_crt_init(crt));
    GOOD(gnutls_x509_crt_set_version(*crt, 3));
    GOOD(gnutls_x509_crt_set_serial(*crt, serial, sizeof serial));
    GOOD(gnutls_x509_crt_set_activation_time(*crt, time(NULL) + (long)from * DAY));
    GOOD(gnutls_x509_crt_set_expiration_time(*crt, time(NULL) + (long)to * DAY));
}

/* GnuTLS knows the names of what was read only. */
static gnutls_x509_crt_t read_again(gnutls_x509_crt_t crt)
{
    gnutls_datum_t der = { 0 };
    gnutls_x509_crt_t again;

    GOOD(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der));
    GOOD(gnutls_x509_crt_init(&again));
    GOOD(gnutls_x509_crt_import(again, &der, GNUTLS_X509_FMT_DER));
    gnutls_free(der.data);
    gnutls_x509_crt_deinit(crt);
    return again;
}

static void only_mail(gnutls_x509_crt_t crt, const char *domain)
{
    gnutls_x509_name_constraints_t names;
    const gnutls_datum_t name = { (unsigned char *)domain, (unsigned)strlen(domain) };

    GOOD(gnutls_x509_name_constraints_init(&names));
    GOOD(gnutls_x509_name_constraints_add_permitted(names, GNUTLS_SAN_RFC822NAME, &name));
    GOOD(gnutls_x509_crt_set_name_constraints(crt, names, 1));
    gnutls_x509_name_constraints_deinit(names);
}

struct ca ca_make(const char *name, const struct ca *above)
{
    return ca_make_as(name, above, 0, -1, NULL);
}

struct ca ca_make_as(const char *name, const struct ca *above, unsigned rsa_bits, int below,
                     const char *mail_domain)
{
    struct ca ca;
    char dn[128];
    unsigned char id[20];
    size_t size = sizeof id;

    begin(&ca.crt, -2, 3000);
    GOOD(gnutls_x509_privkey_init(&ca.key));
    GOOD(gnutls_x509_privkey_generate(
        ca.key, rsa_bits ? GNUTLS_PK_RSA : GNUTLS_PK_ECDSA,
        rsa_bits ? rsa_bits : GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
    (void)snprintf(dn, sizeof dn, "CN=%s", name);
    GOOD(gnutls_x509_crt_set_dn(ca.crt, dn, NULL));
    GOOD(gnutls_x509_crt_set_key(ca.crt, ca.key));
    GOOD(gnutls_x509_crt_set_basic_constraints(ca.crt, 1, below));
    if (mail_domain)
        only_mail(ca.crt, mail_domain);
    GOOD(gnutls_x509_crt_get_key_id(ca.crt, 0, id, &size));
    GOOD(gnutls_x509_crt_set_subject_key_id(ca.crt, id, size));
    GOOD(gnutls_x509_crt_sign2(ca.crt, above ? above->crt : ca.crt, above ? above->key : ca.key,
                               GNUTLS_DIG_SHA256, 0));
    ca.crt = read_again(ca.crt);
    return ca;
}

void ca_free(struct ca *ca)
{
    gnutls_x509_crt_deinit(ca->crt);
    gnutls_x509_privkey_deinit(ca->key);
}

static unsigned length(const char *text)
{
    return (unsigned)strlen(text);
}

/* SEQUENCE { [0] { OID 1.3.6.1.4.1.311.25.2.1, [0] { OCTET STRING } } } */
static void set_sid(gnutls_x509_crt_t crt, const char *sid, bool more)
{
    static const unsigned char oid[] = { 6, 10, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 25, 2, 1 };
    unsigned char der[128];
    size_t size = strlen(sid), at = 0;

    assert_true(size < 64);
    der[at++] = 0x30;
    der[at++] = (unsigned char)(size + (more ? 20 : 18));
    der[at++] = 0xa0;
    der[at++] = (unsigned char)(size + 16);
    memcpy(der + at, oid, sizeof oid);
    at += sizeof oid;
    der[at++] = 0xa0;
    der[at++] = (unsigned char)(size + 2);
    der[at++] = 4;
    der[at++] = (unsigned char)size;
    memcpy(der + at, sid, size);
    at += size;
    if (more) /* NULL */
        der[at++] = 5, der[at++] = 0;
    GOOD(gnutls_x509_crt_set_extension_by_oid(crt, "1.3.6.1.4.1.311.25.2", der, at, 0));
}

static void set_names(gnutls_x509_crt_t crt, const struct ca_wish *wish)
{
    GOOD(gnutls_x509_crt_set_dn(crt, wish->dn ? wish->dn : "CN=somebody", NULL));
    if (wish->upn)
        GOOD(gnutls_x509_crt_set_subject_alt_othername(
            crt, CERT_UPN_OID, wish->upn,
            wish->upn_size ? (unsigned)wish->upn_size : length(wish->upn),
            GNUTLS_FSAN_SET | (wish->is_odd_upn ? 0 : GNUTLS_FSAN_ENCODE_UTF8_STRING)));
    if (wish->mail)
        GOOD(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_RFC822NAME, wish->mail,
                                                  length(wish->mail), GNUTLS_FSAN_APPEND));
    if (wish->uri)
        GOOD(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_URI, wish->uri, length(wish->uri),
                                                  GNUTLS_FSAN_APPEND));
    if (wish->host)
        GOOD(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, wish->host,
                                                  length(wish->host), GNUTLS_FSAN_APPEND));
    if (wish->sid)
        set_sid(crt, wish->sid, wish->is_sid_more);
}

/* Which of several authorities of one name it is. */
static void set_issuer(gnutls_x509_crt_t crt, const struct ca *ca)
{
    unsigned char id[20];
    size_t size = sizeof id;

    GOOD(gnutls_x509_crt_get_key_id(ca->crt, 0, id, &size));
    GOOD(gnutls_x509_crt_set_authority_key_id(crt, id, size));
}

gnutls_x509_crt_t ca_issue(const struct ca *ca, gnutls_pubkey_t key, const struct ca_wish *wish)
{
    bool dated = wish->begin || wish->end;
    gnutls_x509_crt_t crt;

    begin(&crt, dated ? wish->begin : -1, dated ? wish->end : 365);
    GOOD(gnutls_x509_crt_set_pubkey(crt, key));
    set_names(crt, wish);
    GOOD(gnutls_x509_crt_set_basic_constraints(crt, wish->is_authority, -1));
    GOOD(gnutls_x509_crt_set_key_usage(crt, wish->usage ? (unsigned)wish->usage
                                                        : GNUTLS_KEY_DIGITAL_SIGNATURE));
    if (wish->purpose)
        GOOD(gnutls_x509_crt_set_key_purpose_oid(crt, wish->purpose, 0));
    set_issuer(crt, ca);
    GOOD(gnutls_x509_crt_sign2(crt, ca->crt, ca->key,
                               wish->is_weak ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256, 0));
    return read_again(crt);
}

gnutls_datum_t ca_bundle(const gnutls_x509_crt_t *all, unsigned count)
{
    gnutls_datum_t der = { 0 };
    gnutls_pkcs7_t bundle;

    GOOD(gnutls_pkcs7_init(&bundle));
    for (unsigned i = 0; i < count; i++)
        GOOD(gnutls_pkcs7_set_crt(bundle, all[i]));
    GOOD(gnutls_pkcs7_export2(bundle, GNUTLS_X509_FMT_DER, &der));
    gnutls_pkcs7_deinit(bundle);
    return der;
}
