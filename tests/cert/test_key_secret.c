/* SPDX-License-Identifier: MIT
 *
 * Every way that PKCS#11 knows to get a private key out of a token, each tried with a key that is
 * exportable too: there it must succeed, or nothing would be shown.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cert/home.h"
#include "cert/key_find.h"

enum { VALUE_MOST = 4096 };

static struct why why;

struct way {
    const char *name;
    bool (*gets_out)(const struct token *token, CK_OBJECT_HANDLE key);
};

static bool read_values(const struct token *token, CK_OBJECT_HANDLE key)
{
    static const CK_ATTRIBUTE_TYPE secrets[] = { CKA_VALUE,      CKA_PRIVATE_EXPONENT,
                                                 CKA_PRIME_1,    CKA_PRIME_2,
                                                 CKA_EXPONENT_1, CKA_EXPONENT_2,
                                                 CKA_COEFFICIENT };
    unsigned char value[VALUE_MOST];

    for (size_t i = 0; i < COUNT(secrets); i++) {
        CK_ATTRIBUTE wanted = { secrets[i], value, sizeof value };
        if (!token->module->C_GetAttributeValue(token->session, key, &wanted, 1) &&
            wanted.ulValueLen && wanted.ulValueLen != CK_UNAVAILABLE_INFORMATION)
            return true;
    }
    return false;
}

static bool set_attributes(const struct token *token, CK_OBJECT_HANDLE key)
{
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ATTRIBUTE wishes[] = { ATTRIBUTE(CKA_EXTRACTABLE, &yes, sizeof yes),
                              ATTRIBUTE(CKA_SENSITIVE, &no, sizeof no) };

    for (size_t i = 0; i < COUNT(wishes); i++)
        (void)token->module->C_SetAttributeValue(token->session, key, &wishes[i], 1);
    return read_values(token, key);
}

static bool copy_with(const struct token *token, CK_OBJECT_HANDLE key, CK_ATTRIBUTE *wishes,
                      CK_ULONG count)
{
    CK_OBJECT_HANDLE copy;

    return !token->module->C_CopyObject(token->session, key, wishes, count, &copy) &&
           set_attributes(token, copy);
}

static bool copy(const struct token *token, CK_OBJECT_HANDLE key)
{
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ATTRIBUTE wishes[] = { ATTRIBUTE(CKA_TOKEN, &no, sizeof no),
                              ATTRIBUTE(CKA_EXTRACTABLE, &yes, sizeof yes),
                              ATTRIBUTE(CKA_SENSITIVE, &no, sizeof no),
                              ATTRIBUTE(CKA_PRIVATE, &no, sizeof no) };
    bool out = false;

    for (CK_ULONG count = 0; count <= COUNT(wishes); count++)
        out = copy_with(token, key, wishes, count) || out;
    return out;
}

static bool wrap_with(const struct token *token, CK_OBJECT_HANDLE key, CK_OBJECT_HANDLE by,
                      CK_MECHANISM_TYPE type)
{
    unsigned char bytes[VALUE_MOST];
    CK_ULONG size = sizeof bytes;
    CK_MECHANISM how = { type, NULL, 0 };

    return !token->module->C_WrapKey(token->session, &how, by, key, bytes, &size) && size;
}

/* By a key whose value we know. */
static bool wrap(const struct token *token, CK_OBJECT_HANDLE key)
{
    static const CK_MECHANISM_TYPE ways[] = { CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_PAD, CKM_AES_ECB,
                                              CKM_AES_CBC_PAD };
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    CK_BBOOL yes = CK_TRUE;
    CK_OBJECT_HANDLE by;
    CK_ATTRIBUTE known[] = { ATTRIBUTE(CKA_CLASS, &class, sizeof class),
                             ATTRIBUTE(CKA_KEY_TYPE, &type, sizeof type),
                             ATTRIBUTE(CKA_VALUE, "0123456789abcdef0123456789abcdef", 32),
                             ATTRIBUTE(CKA_WRAP, &yes, sizeof yes),
                             ATTRIBUTE(CKA_ENCRYPT, &yes, sizeof yes) };
    bool out = false;

    assert_int_equal(token->module->C_CreateObject(token->session, known, COUNT(known), &by), 0);
    for (size_t i = 0; i < COUNT(ways); i++)
        out = wrap_with(token, key, by, ways[i]) || out;
    return out;
}

