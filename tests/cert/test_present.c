/* SPDX-License-Identifier: MIT */
#include "net/asking.h"

#include <unistd.h>

#include "base/file.h"
#include "cert/ca.h"
#include "cert/home.h"
#include "cert/present.h"

static const char *const empty[] = { ANSWER(0, ""), NULL };

/* A token with a key and a certificate for it, and a server that asks for one. */
struct world {
    struct secret *pin;
    char uri[TOKEN_URI];
    int folder;
    struct token *token;
    struct key_id id;
    struct ca issuer;
    gnutls_x509_crt_t certificate;
    struct server server;
    struct https *https;
};

static void world_begin(struct world *world, enum cert_key kind, const char *priorities)
{
    gnutls_pubkey_t key;

    asking_prepare();
    *world = (struct world){ .issuer = ca_make("Issuing", NULL) };
    world->folder = home_with_token(&world->pin, world->uri);
    world->token = home_open(world->folder, world->uri, world->pin);
    home_key(world->token, kind, false, "wifi", &world->id);
    assert_int_equal(key_public(world->token, &world->id, &key, &why), OUTCOME_OK);
    world->certificate = ca_issue(&world->issuer, key, &(struct ca_wish){ .dn = "CN=Alice" });
    gnutls_pubkey_deinit(key);
    server_start(&(struct server_request){ .pair = &good,
                                           .priorities = priorities,
                                           .talk = server_answers,
                                           .data = empty,
                                           .asks = true },
                 &world->server);
    if (https_open("ca.pem", "direct", &world->https, &why))
        fail_msg("%s", why.text);
}

static void world_end(struct world *world)
{
    present_end();
    https_free(&world->https);
    server_end(&world->server);
    gnutls_x509_crt_deinit(world->certificate);
    ca_free(&world->issuer);
    token_close(&world->token);
    secret_free(&world->pin);
    fd_close(&world->folder);
}

static enum outcome ask_with(struct world *world, const char *certificate)
{
    char url[64];
    struct https_request request = { .url = url, .most = 64, .certificate = certificate };
    https_answer_auto answer = { 0 };

    (void)snprintf(url, sizeof url, "https://localhost:%d/", world->server.port);
    return https_do(world->https, &request, PATIENCE_MS, &patient, &answer, &why);
}

static void shows(void **state)
{
    static const struct {
        enum cert_key kind;
        const char *priorities, *protocol;
    } cases[] = {
        { CERT_KEY_RSA_2048, "NORMAL:-VERS-ALL:+VERS-TLS1.3", "TLS1.3" },
        { CERT_KEY_RSA_2048, "NORMAL:-VERS-ALL:+VERS-TLS1.2", "TLS1.2" },
        { CERT_KEY_P256, "NORMAL:-VERS-ALL:+VERS-TLS1.3", "TLS1.3" },
        { CERT_KEY_P384, "NORMAL:-VERS-ALL:+VERS-TLS1.2", "TLS1.2" },
        { CERT_KEY_P384,
          "NORMAL:-VERS-ALL:+VERS-TLS1.3:-SIGN-ALL:+SIGN-ECDSA-SECP384R1-SHA384:"
          "+SIGN-ECDSA-SECP256R1-SHA256",
          "TLS1.3" },
        { CERT_KEY_RSA_3072,
          "NORMAL:-VERS-ALL:+VERS-TLS1.3:-SIGN-ALL:+SIGN-RSA-PSS-RSAE-SHA512:"
          "+SIGN-ECDSA-SECP256R1-SHA256",
          "TLS1.3" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world;
        const char *url;
        world_begin(&world, cases[i].kind, cases[i].priorities);
        assert_int_equal(present_begin(world.token, &world.id, world.certificate, &url, &why),
                         OUTCOME_OK);
        if (ask_with(&world, url))
            fail_msg("case %zu: %s", i, why.text);
        assert_string_equal(world.server.seen->client, "Alice");
        assert_string_equal(world.server.seen->protocol, cases[i].protocol);
        world_end(&world);
    }
}

static void apart(void **state)
{
    struct world world;
    const char *url;

    (void)state;
    world_begin(&world, CERT_KEY_P256, NULL);
    assert_int_equal(present_begin(world.token, &world.id, world.certificate, &url, &why),
                     OUTCOME_OK);
    assert_int_equal(ask_with(&world, NULL), OUTCOME_OK);
    assert_string_equal(world.server.seen->client, "");
    assert_int_equal(ask_with(&world, url), OUTCOME_OK);
    assert_string_equal(world.server.seen->client, "Alice");
    assert_int_equal(ask_with(&world, NULL), OUTCOME_OK);
    assert_int_equal(world.server.seen->visits, 2); /* the first one is used again */
    world_end(&world);
}

static void nothing(void **state)
{
    struct key_id unknown = { { 1 } };
    struct world world;
    const char *url = NULL;

    (void)state;
    world_begin(&world, CERT_KEY_P256, NULL);
    test_reason(present_begin(world.token, &unknown, world.certificate, &url, &why), &why,
                REASON_NO_KEY, "");
    assert_int_equal(present_begin(world.token, &world.id, world.certificate, &url, &why),
                     OUTCOME_OK);
    present_end();
    test_reason(ask_with(&world, url), &why, REASON_NO_TLS, "");
    assert_int_equal(world.server.seen->requests, 0);
    world_end(&world);
}

FACTS(FACT(shows,
           "present_begin: a server that asks sees the certificate, its key proved by the token"),
      FACT(apart, "present_begin: who shows none does not use the connection of one who did"),
      FACT(nothing,
           "present_begin: no such key: no-key; after present_end nothing is shown or sent"))
