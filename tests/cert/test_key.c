/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cert/home.h"
#include "cert/object.h"

static struct why why;

static void ids(void **state)
{
    struct key_id id, back;
    char text[KEY_ID_TEXT];

    (void)state;
    assert_int_equal(key_new_id(&id, &why), OUTCOME_OK);
    key_id_text(&id, text);
    assert_true(key_id_parse(text, &back));
    assert_memory_equal(&id, &back, sizeof id);
    assert_false(key_id_parse("", &back));
    assert_false(key_id_parse("0123456789abcdef0123456789ABCDEF", &back));
    assert_false(key_id_parse("0123456789abcdef0123456789abcdef0", &back));
}

static void kinds(void **state)
{
    static const struct {
        const char *name;
        unsigned bits, algorithm;
    } all[] = { { "rsa-2048", 2048, GNUTLS_PK_RSA },
                { "rsa-3072", 3072, GNUTLS_PK_RSA },
                { "rsa-4096", 4096, GNUTLS_PK_RSA },
                { "p-256", 256, GNUTLS_PK_ECDSA },
                { "p-384", 384, GNUTLS_PK_ECDSA } };
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);

    (void)state;
    for (size_t i = 0; i < COUNT(all); i++) {
        enum cert_key kind;
        gnutls_pubkey_t public;
        struct key_id id;
        unsigned bits = 0;
        assert_true(cert_key_parse(all[i].name, &kind));
        assert_string_equal(cert_key_name(kind), all[i].name);
        home_key(token, kind, false, "wifi", &id);
        assert_non_null(strstr(home_step, all[i].name));
        assert_int_equal(key_public(token, &id, &public, &why), OUTCOME_OK);
        assert_int_equal(gnutls_pubkey_get_pk_algorithm(public, &bits), all[i].algorithm);
        assert_int_equal(bits, all[i].bits);
        gnutls_pubkey_deinit(public);
        assert_int_equal(home_look(token, &id), KEY_WHOLE);
    }
    enum cert_key kind;
    assert_false(cert_key_parse("rsa-1024", &kind));
}

static bool attribute(const struct token *token, const struct key_id *id, CK_ATTRIBUTE_TYPE type)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    const CK_ATTRIBUTE match[] = { ATTRIBUTE(CKA_CLASS, &class, sizeof class),
                                   ATTRIBUTE(CKA_ID, id->bytes, KEY_ID) };
    objects_auto objects = { .count = 0 };
    CK_BBOOL value = 2;
    size_t size = 0;

    assert_int_equal(objects_find(token, match, 2, &objects, &why), OUTCOME_OK);
    assert_int_equal(objects.count, 1);
    assert_int_equal(object_get(token, objects.all[0], type, &value, 1, &size, &why), OUTCOME_OK);
    assert_true(size == 1 && value < 2);
    return value;
}

static void template(void **state)
{
    static const CK_ATTRIBUTE_TYPE yes[] = {
        CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE, CKA_SIGN
    };
    static const CK_ATTRIBUTE_TYPE exportable[] = { CKA_TOKEN, CKA_PRIVATE, CKA_EXTRACTABLE,
                                                    CKA_SIGN };
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    struct key_id id;

    (void)state;
    home_key(token, CERT_KEY_P256, false, "wifi", &id);
    for (size_t i = 0; i < COUNT(yes); i++)
        assert_true(attribute(token, &id, yes[i]));
    assert_false(attribute(token, &id, CKA_EXTRACTABLE));
    home_key(token, CERT_KEY_P256, true, "mail", &id);
    for (size_t i = 0; i < COUNT(exportable); i++)
        assert_true(attribute(token, &id, exportable[i]));
    assert_false(attribute(token, &id, CKA_SENSITIVE));
    assert_false(attribute(token, &id, CKA_NEVER_EXTRACTABLE));
}

static void refused(void **state)
{
    static const struct {
        const char *does;
        enum reason reason;
    } cases[] = { { "full", REASON_TOKEN_FULL },
                  { "gone", REASON_TOKEN_MISSING },
                  { "cannot-export", REASON_TOKEN_CANNOT },
                  { "half", REASON_TOKEN_FAILED } };
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        token_auto *token = home_open(folder, home_fake(cases[i].does), pin);
        struct key_request request = { .kind = CERT_KEY_P256, .exportable = true, .name = "x" };
        assert_int_equal(key_new_id(&request.id, &why), OUTCOME_OK);
        test_reason(key_make(token, &request, &nobody, &why), &why, cases[i].reason,
                    "making a key");
        assert_int_equal(home_count(token), 0);
    }
}

