/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cert/ca.h"
#include "cert/card.h"
#include "cert/home.h"
#include "cert/plant.h"

static struct why why;

static void uris(void **state)
{
    static const struct {
        const char *uri, *token; /* NULL: refused */
    } rows[] = {
        { "pkcs11:token=card;id=%01", "pkcs11:token=card" },
        { "pkcs11:object=a;type=cert;token=card;serial=1", "pkcs11:serial=1;token=card" },
        { "pkcs11:id=%01", "pkcs11:" },
        { "pkcs11:id=%01?module-name=opensc", "pkcs11:" },
        { "pkcs11:token=card", NULL },
        { "pkcs11:token=card;id=%01;type=private", NULL },
        { "pkcs11:token=card;id=%01?pin-value=1234", NULL },
        { "pkcs11:token=card;id=%01?pin-source=/etc/pin", NULL },
        { "pkcs11:token=card;id=%01;what=ever", NULL },
        { "pkcs11:token=card;id=%01;slot-id=1", NULL },
        { "pkcs11:token=card;id=%0", NULL },
        { "pkcs11:id=%01?module-path=module.so", NULL },
        { "pkcs11:id=%01?module-path=/nonexistent/module.so", NULL },
        { "pkcs11:id=%01?module-path=/tmp", NULL },
        { "card", NULL },
        { "", NULL },
    };
    char token[TOKEN_URI], longer[300] = "pkcs11:id=%01;token=";

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum outcome out = card_uri_check(rows[i].uri, token, &why);
        if ((out == OUTCOME_OK) != (rows[i].token != NULL))
            fail_msg("%s: %s", rows[i].uri, out ? why.text : "taken");
        if (out)
            assert_int_equal(why.reason, REASON_BAD_SETTING);
        else if (!strstr(rows[i].uri, "module"))
            assert_string_equal(token, rows[i].token);
        assert_null(strstr(out ? why.text : "", "1234"));
    }
    memset(longer + strlen(longer), 'a', 250);
    test_reason(card_uri_check(longer, token, &why), &why, REASON_BAD_SETTING, "255 characters");
}

/* One that everybody may write, even root's: whoever puts a library there would become part of us.
 */
static void modules(void **state)
{
    static const char library[] = "/usr/lib/softhsm/libsofthsm2.so";
    char token[TOKEN_URI], uri[TOKEN_URI], path[TOKEN_URI];

    (void)state;
    (void)snprintf(uri, sizeof uri, "pkcs11:id=%%01?module-path=%s", library);
    assert_int_equal(card_uri_check(uri, token, &why), OUTCOME_OK);
    assert_int_equal(token_module(token, path), true);
    assert_string_equal(path, library);
    test_write("module.so", "", 0);
    (void)snprintf(path, sizeof path, "%s/module.so", test_folder());
    assert_int_equal(chmod(path, 0666), 0);
    (void)snprintf(uri, sizeof uri, "pkcs11:id=%%01?module-path=%s", path);
    test_reason(card_uri_check(uri, token, &why), &why, REASON_BAD_SETTING, "module-path");
}

/* A token with a key of ours, and certificates that anybody could have put there. */
struct world {
    struct secret *pin;
    char uri[TOKEN_URI];
    int folder;
    struct token *token;
    struct key_id id;
    struct ca issuer;
    gnutls_x509_crt_t certificate;
};

static void world_begin(struct world *world)
{
    gnutls_pubkey_t key;

    *world = (struct world){ .issuer = ca_make("Issuing", NULL) };
    world->folder = home_with_token(&world->pin, world->uri);
    world->token = home_open(world->folder, world->uri, world->pin);
    home_key(world->token, CERT_KEY_P256, false, "wifi", &world->id);
    assert_int_equal(key_public(world->token, &world->id, &key, &why), OUTCOME_OK);
    world->certificate = ca_issue(
        &world->issuer, key,
        &(struct ca_wish){ .dn = "CN=Alice", .upn = "alice@corp.example", .mail = "a@b.example" });
    gnutls_pubkey_deinit(key);
    if (plant(world->token, world->certificate, "one", true, &why) ||
        plant(world->token, world->certificate, "two", true, &why) ||
        plant(world->token, world->certificate, "two", false, &why))
        fail_msg("%s", why.text);
}

static void world_end(struct world *world)
{
    gnutls_x509_crt_deinit(world->certificate);
    ca_free(&world->issuer);
    token_close(&world->token);
    secret_free(&world->pin);
    fd_close(&world->folder);
}

static enum outcome find(const struct world *world, const char *uri, struct card *card)
{
    *card = (struct card){ .slot = 0 };
    return card_find(uri, world->folder, &nobody, card, &why);
}

