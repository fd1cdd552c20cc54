/* SPDX-License-Identifier: MIT
 *
 * Where a provider's endpoints are, as it publishes them (OpenID Connect Discovery 1.0 section 4,
 * RFC 8414, RFC 8628 section 4). Nothing in it is believed but what the rules allow.
 */
#ifndef IDP_DISCOVERY_H
#define IDP_DISCOVERY_H

#include "base/outcome.h"
#include "idp/client.h"
#include "idp/provider.h"
#include "net/https.h"

enum { DISCOVERY_MOST = 64 << 10, ISSUER_MOST = 256, ENDPOINT_MOST = 1024 };

/* "" where the provider has none. All are https. */
struct discovery {
    char issuer[ISSUER_MOST]; /* as published: what a token's iss must be, or a template for it */
    char authorization[ENDPOINT_MOST], token[ENDPOINT_MOST], device[ENDPOINT_MOST],
        keys[ENDPOINT_MOST], userinfo[ENDPOINT_MOST], revocation[ENDPOINT_MOST];
    enum client_method token_method, revocation_method; /* of a secret of ours, there */
    unsigned algorithms; /* of ID tokens, that both know: set of ALGORITHM_BIT */
    time_t date;         /* by the provider's clock; -1 if it was not told, or not fetched */
    bool names_itself;   /* in each answer that a browser brings (RFC 9207) */
    bool s256;           /* it says that it knows PKCE with S256, or says nothing of PKCE */
};

/* Takes the document of an issuer: OTHER_ISSUER unless it names the same one, to the letter; of a
 * provider for several tenants, one that was asked for by its domain or a word may have its number
 * in that place, a word also "{tenantid}"; a number is the same in capitals. BAD_ANSWER names the
 * member. */
enum outcome discovery_parse(const struct provider *provider, const char *issuer, const char *bytes,
                             size_t length, struct discovery *discovery, struct why *why);

/* Fetches ISSUER/.well-known/openid-configuration; the document itself is in the answer. */
enum outcome discovery_fetch(struct https *https, const struct provider *provider,
                             const char *issuer, int budget_ms, struct asker *asker,
                             struct https_answer *answer, struct discovery *discovery,
                             struct why *why);

/* What may be an issuer: https, a host, perhaps a path; no query, no fragment, no name in front. */
bool discovery_is_issuer(const char *text);

#endif
