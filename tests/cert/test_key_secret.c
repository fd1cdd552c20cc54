/* SPDX-License-Identifier: MIT
 *
 * Each way to get a private key out of a token (ways.h) is tried with a key that is exportable,
 * too: there it must succeed, or nothing would be shown.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cert/home.h"
#include "cert/key_find.h"
#include "cert/ways.h"

static struct why why;

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
