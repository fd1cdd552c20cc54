/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cert/ca.h"
#include "cert/csr.h"
#include "cert/home.h"
#include "cert/keep.h"
#include "cert/object.h"
#include "cert/receipt.h"

static const char dn[] = "CN=Alice Example,OU=Staff,DC=corp,DC=example";
static const struct cert_person alice = { dn, "alice@corp.example", "alice.example@corp.example",
                                          "S-1-5-21-1-2-3-1105" };
static struct why why;

/* A token with a key in it. */
struct world {
    struct secret *pin;
    char uri[TOKEN_URI];
    int folder;
    struct token *token;
    struct key_id id;
};

static void world_end(struct world *world)
{
    token_close(&world->token);
    secret_free(&world->pin);
    fd_close(&world->folder);
}

#define world_auto __attribute__((cleanup(world_end))) struct world

static void world_begin(struct world *world, enum cert_key kind)
{
    world->pin = NULL;
    world->folder = home_with_token(&world->pin, world->uri);
    world->token = home_open(world->folder, world->uri, world->pin);
    home_key(world->token, kind, false, "wifi", &world->id);
}

static size_t objects(const struct token *token)
{
    objects_auto all = { .count = 0 };

    assert_int_equal(objects_find(token, NULL, 0, &all, &why), OUTCOME_OK);
    return all.count;
}

static void signing(void **state)
{
    static const enum cert_key kinds[] = { CERT_KEY_RSA_2048, CERT_KEY_RSA_3072, CERT_KEY_P256,
                                           CERT_KEY_P384 };

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        world_auto world = { .folder = -1 };
        text_auto *pem = NULL;
        world_begin(&world, kinds[i]);
        if (csr_make(world.token, &world.id, &alice, NULL, &pem, &why))
            fail_msg("%s: %s", cert_key_name(kinds[i]), why.text);
        gnutls_datum_t text = { (unsigned char *)text_peek(pem), (unsigned)text_length(pem) };
        gnutls_x509_crq_t crq;
        assert_int_equal(gnutls_x509_crq_init(&crq), 0);
        assert_int_equal(gnutls_x509_crq_import(crq, &text, GNUTLS_X509_FMT_PEM), 0);
        assert_int_equal(gnutls_x509_crq_verify(crq, 0), 0);
        assert_int_equal(gnutls_x509_crq_get_version(crq), 1);
        int by = gnutls_x509_crq_get_signature_algorithm(crq);
        assert_int_equal(gnutls_sign_get_hash_algorithm((gnutls_sign_algorithm_t)by),
                         kinds[i] == CERT_KEY_P384 ? GNUTLS_DIG_SHA384 : GNUTLS_DIG_SHA256);
        gnutls_x509_crq_deinit(crq);
    }
}

static void names(void **state)
{
    world_auto world = { .folder = -1 };
    text_auto *pem = NULL;
    char text[256];
    size_t size = sizeof text;
    gnutls_datum_t subject = { 0 };
    gnutls_x509_crq_t crq;
    unsigned type = 0;

    (void)state;
    world_begin(&world, CERT_KEY_P256);
    assert_int_equal(csr_make(world.token, &world.id, &alice, NULL, &pem, &why), OUTCOME_OK);
    gnutls_datum_t bytes = { (unsigned char *)text_peek(pem), (unsigned)text_length(pem) };
    assert_int_equal(gnutls_x509_crq_init(&crq), 0);
    assert_int_equal(gnutls_x509_crq_import(crq, &bytes, GNUTLS_X509_FMT_PEM), 0);
    assert_int_equal(gnutls_x509_crq_get_dn3(crq, &subject, 0), 0);
    assert_string_equal((char *)subject.data, dn);
    gnutls_free(subject.data);
    assert_true(gnutls_x509_crq_get_subject_alt_othername_oid(crq, 0, text, &size) >= 0);
    assert_string_equal(text, CERT_UPN_OID);
    size = sizeof text;
    assert_int_equal(gnutls_x509_crq_get_subject_alt_name(crq, 0, text, &size, &type, NULL),
                     GNUTLS_SAN_OTHERNAME);
    assert_non_null(memmem(text, size, alice.upn, strlen(alice.upn)));
    size = sizeof text;
    assert_int_equal(gnutls_x509_crq_get_subject_alt_name(crq, 1, text, &size, &type, NULL),
                     GNUTLS_SAN_RFC822NAME);
    assert_memory_equal(text, alice.mail, strlen(alice.mail));
    gnutls_x509_crq_deinit(crq);
}