static void found(void **state)
{
    char identity[TOKEN_URI + 256], upn[CARD_NAME], wanted[64];
    struct world world;
    card_auto card = { .slot = 0 };
    struct card other;

    (void)state;
    world_begin(&world);
    if (find(&world, "pkcs11:token=Chatelaine;object=one", &card))
        fail_msg("%s", why.text);
    assert_string_equal(card.label, "Chatelaine");
    assert_true(card.needs_pin);
    assert_false(card.has_pinpad);
    assert_true(gnutls_x509_crt_equals(card.certificate, world.certificate));
    assert_true(card.end > card.begin);
    card_upn(&card, upn);
    assert_string_equal(upn, "alice@corp.example");
    assert_int_equal(card_identity(&card, identity, sizeof identity, &why), OUTCOME_OK);
    (void)snprintf(wanted, sizeof wanted, ":slotid=%lu:certid=%02x", card.slot, card.id[0]);
    assert_non_null(strstr(identity, wanted));
    (void)strcpy(card.module, "/usr/lib/a:b.so");
    test_reason(card_identity(&card, identity, sizeof identity, &why), &why, REASON_BAD_SETTING,
                "path");
    test_reason(find(&world, "pkcs11:token=Chatelaine;object=none", &other), &why,
                REASON_CERTIFICATE_ABSENT, "Chatelaine");
    card_free(&other);
    test_reason(find(&world, "pkcs11:token=Chatelaine;object=two", &other), &why,
                REASON_CERTIFICATE_AMBIGUOUS, "several");
    card_free(&other);
    test_reason(find(&world, "pkcs11:token=nobody;object=one", &other), &why, REASON_TOKEN_MISSING,
                "nobody");
    card_free(&other);
    world_end(&world);
}

/* How often a token was logged in to. */
static long logins(void)
{
    struct stat st;

    return stat(getenv("FAKE_TOKEN_LOGINS"), &st) ? 0 : (long)st.st_size;
}

static void through(struct card *card, const char *does)
{
    (void)home_fake(does);
    (void)snprintf(card->module, sizeof card->module, "%s", getenv("FAKE_TOKEN"));
}

static void tried(void **state)
{
    secret_auto *wrong = home_secret("000000");
    char path[256];
    struct world world;
    card_auto card = { .slot = 0 };

    (void)state;
    (void)snprintf(path, sizeof path, "%s/logins", test_folder());
    assert_int_equal(setenv("FAKE_TOKEN_LOGINS", path, 1), 0);
    world_begin(&world);
    token_close(&world.token);
    if (find(&world, "pkcs11:token=Chatelaine;object=one", &card))
        fail_msg("%s", why.text);
    through(&card, "nothing");
    test_reason(card_try(&card, wrong, &why), &why, REASON_WRONG_PIN, "Chatelaine");
    assert_int_equal(logins(), 1);
    test_reason(card_try(&card, world.pin, &why), &why, REASON_CERTIFICATE_ABSENT, "key");
    assert_int_equal(logins(), 2);
    memcpy(card.id, world.id.bytes, sizeof world.id.bytes);
    card.id_size = sizeof world.id.bytes;
    assert_int_equal(card_try(&card, world.pin, &why), OUTCOME_OK);
    assert_int_equal(logins(), 3);
    through(&card, "another");
    test_reason(card_try(&card, world.pin, &why), &why, REASON_TOKEN_MISSING, "another one");
    assert_int_equal(logins(), 3);
    world_end(&world);
}

static void tries(void **state)
{
    static const struct {
        const char *does;
        enum card_tries tries;
    } rows[] = { { "nothing", CARD_TRIES_GOOD },
                 { "low", CARD_TRIES_LOW },
                 { "last-try", CARD_TRIES_LAST },
                 { "locked", CARD_TRIES_NONE } };
    enum card_tries told;
    struct world world;
    card_auto card = { .slot = 0 };

    (void)state;
    world_begin(&world);
    token_close(&world.token);
    if (find(&world, "pkcs11:token=Chatelaine;object=one", &card))
        fail_msg("%s", why.text);
    for (size_t i = 0; i < COUNT(rows); i++) {
        through(&card, rows[i].does);
        assert_int_equal(card_tries(&card, &told, &why), OUTCOME_OK);
        assert_int_equal(told, rows[i].tries);
    }
    world_end(&world);
}

static void chains(void **state)
{
    struct world world;
    card_auto card = { .slot = 0 };
    struct ca other = ca_make("Other", NULL);
    gnutls_datum_t pem;

    (void)state;
    world_begin(&world);
    if (find(&world, "pkcs11:token=Chatelaine;object=one", &card))
        fail_msg("%s", why.text);
    assert_int_equal(gnutls_x509_crt_export2(other.crt, GNUTLS_X509_FMT_PEM, &pem), 0);
    test_write("other.pem", (char *)pem.data, pem.size);
    gnutls_free(pem.data);
    assert_int_equal(gnutls_x509_crt_export2(world.issuer.crt, GNUTLS_X509_FMT_PEM, &pem), 0);
    test_write("issuer.pem", (char *)pem.data, pem.size);
    gnutls_free(pem.data);
    assert_int_equal(card_chain(&card, "issuer.pem", &why), OUTCOME_OK);
    test_reason(card_chain(&card, "other.pem", &why), &why, REASON_BAD_SETTING, "other.pem");
    test_reason(card_chain(&card, "none.pem", &why), &why, REASON_BAD_SETTING, "none.pem");
    ca_free(&other);
    world_end(&world);
}

FACTS(FACT(uris,
           "card_uri_check: of one certificate, without a PIN, and nothing that is not known"),
      FACT(modules, "card_uri_check: a library is root's, or is not loaded"),
      FACT(found, "card_find: exactly one, with what libkrb5 is to be told"),
      FACT(tried, "card_try: one try, by the same token, and the key must be there"),
      FACT(tries, "card_tries: as the token tells"),
      FACT(chains, "card_chain: authorities that libkrb5 would not find are told before"))
