/* SPDX-License-Identifier: MIT */
#include "cert/csr.h"

#include <gnutls/pkcs7.h>
#include <gnutls/x509.h>
#include <string.h>

enum { PEM_MOST = 64 << 10 };

/* What it is made with. */
struct making {
    gnutls_x509_crq_t crq;
    gnutls_pubkey_t public;
    gnutls_privkey_t private;
};

static void making_end(struct making *making)
{
    if (making->crq)
        gnutls_x509_crq_deinit(making->crq);
    if (making->public)
        gnutls_pubkey_deinit(making->public);
    if (making->private)
        gnutls_privkey_deinit(making->private);
}

static bool is_fit(const char *name)
{
    size_t length = name ? strlen(name) : 0;
    return length <= CERT_NAME_MOST && (!length || text_is_clean(name, length));
}

static bool is_there(const char *name)
{
    return name && *name;
}

/* The CA makes the subject anew from the directory; a DN that GnuTLS cannot write is no reason to
 * ask for nothing. */
static int set_subject(gnutls_x509_crq_t crq, const struct cert_person *person)
{
    const char *end;

    if (is_there(person->dn) && !gnutls_x509_crq_set_dn(crq, person->dn, &end))
        return 0;
    if (!is_there(person->upn))
        return GNUTLS_E_INVALID_REQUEST;
    return gnutls_x509_crq_set_dn_by_oid(crq, GNUTLS_OID_X520_COMMON_NAME, 0, person->upn,
                                         (unsigned)strlen(person->upn));
}

static int set_names(gnutls_x509_crq_t crq, const struct cert_person *person)
{
    int code = 0;

    if (is_there(person->upn))
        code = gnutls_x509_crq_set_subject_alt_othername(
            crq, CERT_UPN_OID, person->upn, (unsigned)strlen(person->upn),
            GNUTLS_FSAN_SET | GNUTLS_FSAN_ENCODE_UTF8_STRING);
    if (!code && is_there(person->mail))
        code = gnutls_x509_crq_set_subject_alt_name(crq, GNUTLS_SAN_RFC822NAME, person->mail,
                                                    (unsigned)strlen(person->mail),
                                                    GNUTLS_FSAN_APPEND);
    return code;
}

static enum outcome begin(const struct token *token, const struct key_id *id, struct making *making,
                          struct why *why)
{
    enum outcome out;

    if ((out = key_public(token, id, &making->public, why)) ||
        (out = key_private(token, id, &making->private, why)))
        return out;
    return gnutls_x509_crq_init(&making->crq) || gnutls_x509_crq_set_version(making->crq, 1) ||
                   gnutls_x509_crq_set_pubkey(making->crq, making->public)
               ? fail_memory(why)
               : OUTCOME_OK;
}

static enum outcome fill(struct making *making, const struct cert_person *person, struct why *why)
{
    int code;

    if (!is_fit(person->dn) || !is_fit(person->upn) || !is_fit(person->mail))
        return fail(why, REASON_BAD_ANSWER, "a name of the person is too long or not clean");
    if ((code = set_subject(making->crq, person)) || (code = set_names(making->crq, person)))
        return fail(why, REASON_BAD_ANSWER, "the names of the person: %s", gnutls_strerror(code));
    return OUTCOME_OK;
}

static enum outcome copy(struct making *making, gnutls_x509_crt_t certificate, struct why *why)
{
    static const char names_oid[] = "2.5.29.17";
    gnutls_datum_t subject = { 0 }, names = { 0 };
    unsigned critical = 0;
    const char *end;
    int code = gnutls_x509_crt_get_dn3(certificate, &subject, 0);

    if (!code && subject.size)
        code = gnutls_x509_crq_set_dn(making->crq, (const char *)subject.data, &end);
    if (!code)
        code = gnutls_x509_crt_get_extension_by_oid2(certificate, names_oid, 0, &names, &critical);
    bool has_none = code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
    if (!code)
        code = gnutls_x509_crq_set_extension_by_oid(making->crq, names_oid, names.data, names.size,
                                                    critical);
    gnutls_free(subject.data);
    gnutls_free(names.data);
    return code && !has_none ? fail(why, REASON_BAD_ANSWER, "the names of the old certificate: %s",
                                    gnutls_strerror(code))
                             : OUTCOME_OK;
}

static enum outcome name_template(struct making *making, const struct cert_template *template,
                                  struct why *why)
{
    unsigned char der[TEMPLATE_DER];
    const char *oid;
    size_t length = 0;
    enum outcome out =
        template ? template_extension(template, &oid, der, &length, why) : OUTCOME_OK;

    if (out || !template)
        return out;
    return gnutls_x509_crq_set_extension_by_oid(making->crq, oid, der, length, 0) ? fail_memory(why)
                                                                                  : OUTCOME_OK;
}

/* A signature that its own public key does not confirm is not sent to anybody. */
static enum outcome sign(const struct making *making, struct why *why)
{
    unsigned bits = 0;
    bool is_curve = gnutls_pubkey_get_pk_algorithm(making->public, &bits) == GNUTLS_PK_ECDSA;
    gnutls_digest_algorithm_t digest =
        is_curve && bits > 256 ? GNUTLS_DIG_SHA384 : GNUTLS_DIG_SHA256;
    int code = gnutls_x509_crq_privkey_sign(making->crq, making->private, digest, 0);

    if (code || (code = gnutls_x509_crq_verify(making->crq, 0)) < 0)
        return fail(why, REASON_TOKEN_FAILED, "signing in the token: %s", gnutls_strerror(code));
    return OUTCOME_OK;
}