static void odd_names(void **state)
{
    const struct cert_person bad[] = {
        { .upn = "a\nb" }, { .dn = "CN=\x80", .upn = "a" }, { 0 }, { .dn = "no dn" }
    };
    const struct cert_person fine[] = {
        { .dn = "CN=M\xc3\xbcller\\, Eva \\+ Co,DC=corp", .upn = "m\xc3\xbcller@corp.example" },
        { .dn = "no dn", .upn = "eva@corp.example" },
    };
    struct key_id none = { .bytes = { 0 } };
    world_auto world = { .folder = -1 };
    text_auto *pem = NULL;

    (void)state;
    world_begin(&world, CERT_KEY_P256);
    for (size_t i = 0; i < COUNT(bad); i++)
        test_reason(csr_make(world.token, &world.id, &bad[i], NULL, &pem, &why), &why,
                    REASON_BAD_ANSWER, "person");
    for (size_t i = 0; i < COUNT(fine); i++) {
        if (csr_make(world.token, &world.id, &fine[i], NULL, &pem, &why))
            fail_msg("%zu: %s", i, why.text);
        text_free(&pem);
    }
    test_reason(csr_make(world.token, &none, &alice, NULL, &pem, &why), &why, REASON_NO_KEY, "");
}

/* Issued by the first of these, for the key in the world. */
static void issue(const struct world *world, const struct ca cas[2], int days, struct chain *kept)
{
    chain_auto came = { .count = 0 }, trusted = { .count = 0 };
    gnutls_pubkey_t key;
    const struct ca_wish wish = { .upn = alice.upn, .begin = -days, .end = 100 };

    assert_int_equal(key_public(world->token, &world->id, &key, &why), OUTCOME_OK);
    came.all[came.count++] = ca_issue(&cas[0], key, &wish);
    assert_int_equal(chain_add(&came, cas[1].crt, &why), OUTCOME_OK);
    assert_int_equal(chain_add(&trusted, cas[0].crt, &why), OUTCOME_OK);
    const struct receipt receipt = { key, &trusted, &alice, time(NULL) };
    if (receipt_check(&receipt, &came, kept, &why))
        fail_msg("%s", why.text);
    gnutls_pubkey_deinit(key);
}

static void kept(void **state)
{
    struct ca root = ca_make("Root", NULL), cas[2] = { ca_make("Issuing", &root), root };
    world_auto world = { .folder = -1 };
    chain_auto chain = { .count = 0 };
    char uri[TOKEN_URI];

    (void)state;
    world_begin(&world, CERT_KEY_P256);
    issue(&world, cas, 1, &chain);
    for (int i = 0; i < 2; i++) { /* once more is the same */
        if (keep_chain(world.token, &world.id, "wifi", &chain, &nobody, &why))
            fail_msg("%s", why.text);
        assert_int_equal(objects(world.token), 5);
    }
    token_close(&world.token);
    world.token = home_open(world.folder, world.uri, NULL); /* without a PIN */
    kept_list_auto list = { .count = 0 };
    assert_int_equal(keep_list(world.token, &list, &why), OUTCOME_OK);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.all[0].name, "wifi");
    assert_memory_equal(&list.all[0].id, &world.id, sizeof world.id);
    assert_true(gnutls_x509_crt_equals(list.all[0].certificate, chain.all[0]));
    assert_true(list.all[0].begin < list.all[0].end);
    assert_int_equal(keep_uri(world.token, &world.id, KEEP_KEY, uri, &why), OUTCOME_OK);
    assert_non_null(strstr(uri, "type=private"));
    assert_non_null(strstr(uri, ";id=%"));
    assert_non_null(strstr(uri, "serial="));
    assert_int_equal(keep_uri(world.token, &world.id, KEEP_CERTIFICATE, uri, &why), OUTCOME_OK);
    assert_non_null(strstr(uri, "type=cert"));
    chain_auto read = { .count = 0 };
    assert_int_equal(keep_read_chain(world.token, &world.id, &read, &why), OUTCOME_OK);
    assert_int_equal(read.count, 3);
    for (unsigned i = 0; i < read.count; i++)
        assert_true(gnutls_x509_crt_equals(read.all[i], chain.all[i]));
    chain_free(&read);
    test_reason(keep_read_chain(world.token, &(struct key_id){ { 0 } }, &read, &why), &why,
                REASON_NO_CERTIFICATE, "");
    ca_free(&cas[0]);
    ca_free(&root);
}

/* A disk of its own, with a key on it and no room for more. */
static int keep_on_full(void *data)
{
    struct ca root = ca_make("Root", NULL), cas[2] = { ca_make("Issuing", &root), root };
    struct world world = { .folder = *(int *)data };
    chain_auto chain = { .count = 0 };
    static char block[4096];
    char path[256];

    (void)snprintf(path, sizeof path, "%s/.config/softhsm2/tokens", getenv("HOME"));
    if (!test_small_disk(path, "256k"))
        return 77;
    if (token_pin(&world.pin, &why) ||
        token_make(world.folder, TOKEN_SOFTHSM, world.pin, false, &nobody, world.uri, &why))
        return 1;
    world.token = home_open(world.folder, world.uri, world.pin);
    home_key(world.token, CERT_KEY_P256, false, "wifi", &world.id);
    issue(&world, cas, 1, &chain);
    (void)strcat(path, "/.full");
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    while (write(fd, block, sizeof block) > 0)
        ;
    if (!keep_chain(world.token, &world.id, "wifi", &chain, &nobody, &why) ||
        why.reason != REASON_TOKEN_FULL)
        return 2;
    return objects(world.token) == 2 ? 0 : 3;
}