static void not_twice(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    struct key_request request = { .kind = CERT_KEY_P256, .name = "x" };

    (void)state;
    home_key(token, CERT_KEY_P256, false, "wifi", &request.id);
    test_reason(key_make(token, &request, &nobody, &why), &why, REASON_BROKEN, "already");
    assert_int_equal(home_look(token, &request.id), KEY_WHOLE);
    request.name = "a\nb";
    test_reason(key_make(token, &request, &nobody, &why), &why, REASON_BAD_SETTING, "clean");
    token_auto *open = home_open(folder, uri, NULL);
    request.name = "x";
    test_reason(key_make(open, &request, &nobody, &why), &why, REASON_BROKEN, "without a PIN");
}

static void cancelled(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, home_fake("slow"), pin);
    struct key_request request = { .kind = CERT_KEY_P256, .name = "x" };

    (void)state;
    assert_int_equal(key_new_id(&request.id, &why), OUTCOME_OK);
    test_reason(key_make(token, &request, &impatient, &why), &why, REASON_CANCELLED, "person");
    assert_int_equal(home_count(token), 0);
    home_key(token, CERT_KEY_P256, false, "wifi", &request.id); /* it goes on being of use */
}

/* What a kill leaves: each half in turn. */
static void swept(void **state)
{
    static const CK_OBJECT_CLASS classes[] = { CKO_PUBLIC_KEY, CKO_PRIVATE_KEY };
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    struct key_id whole, half;

    (void)state;
    home_key(token, CERT_KEY_P256, false, "wifi", &whole);
    for (size_t i = 0; i < 2; i++) {
        home_key(token, CERT_KEY_P256, false, "wifi", &half);
        const CK_ATTRIBUTE match[] = { ATTRIBUTE(CKA_ID, half.bytes, KEY_ID),
                                       ATTRIBUTE(CKA_CLASS, &classes[i], sizeof classes[i]) };
        assert_int_equal(objects_remove(token, match, 2, &why), OUTCOME_OK);
        assert_int_equal(home_look(token, &half), KEY_HALF);
        assert_int_equal(key_sweep(token, &nobody, &why), OUTCOME_OK);
        assert_int_equal(home_look(token, &half), KEY_ABSENT);
        assert_int_equal(home_look(token, &whole), KEY_WHOLE);
    }
}

/* A key of another program, which has one of our ids even. */
static void others(void **state)
{
    CK_BBOOL yes = CK_TRUE;
    CK_OBJECT_CLASS data = CKO_DATA;
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    struct key_id id;

    (void)state;
    home_key(token, CERT_KEY_P256, false, "wifi", &id);
    CK_OBJECT_CLASS certificate = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE x509 = CKC_X_509;
    const CK_ATTRIBUTE foreign[] = { ATTRIBUTE(CKA_CLASS, &certificate, sizeof certificate),
                                     ATTRIBUTE(CKA_CERTIFICATE_TYPE, &x509, sizeof x509),
                                     ATTRIBUTE(CKA_TOKEN, &yes, sizeof yes),
                                     ATTRIBUTE(CKA_ID, id.bytes, KEY_ID),
                                     ATTRIBUTE(CKA_LABEL, "Chatelaines", 11),
                                     ATTRIBUTE(CKA_SUBJECT, "x", 1),
                                     ATTRIBUTE(CKA_VALUE, "x", 1) };
    const CK_ATTRIBUTE no_label[] = { ATTRIBUTE(CKA_CLASS, &data, sizeof data),
                                      ATTRIBUTE(CKA_TOKEN, &yes, sizeof yes) };
    assert_int_equal(object_make(token, foreign, COUNT(foreign), &why), OUTCOME_OK);
    assert_int_equal(object_make(token, no_label, COUNT(no_label), &why), OUTCOME_OK);
    assert_int_equal(home_count(token), 4);
    assert_int_equal(key_sweep(token, &nobody, &why), OUTCOME_OK);
    assert_int_equal(home_count(token), 4);
    assert_int_equal(key_remove(token, &id, &why), OUTCOME_OK);
    assert_int_equal(home_count(token), 2);
    assert_int_equal(home_look(token, &id), KEY_ABSENT);
}

FACTS(FACT(ids, "key_id_parse: what key_id_text wrote, and nothing else"),
      FACT(kinds, "key_make: RSA of 2048, 3072 and 4096 bits, P-256 and P-384"),
      FACT(template, "key_make: sensitive and not extractable by our template, unless exportable"),
      FACT(refused, "key_make: full, gone, unable, half: each its reason, and nothing is left"),
      FACT(not_twice, "key_make: a whole key is never replaced, a name must be clean"),
      FACT(cancelled, "key_make: cancelled, it leaves nothing of the key"),
      FACT(swept, "key_sweep: either half goes, whole keys stay"),
      FACT(others, "key_remove, key_sweep: what is not ours stays, whatever its id"))
