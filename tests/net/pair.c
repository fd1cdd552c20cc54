/* SPDX-License-Identifier: MIT */
#include "net/pair.h"

#include "test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400 };

#define GOOD(call) assert_int_equal(call, 0)

static void make_key(unsigned rsa_bits, gnutls_x509_privkey_t *key)
{
    GOOD(gnutls_x509_privkey_init(key));
    if (rsa_bits)
        GOOD(gnutls_x509_privkey_generate(*key, GNUTLS_PK_RSA, rsa_bits, 0));
    else
        GOOD(gnutls_x509_privkey_generate(*key, GNUTLS_PK_ECDSA,
                                          GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
}

/* Which of several authorities of one name has signed. */
static void set_ids(const struct pair *by, gnutls_x509_crt_t crt)
{
    unsigned char id[64], issuer[64];
    size_t size = sizeof id, issuer_size = sizeof issuer;

    GOOD(gnutls_x509_crt_get_key_id(crt, 0, id, &size));
    GOOD(gnutls_x509_crt_get_key_id(by->crt, 0, issuer, &issuer_size));
    GOOD(gnutls_x509_crt_set_subject_key_id(crt, id, size));
    GOOD(gnutls_x509_crt_set_authority_key_id(crt, issuer, issuer_size));
}

static void set_names(const struct pair_request *request, gnutls_x509_crt_t crt)
{
    char dn[128];
    struct in_addr address;

    (void)snprintf(dn, sizeof dn, "CN=%s", request->host);
    GOOD(gnutls_x509_crt_set_dn(crt, dn, NULL));
    if (!request->nameless)
        GOOD(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, request->host,
                                                  (unsigned)strlen(request->host),
                                                  GNUTLS_FSAN_SET));
    if (request->address && inet_pton(AF_INET, request->address, &address) == 1)
        GOOD(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, &address,
                                                  sizeof address, GNUTLS_FSAN_APPEND));
}

static void set_limits(const struct pair_request *request, gnutls_x509_crt_t crt)
{
    time_t now = time(NULL);
    bool dated = request->begin || request->end;

    GOOD(gnutls_x509_crt_set_activation_time(crt, now + (dated ? request->begin : -1) * DAY));
    GOOD(gnutls_x509_crt_set_expiration_time(crt, now + (dated ? request->end : 1) * DAY));
    GOOD(gnutls_x509_crt_set_basic_constraints(crt, !strcmp(request->host, "ca"), -1));
    if (request->use)
        GOOD(gnutls_x509_crt_set_key_purpose_oid(crt, request->use, 0));
    if (request->only) {
        gnutls_x509_name_constraints_t only;
        gnutls_datum_t name = { (unsigned char *)request->only, (unsigned)strlen(request->only) };
        GOOD(gnutls_x509_name_constraints_init(&only));
        GOOD(gnutls_x509_name_constraints_add_permitted(only, GNUTLS_SAN_DNSNAME, &name));
        GOOD(gnutls_x509_crt_set_name_constraints(crt, only, 1));
        gnutls_x509_name_constraints_deinit(only);
    }
}

void pair_make(const struct pair_request *request, struct pair *pair)
{
    const struct pair *by = request->issuer ? request->issuer : pair;
    gnutls_digest_algorithm_t digest = request->digest ? request->digest : GNUTLS_DIG_SHA256;

    *pair = (struct pair){ .issuer = request->issuer };
    make_key(request->rsa_bits, &pair->key);
    GOOD(gnutls_x509_crt_init(&pair->crt));
    GOOD(gnutls_x509_crt_set_version(pair->crt, 3));
    GOOD(gnutls_x509_crt_set_serial(pair->crt, "\1", 1));
    GOOD(gnutls_x509_crt_set_key(pair->crt, pair->key));
    set_names(request, pair->crt);
    set_limits(request, pair->crt);
    set_ids(by, pair->crt);
    GOOD(gnutls_x509_crt_sign2(pair->crt, by->crt, by->key, digest, 0));
}

void pair_free(struct pair *pair)
{
    gnutls_x509_crt_deinit(pair->crt);
    gnutls_x509_privkey_deinit(pair->key);
}

void pair_write(const struct pair *pair, const char *file)
{
    gnutls_datum_t pem = { 0 };

    GOOD(gnutls_x509_crt_export2(pair->crt, GNUTLS_X509_FMT_PEM, &pem));
    test_write(file, (char *)pem.data, pem.size);
    gnutls_free(pem.data);
}