static void full(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    int status = test_child(keep_on_full, &folder);

    (void)state;
    if (status == 77)
        test_skip("on a full disk: needs a mount namespace");
    assert_int_equal(status, 0);
}

static void nothing_half(void **state)
{
    static const char *const does[] = { "full-of-certificates", "full-after-one" };
    struct ca root = ca_make("Root", NULL), cas[2] = { ca_make("Issuing", &root), root };
    world_auto world = { .folder = -1 };
    chain_auto chain = { .count = 0 };
    struct key_id none = { .bytes = { 0 } };

    (void)state;
    world_begin(&world, CERT_KEY_P256);
    issue(&world, cas, 1, &chain);
    for (size_t i = 0; i < COUNT(does); i++) {
        token_close(&world.token);
        world.token = home_open(world.folder, home_fake(does[i]), world.pin);
        test_reason(keep_chain(world.token, &world.id, "wifi", &chain, &nobody, &why), &why,
                    REASON_TOKEN_FULL, "storing");
        assert_int_equal(objects(world.token), 2); /* the key */
    }
    test_reason(keep_chain(world.token, &none, "wifi", &chain, &nobody, &why), &why, REASON_NO_KEY,
                "");
    char name[KEY_NAME_MOST + 2] = "";
    memset(name, 'x', sizeof name - 1);
    test_reason(keep_chain(world.token, &world.id, name, &chain, &nobody, &why), &why,
                REASON_BAD_SETTING, "too long");
    ca_free(&cas[0]);
    ca_free(&root);
}

static void pruned(void **state)
{
    static const int days[] = { 20, 5, 30, 10 };
    struct ca root = ca_make("Root", NULL), cas[2] = { ca_make("Issuing", &root), root };
    struct ca old = ca_make("Old", &root), old_cas[2] = { old, root };
    world_auto world = { .folder = -1 };
    struct key_id mail, pending;

    (void)state;
    world_begin(&world, CERT_KEY_P256);
    pending = world.id; /* a key that waits for its certificate */
    home_key(world.token, CERT_KEY_P256, false, "mail", &world.id);
    mail = world.id;
    for (size_t i = 0; i <= COUNT(days); i++) {
        chain_auto chain = { .count = 0 };
        if (i)
            home_key(world.token, CERT_KEY_P256, false, "wifi", &world.id);
        issue(&world, i == 3 ? old_cas : cas, i ? days[i - 1] : 99, &chain);
        assert_int_equal(
            keep_chain(world.token, &world.id, i ? "wifi" : "mail", &chain, &nobody, &why),
            OUTCOME_OK);
    }
    assert_int_equal(objects(world.token), 12 + 5 + 3);
    assert_int_equal(keep_prune(world.token, "wifi", 2, NULL, &nobody, &why), OUTCOME_OK);
    kept_list_auto list = { .count = 0 };
    assert_int_equal(keep_list(world.token, &list, &why), OUTCOME_OK);
    assert_int_equal(list.count, 3);
    assert_memory_equal(&list.all[0].id, &mail, sizeof mail);
    assert_true(list.all[1].begin > list.all[2].begin);
    assert_int_equal((time(NULL) - list.all[2].begin) / 86400, 10);
    assert_int_equal(objects(world.token), 2 + 3 * 3 + 2); /* the old authority is gone, too */
    assert_int_equal(keep_prune(world.token, "wifi", 0, &list.all[2].id, &nobody, &why),
                     OUTCOME_OK);
    assert_int_equal(objects(world.token), 2 + 2 * 3 + 2);
    enum key_state whole;
    assert_int_equal(key_look(world.token, &pending, &whole, &why), OUTCOME_OK);
    assert_int_equal(whole, KEY_WHOLE);
    assert_int_equal(key_look(world.token, &list.all[2].id, &whole, &why), OUTCOME_OK);
    assert_int_equal(whole, KEY_WHOLE); /* whatever its date */
    ca_free(&cas[0]);
    ca_free(&old);
    ca_free(&root);
}

FACTS(
    FACT(signing, "csr_make: the token signs, RSA and P-256 by SHA-256, P-384 by SHA-384"),
    FACT(names, "csr_make: the person's DN, UPN and mail address"),
    FACT(odd_names, "csr_make: names with accents and commas; none that is not clean"),
    FACT(kept,
         "keep_chain: beside the key, its authorities too, once; read without a PIN, in order"),
    FACT(nothing_half, "keep_chain: where the token is full nothing of it stays"),
    FACT(full, "keep_chain: on a full disk: token-full, and nothing is kept"),
    FACT(pruned,
         "keep_prune: the newest and the one named stay, with what they need, and all other names"))
