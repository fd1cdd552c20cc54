/* SPDX-License-Identifier: MIT
 *
 * An ID token: who signed in, as the provider says it to us (OpenID Connect Core 1.0,
 * section 3.1.3.7 for the rules).
 */
#ifndef IDP_ID_TOKEN_H
#define IDP_ID_TOKEN_H

#include "base/outcome.h"
#include "base/secret.h"
#include "idp/jwks.h"
#include "idp/jwt.h"
#include "net/json.h"

enum { ID_TOKEN_SKEW_S = 60, ID_TOKEN_SKEW_MOST_S = 300 };

/* What it must be; borrowed. Lists end with NULL. What is unset and must not be admits nobody. */
struct id_token_rules {
    const struct jwks *keys;
    unsigned algorithms; /* set of ALGORITHM_BIT */
    /* The issuer to the letter, from discovery and settings. "{tenantid}" in it, as Entra writes it
     * for several tenants, stands for one of the list. */
    const char *issuer;
    bool bare_issuer;           /* Google's may lack https:// */
    const char *const *tenants; /* those that may sign in, by `tid`; NULL: the issuer says it */
    const char *client;         /* who we are to the provider */
    const char *nonce;          /* as it was sent */
    bool no_nonce;              /* none was sent: device grant, password grant, refresh */
    /* Held against at_hash and c_hash where the token has them and these are set. */
    const struct secret *access_token, *code;
    const char *subject;                 /* at a refresh: of the token before; NULL: anybody */
    const char *const *acr, *const *amr; /* one of them is demanded; NULL: none */
    int64_t max_age_s;                   /* since the person typed a password; 0: any */
    int64_t now;                         /* seconds since 1970 UTC */
    int64_t skew_s; /* how far the clocks may differ, at most ID_TOKEN_SKEW_MOST_S */
};

/* Texts and lists are the document's, the issuer perhaps the rules'; NULL, none and 0 for what is
 * not there. */
struct id_token {
    struct json *document;
    struct json_at claims; /* all, for what only some providers have */
    const char *issuer, *subject;
    const char *tenant, *object; /* tid and oid of Entra */
    const char *name, *preferred_username, *email, *acr;
    struct json_list amr, groups;
    bool groups_elsewhere; /* they are too many for the token: what groups has does not count */
    int64_t expires, issued, signed_in; /* seconds since 1970 UTC */
};

/* Opens it and holds it against the rules. BAD_TOKEN, UNKNOWN_KEY (a newer set of keys may have
 * it), TOKEN_TIME, OTHER_TENANT, OTHER_PERSON, NO_SECOND_FACTOR, SIGN_IN_TOO_OLD; BAD_SETTING: no
 * tenant is named where one must be. No word of the token is in why. */
enum outcome id_token_check(const struct secret *token, const struct id_token_rules *rules,
                            struct id_token *id, struct why *why);

/* The same of a token that is open, with rules that are whole. */
enum outcome id_token_read(const struct jwt *jwt, const struct id_token_rules *rules,
                           struct id_token *id, struct why *why);

void id_token_free(struct id_token *id);
#define id_token_auto __attribute__((cleanup(id_token_free))) struct id_token

#endif