/* The bytes are freed. */
static enum outcome take_pem(gnutls_datum_t *bytes, struct text **pem, struct why *why)
{
    text_auto *made = text_new(PEM_MOST);

    if (made)
        text_add_bytes(made, bytes->data, bytes->size);
    gnutls_free(bytes->data);
    if (!made || !text_ok(made))
        return fail_memory(why);
    *pem = made;
    made = NULL;
    return OUTCOME_OK;
}

static enum outcome write_pem(gnutls_x509_crq_t crq, struct text **pem, struct why *why)
{
    gnutls_datum_t bytes = { 0 };

    return gnutls_x509_crq_export2(crq, GNUTLS_X509_FMT_PEM, &bytes) ? fail_memory(why)
                                                                     : take_pem(&bytes, pem, why);
}

enum outcome csr_make(const struct token *token, const struct key_id *id,
                      const struct cert_person *person, const struct cert_template *template,
                      struct text **pem, struct why *why)
{
    __attribute__((cleanup(making_end))) struct making making = { 0 };
    enum outcome out;

    if ((out = begin(token, id, &making, why)) || (out = fill(&making, person, why)) ||
        (out = name_template(&making, template, why)) || (out = sign(&making, why)))
        return out;
    return write_pem(making.crq, pem, why);
}

enum outcome csr_renew(const struct token *token, const struct key_id *id,
                       gnutls_x509_crt_t certificate, struct text **pem, struct why *why)
{
    __attribute__((cleanup(making_end))) struct making making = { 0 };
    enum outcome out;

    if ((out = begin(token, id, &making, why)) || (out = copy(&making, certificate, why)) ||
        (out = sign(&making, why)))
        return out;
    return write_pem(making.crq, pem, why);
}

/* szOID_RENEWAL_CERTIFICATE */
static enum outcome add_old(struct making *making, gnutls_x509_crt_t certificate, struct why *why)
{
    gnutls_datum_t der = { 0 };
    int code = gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_DER, &der);

    if (!code)
        code = gnutls_x509_crq_set_attribute_by_oid(making->crq, "1.3.6.1.4.1.311.13.1", der.data,
                                                    der.size);
    gnutls_free(der.data);
    return code ? fail_memory(why) : OUTCOME_OK;
}

/* GnuTLS verifies what it has read alone. */
static int verify(const gnutls_datum_t *bytes, gnutls_x509_crt_t signer)
{
    gnutls_pkcs7_t pkcs7;
    int code = gnutls_pkcs7_init(&pkcs7);

    if (code)
        return code;
    if (!(code = gnutls_pkcs7_import(pkcs7, bytes, GNUTLS_X509_FMT_PEM)))
        code = gnutls_pkcs7_verify_direct(pkcs7, signer, 0, NULL, 0);
    gnutls_pkcs7_deinit(pkcs7);
    return code;
}

static enum outcome wrap(const struct making *making, const struct csr_renewal *renewal,
                         gnutls_privkey_t key, gnutls_datum_t *bytes, struct why *why)
{
    gnutls_datum_t request = { 0 };
    gnutls_pkcs7_t pkcs7;

    if (gnutls_x509_crq_export2(making->crq, GNUTLS_X509_FMT_DER, &request))
        return fail_memory(why);
    int code = gnutls_pkcs7_init(&pkcs7);
    if (!code) {
        code = gnutls_pkcs7_sign(pkcs7, renewal->certificate, key, &request, NULL, NULL,
                                 GNUTLS_DIG_SHA256,
                                 GNUTLS_PKCS7_EMBED_DATA | GNUTLS_PKCS7_INCLUDE_CERT);
        if (!code)
            code = gnutls_pkcs7_export2(pkcs7, GNUTLS_X509_FMT_PEM, bytes);
        gnutls_pkcs7_deinit(pkcs7);
    }
    gnutls_free(request.data);
    return code
               ? fail(why, REASON_TOKEN_FAILED, "signing by the old key: %s", gnutls_strerror(code))
               : OUTCOME_OK;
}

static enum outcome old_key(const char *url, gnutls_privkey_t *key, struct why *why)
{
    if (gnutls_privkey_init(key))
        return fail_memory(why);
    if (!gnutls_privkey_import_url(*key, url, 0))
        return OUTCOME_OK;
    gnutls_privkey_deinit(*key);
    return fail(why, REASON_NO_KEY, "the old key is not shown");
}

enum outcome csr_renew_signed(const struct token *token, const struct csr_renewal *renewal,
                              struct text **pem, struct why *why)
{
    __attribute__((cleanup(making_end))) struct making making = { 0 };
    gnutls_datum_t bytes = { 0 };
    gnutls_privkey_t key;
    enum outcome out;
    int code;

    if ((out = begin(token, &renewal->key, &making, why)) ||
        (out = copy(&making, renewal->certificate, why)) ||
        (out = name_template(&making, renewal->template, why)) ||
        (out = add_old(&making, renewal->certificate, why)) || (out = sign(&making, why)) ||
        (out = old_key(renewal->old, &key, why)))
        return out;
    out = wrap(&making, renewal, key, &bytes, why);
    gnutls_privkey_deinit(key);
    if (!out && (code = verify(&bytes, renewal->certificate))) {
        gnutls_free(bytes.data);
        return fail(why, REASON_TOKEN_FAILED, "signing by the old key: %s", gnutls_strerror(code));
    }
    return out ? out : take_pem(&bytes, pem, why);
}
