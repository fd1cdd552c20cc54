/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "base/file.h"
#include "cert/ca.h"
#include "cert/csr.h"
#include "cert/home.h"

static struct why why;

static gnutls_x509_crq_t renew(const struct ca_wish *wish)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    struct ca ca = ca_make("Issuing", NULL);
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    struct key_id old, new;
    gnutls_pubkey_t key;
    text_auto *pem = NULL;
    gnutls_x509_crq_t crq;

    home_key(token, CERT_KEY_P256, false, "wifi", &old);
    home_key(token, CERT_KEY_P384, false, "wifi", &new);
    assert_int_equal(key_public(token, &old, &key, &why), OUTCOME_OK);
    gnutls_x509_crt_t certificate = ca_issue(&ca, key, wish);
    if (csr_renew(token, &new, certificate, &pem, &why))
        fail_msg("%s", why.text);
    gnutls_datum_t bytes = { (unsigned char *)text_peek(pem), (unsigned)text_length(pem) };
    assert_int_equal(gnutls_x509_crq_init(&crq), 0);
    assert_int_equal(gnutls_x509_crq_import(crq, &bytes, GNUTLS_X509_FMT_PEM), 0);
    assert_int_equal(gnutls_x509_crq_verify(crq, 0), 0);
    assert_int_equal(gnutls_x509_crq_get_pk_algorithm(crq, &(unsigned){ 0 }), GNUTLS_PK_ECDSA);
    gnutls_x509_crt_deinit(certificate);
    gnutls_pubkey_deinit(key);
    ca_free(&ca);
    return crq;
}

static void same_names(void **state)
{
    const struct ca_wish wish = { .dn = "CN=Alice Example,OU=Staff,DC=corp,DC=example",
                                  .upn = "alice@corp.example",
                                  .mail = "alice@corp.example" };
    gnutls_x509_crq_t crq = renew(&wish);
    char oid[64], mail[64];
    gnutls_datum_t dn = { 0 };
    size_t size;
    unsigned type;

    (void)state;
    assert_int_equal(gnutls_x509_crq_get_dn3(crq, &dn, 0), 0);
    assert_string_equal(dn.data, wish.dn);
    gnutls_free(dn.data);
    size = sizeof oid;
    assert_int_equal(gnutls_x509_crq_get_subject_alt_othername_oid(crq, 0, oid, &size),
                     GNUTLS_SAN_OTHERNAME);
    assert_string_equal(oid, CERT_UPN_OID);
    size = sizeof mail;
    assert_int_equal(gnutls_x509_crq_get_subject_alt_name(crq, 1, mail, &size, &type, NULL),
                     GNUTLS_SAN_RFC822NAME);
    assert_int_equal(size, strlen(wish.mail));
    assert_memory_equal(mail, wish.mail, size);
    gnutls_x509_crq_deinit(crq);
}

static void subject_alone(void **state)
{
    gnutls_x509_crq_t crq = renew(&(struct ca_wish){ .dn = "CN=Alice" });
    size_t size = 0;
    unsigned type;

    (void)state;
    assert_int_equal(gnutls_x509_crq_get_subject_alt_name(crq, 0, NULL, &size, &type, NULL),
                     GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE);
    gnutls_x509_crq_deinit(crq);
}

FACTS(FACT(same_names, "csr_renew: another key, and the names of the old certificate"),
      FACT(subject_alone, "csr_renew: no alternative names where that has none"))
