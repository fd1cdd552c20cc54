/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <gnutls/pkcs7.h>
#include <string.h>

#include "base/file.h"
#include "cert/ca.h"
#include "cert/csr.h"
#include "cert/home.h"
#include "cert/present.h"

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

/* The request within, after the signature was verified by the old certificate. */
static gnutls_x509_crq_t unwrap(const struct text *pem, gnutls_x509_crt_t old)
{
    gnutls_datum_t bytes = { (unsigned char *)text_peek(pem), (unsigned)text_length(pem) }, der;
    gnutls_x509_crq_t crq;
    gnutls_pkcs7_t pkcs7;

    assert_int_equal(gnutls_pkcs7_init(&pkcs7), 0);
    assert_int_equal(gnutls_pkcs7_import(pkcs7, &bytes, GNUTLS_X509_FMT_PEM), 0);
    assert_int_equal(gnutls_pkcs7_get_signature_count(pkcs7), 1);
    assert_int_equal(gnutls_pkcs7_verify_direct(pkcs7, old, 0, NULL, 0), 0);
    assert_int_equal(gnutls_pkcs7_get_embedded_data(pkcs7, 0, &der), 0);
    assert_int_equal(gnutls_x509_crq_init(&crq), 0);
    assert_int_equal(gnutls_x509_crq_import(crq, &der, GNUTLS_X509_FMT_DER), 0);
    assert_int_equal(gnutls_x509_crq_verify(crq, 0), 0);
    gnutls_free(der.data);
    gnutls_pkcs7_deinit(pkcs7);
    return crq;
}

/* By one of ours, or as the key of a card is. */
static void show(const struct token *token, const struct key_id *id, gnutls_x509_crt_t certificate,
                 bool is_card, const char **url)
{
    struct card card = { .id_size = KEY_ID, .certificate = certificate };

    memcpy(card.id, id->bytes, KEY_ID);
    assert_int_equal(is_card ? present_card(token, &card, url, &why)
                             : present_begin(token, id, certificate, url, &why),
                     OUTCOME_OK);
}

static void renewed(enum cert_key kind, bool is_card)
{
    const struct ca_wish wish = { .upn = "alice@corp.example" };
    const struct cert_template template = { .name = "Small", .oid = "1.3.6.1", .major = 7 };
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    struct ca ca = ca_make("Issuing", NULL);
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    struct csr_renewal renewal = { .template = &template };
    struct key_id old;
    unsigned char value[4096], wanted[] = { 0x30, 11, 6, 3, 0x2b, 6, 1, 2, 1, 7, 2, 1, 0 };
    gnutls_datum_t der = { 0 };
    gnutls_pubkey_t key;
    text_auto *pem = NULL;
    size_t size = sizeof value;
    unsigned critical = 1;

    home_key(token, kind, false, "wifi", &old);
    home_key(token, CERT_KEY_P256, false, "wifi", &renewal.key);
    assert_int_equal(key_public(token, &old, &key, &why), OUTCOME_OK);
    renewal.certificate = ca_issue(&ca, key, &wish);
    show(token, &old, renewal.certificate, is_card, &renewal.old);
    if (csr_renew_signed(token, &renewal, &pem, &why))
        fail_msg("%s", why.text);
    gnutls_x509_crq_t crq = unwrap(pem, renewal.certificate);
    assert_int_equal(
        gnutls_x509_crq_get_extension_by_oid2(crq, "1.3.6.1.4.1.311.21.7", 0, &der, &critical), 0);
    assert_int_equal(der.size, sizeof wanted);
    assert_memory_equal(der.data, wanted, sizeof wanted);
    gnutls_free(der.data);
    assert_int_equal(
        gnutls_x509_crq_get_attribute_by_oid(crq, "1.3.6.1.4.1.311.13.1", 0, value, &size), 0);
    assert_int_equal(gnutls_x509_crt_export2(renewal.certificate, GNUTLS_X509_FMT_DER, &der), 0);
    assert_int_equal(size, der.size);
    assert_memory_equal(value, der.data, size);
    gnutls_free(der.data);
    gnutls_x509_crq_deinit(crq);
    present_end();
    gnutls_x509_crt_deinit(renewal.certificate);
    gnutls_pubkey_deinit(key);
    ca_free(&ca);
}

static void signed_by_old(void **state)
{
    (void)state;
    renewed(CERT_KEY_RSA_2048, false);
    renewed(CERT_KEY_P384, false);
    renewed(CERT_KEY_RSA_2048, true);
    renewed(CERT_KEY_P256, true);
}

/* The certificate is of the new key, and the one that is shown is another. */
static void signed_by_other(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    struct ca ca = ca_make("Issuing", NULL);
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    struct csr_renewal renewal = { .template = NULL };
    struct key_id other;
    gnutls_pubkey_t key;
    text_auto *pem = NULL;

    (void)state;
    home_key(token, CERT_KEY_P256, false, "wifi", &other);
    home_key(token, CERT_KEY_P256, false, "wifi", &renewal.key);
    assert_int_equal(key_public(token, &renewal.key, &key, &why), OUTCOME_OK);
    renewal.certificate = ca_issue(&ca, key, &(struct ca_wish){ .dn = "CN=Alice" });
    show(token, &other, renewal.certificate, true, &renewal.old);
    test_reason(csr_renew_signed(token, &renewal, &pem, &why), &why, REASON_TOKEN_FAILED, "");
    show(token, &renewal.key, renewal.certificate, true, &renewal.old);
    assert_int_equal(csr_renew_signed(token, &renewal, &pem, &why), OUTCOME_OK);
    text_free(&pem);
    present_end();
    test_reason(csr_renew_signed(token, &renewal, &pem, &why), &why, REASON_NO_KEY, "");
    assert_null(pem);
    gnutls_x509_crt_deinit(renewal.certificate);
    gnutls_pubkey_deinit(key);
    ca_free(&ca);
}

FACTS(FACT(signed_by_old,
           "csr_renew_signed: the old key signs a request with template and old certificate"),
      FACT(signed_by_other,
           "csr_renew_signed: by another key, or one that is not shown: nothing is made"),
      FACT(same_names, "csr_renew: another key, and the names of the old certificate"),
      FACT(subject_alone, "csr_renew: no alternative names where that has none"))