static const struct way ways[] = { { "its numbers are read", read_values },
                                   { "it is made extractable", set_attributes },
                                   { "a copy is made extractable", copy },
                                   { "it is wrapped by a known key", wrap } };

static CK_OBJECT_HANDLE private_of(const struct token *token, const struct key_id *id)
{
    objects_auto objects = { .count = 0 };

    assert_int_equal(key_find(token, CKO_PRIVATE_KEY, id, &objects, &why), OUTCOME_OK);
    assert_int_equal(objects.count, 1);
    return objects.all[0];
}

static void try_all(bool exportable)
{
    static const enum cert_key kinds[] = { CERT_KEY_RSA_2048, CERT_KEY_P256, CERT_KEY_P384 };

    for (size_t kind = 0; kind < COUNT(kinds); kind++) {
        secret_auto *pin = NULL;
        char uri[TOKEN_URI];
        fd_auto folder = home_with_token(&pin, uri);
        token_auto *token = home_open(folder, uri, pin);
        for (size_t i = 0; i < COUNT(ways); i++) {
            struct key_id id;
            home_key(token, kinds[kind], exportable, "wifi", &id);
            if (ways[i].gets_out(token, private_of(token, &id)) != exportable)
                fail_msg("%s: %s", cert_key_name(kinds[kind]), ways[i].name);
        }
    }
}

static void never(void **state)
{
    (void)state;
    try_all(false);
}

static void control(void **state)
{
    (void)state;
    try_all(true);
}

static void signs_only(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    static const CK_ATTRIBUTE_TYPE uses[] = { CKA_DECRYPT, CKA_UNWRAP, CKA_SIGN_RECOVER,
                                              CKA_DERIVE };
    static const enum cert_key kinds[] = { CERT_KEY_RSA_2048, CERT_KEY_P256 };
    CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };
    CK_BBOOL may;
    size_t size;

    (void)state;
    for (size_t kind = 0; kind < COUNT(kinds); kind++) {
        struct key_id id;
        home_key(token, kinds[kind], false, "wifi", &id);
        CK_OBJECT_HANDLE key = private_of(token, &id);
        for (size_t i = 0; i < COUNT(uses); i++) {
            assert_int_equal(object_get(token, key, uses[i], &may, 1, &size, &why), OUTCOME_OK);
            assert_true(size == 1 && !may);
        }
        assert_int_not_equal(token->module->C_DecryptInit(token->session, &rsa, key), CKR_OK);
    }
}

/* Without the PIN nobody sees that there is one. */
static void hidden(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    struct key_id id;
    objects_auto objects = { .count = 0 };

    (void)state;
    home_key(token, CERT_KEY_P256, false, "wifi", &id);
    token_close(&token);
    token = home_open(folder, uri, NULL);
    assert_int_equal(key_find(token, CKO_PRIVATE_KEY, NULL, &objects, &why), OUTCOME_OK);
    assert_int_equal(objects.count, 0);
    assert_int_equal(key_find(token, CKO_PUBLIC_KEY, NULL, &objects, &why), OUTCOME_OK);
    assert_int_equal(objects.count, 1);
}

FACTS(FACT(never, "a private key: read, set, copied or wrapped, it does not leave its token"),
      FACT(control, "an exportable key: read, set, copied or wrapped, it does"),
      FACT(signs_only, "a private key: it signs, and decrypts nothing"),
      FACT(hidden, "a private key: without the PIN nobody sees it"))
