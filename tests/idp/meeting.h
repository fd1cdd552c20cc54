/* SPDX-License-Identifier: MIT
 *
 * Each thing that is asked of a provider, at a server of the test's own.
 */
#ifndef TESTS_IDP_MEETING_H
#define TESTS_IDP_MEETING_H

#include "net/asking.h"

#include "idp/discovery.h"
#include "idp/grant.h"

static inline void no_step(struct asker *asker, const char *line)
{
    (void)asker, (void)line;
}

static struct asker quiet = { .step = no_step, .cancelled = asking_never };

/* A server, and somebody who has all that it takes to ask it. */
struct meeting {
    struct server server;
    struct https *https;
    struct discovery discovery;
    struct grant grant;
    struct authorize authorize;
    struct secret *word;
    struct device device;
};

static inline struct secret *secret(const char *text)
{
    struct secret *made = secret_new(strlen(text));

    assert_true(made && secret_append(made, text, strlen(text)));
    return made;
}

static inline void meet(struct meeting *m, const struct server_request *request, int budget_ms)
{
    asking_prepare();
    *m = (struct meeting){ .word = secret("s&cret"),
                           .authorize.verifier = secret("verifier"),
                           .device = { .code = secret("device"), .interval_s = 5 } };
    server_start(request, &m->server);
    if (https_open("ca.pem", "direct", &m->https, &why))
        fail_msg("%s", why.text);
    (void)sprintf(m->discovery.issuer, "https://localhost:%d", m->server.port);
    (void)sprintf(m->discovery.token, "%s/token", m->discovery.issuer);
    (void)sprintf(m->discovery.device, "%s/device", m->discovery.issuer);
    (void)sprintf(m->discovery.revocation, "%s/revoke", m->discovery.issuer);
    m->grant = (struct grant){ .https = m->https,
                               .discovery = &m->discovery,
                               .client = "client",
                               .scopes = "openid",
                               .asker = &quiet,
                               .budget_ms = budget_ms };
}

static inline void part(struct meeting *m)
{
    device_free(&m->device);
    authorize_end(&m->authorize);
    secret_free(&m->word);
    https_free(&m->https);
    server_end(&m->server);
}

static inline enum outcome by_discovery(struct meeting *m)
{
    https_answer_auto answer = { 0 };
    struct discovery found;

    return discovery_fetch(m->https, provider_find("oidc"), m->discovery.issuer, m->grant.budget_ms,
                           &quiet, &answer, &found, &why);
}

static inline enum outcome by_code(struct meeting *m)
{
    tokens_auto tokens = { 0 };

    return grant_code(&m->grant, &m->authorize, m->word, &tokens, &why);
}

static inline enum outcome by_refresh(struct meeting *m)
{
    tokens_auto tokens = { 0 };

    return grant_refresh(&m->grant, m->word, &tokens, &why);
}

static inline enum outcome by_password(struct meeting *m)
{
    tokens_auto tokens = { 0 };

    return grant_password(&m->grant, "alice", m->word, &tokens, &why);
}

static inline enum outcome by_device(struct meeting *m)
{
    device_auto made = { 0 };

    return grant_device(&m->grant, &made, &why);
}

static inline enum outcome by_poll(struct meeting *m)
{
    tokens_auto tokens = { 0 };
    bool pending = false;
    enum outcome out = grant_device_poll(&m->grant, &m->device, &pending, &tokens, &why);

    assert_int_equal(!out && !pending, tokens.access != NULL);
    return out;
}

static inline enum outcome by_revocation(struct meeting *m)
{
    return grant_revoke(&m->grant, m->word, &why);
}

/* The last one does not read what a server says with its status. */
enum { DISCOVERY, CODE, REFRESH, PASSWORD, DEVICE, POLL, REVOKE, READERS = REVOKE };

static const struct {
    enum outcome (*run)(struct meeting *);
    const char *asks, *form;
} exchanges[] = {
    { by_discovery, "GET /.well-known/openid-configuration HTTP/1.1\r\n", "\r\n\r\n" },
    { by_code, "POST /token HTTP/1.1\r\n",
      "\r\n\r\ngrant_type=authorization_code&code=s%26cret&redirect_uri=org.chatelaine%3A%2F"
      "callback&code_verifier=verifier&client_id=client" },
    { by_refresh, "POST /token HTTP/1.1\r\n",
      "\r\n\r\ngrant_type=refresh_token&refresh_token=s%26cret&client_id=client" },
    { by_password, "POST /token HTTP/1.1\r\n",
      "\r\n\r\ngrant_type=password&username=alice&password=s%26cret&scope=openid&client_id="
      "client" },
    { by_device, "POST /device HTTP/1.1\r\n", "\r\n\r\nscope=openid&client_id=client" },
    { by_poll, "POST /token HTTP/1.1\r\n",
      "\r\n\r\ngrant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code="
      "device&client_id=client" },
    { by_revocation, "POST /revoke HTTP/1.1\r\n",
      "\r\n\r\ntoken=s%26cret&token_type_hint=refresh_token&client_id=client" },
};

#endif
