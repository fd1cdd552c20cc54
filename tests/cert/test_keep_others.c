/* SPDX-License-Identifier: MIT
 *
 * What else is in the token, of programs that know no PIN, and a token that does not tell all.
 */
#include "test.h"

#include <string.h>
#include <time.h>

#include "base/file.h"
#include "cert/ca.h"
#include "cert/home.h"
#include "cert/keep.h"
#include "cert/key_find.h"
#include "cert/plant.h"

static struct why why;

static void huge_id(void **state)
{
    static unsigned char curve[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 }, point[67];
    static unsigned char large[60000];
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_OBJECT_CLASS public = CKO_PUBLIC_KEY;
    CK_KEY_TYPE ec = CKK_EC;
    const CK_ATTRIBUTE key[] = {
        ATTRIBUTE(CKA_CLASS, &public, sizeof public),  ATTRIBUTE(CKA_KEY_TYPE, &ec, sizeof ec),
        ATTRIBUTE(CKA_TOKEN, &yes, sizeof yes),        ATTRIBUTE(CKA_PRIVATE, &no, sizeof no),
        ATTRIBUTE(CKA_EC_PARAMS, curve, sizeof curve), ATTRIBUTE(CKA_EC_POINT, point, sizeof point),
        ATTRIBUTE(CKA_LABEL, "Chatelaine: wifi", 16),  ATTRIBUTE(CKA_ID, large, sizeof large)
    };
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    struct key_id id;

    (void)state;
    home_key(token, CERT_KEY_P256, false, "wifi", &id);
    assert_int_equal(object_make(token, key, COUNT(key), &why), OUTCOME_OK);
    if (key_sweep(token, &nobody, &why))
        fail_msg("%s", why.text);
    assert_int_equal(home_look(token, &id), KEY_WHOLE);
}

/* It may be busy with something else. */
static void unread(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    struct key_id id;
    enum key_state whole;

    (void)state;
    home_key(token, CERT_KEY_P256, false, "wifi", &id);
    token_close(&token);
    token = home_open(folder, home_fake("reads-no-numbers"), pin);
    test_reason(key_sweep(token, &nobody, &why), &why, REASON_TOKEN_FAILED, "reading");
    test_reason(key_look(token, &id, &whole, &why), &why, REASON_TOKEN_FAILED, "");
    token_close(&token);
    token = home_open(folder, uri, pin);
    assert_int_equal(home_look(token, &id), KEY_WHOLE);
}

/* A certificate of another program. */
static void put(const struct token *token, const struct ca *ca, const char *label, bool with_key)
{
    assert_int_equal(plant(token, ca->crt, label, with_key, &why), OUTCOME_OK);
}

static void is_alone(const struct token *token, const struct key_id *id)
{
    kept_list_auto list = { .count = 0 };

    assert_int_equal(keep_list(token, &list, &why), OUTCOME_OK);
    assert_int_equal(list.count, 1);
    assert_memory_equal(&list.all[0].id, id, sizeof *id);
}

static void planted(void **state)
{
    const struct ca_wish wish = { .upn = "alice@corp.example", .begin = -9, .end = 100 };
    struct ca issuing = ca_make("Issuing", NULL), newest = ca_make("Newest", NULL);
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, uri, pin);
    chain_auto chain = { .count = 0 };
    gnutls_pubkey_t key;
    struct key_id id;

    (void)state;
    home_key(token, CERT_KEY_P256, false, "wifi", &id);
    assert_int_equal(key_public(token, &id, &key, &why), OUTCOME_OK);
    chain.all[chain.count++] = ca_issue(&issuing, key, &wish);
    gnutls_pubkey_deinit(key);
    assert_int_equal(keep_chain(token, &id, "wifi", &chain, &nobody, &why), OUTCOME_OK);
    put(token, &newest, "Chatelaine: wifi", false);
    put(token, &newest, "Chatelaine: ", true);
    put(token, &newest, "Chatelaine: \x1b[2J", true);
    put(token, &newest, "Other: wifi", true);
    is_alone(token, &id);
    put(token, &newest, "Chatelaine: wifi", true);
    put(token, &newest, "Chatelaine: wifi", true);
    assert_int_equal(keep_prune(token, "wifi", 1, NULL, &nobody, &why), OUTCOME_OK);
    is_alone(token, &id);
    assert_int_equal(home_look(token, &id), KEY_WHOLE);
    ca_free(&newest);
    ca_free(&issuing);
}

FACTS(FACT(huge_id, "key_sweep: another program's object with a huge id is passed over"),
      FACT(unread, "key_sweep: a token that does not tell all loses no key"),
      FACT(planted, "keep_list, keep_prune: what other programs put there takes no place of ours"))
