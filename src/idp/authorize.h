/* SPDX-License-Identifier: MIT
 *
 * The authorization code flow of a native application (RFC 6749 section 4.1, RFC 8252) with PKCE
 * (RFC 7636, S256 alone), state and nonce; the answer comes back by a private-use URI scheme.
 */
#ifndef IDP_AUTHORIZE_H
#define IDP_AUTHORIZE_H

#include "base/outcome.h"
#include "base/redirect.h"
#include "base/secret.h"
#include "idp/discovery.h"
#include "net/https.h"

enum { AUTHORIZE_RANDOM = 32 /* bytes */, AUTHORIZE_TEXT = REDIRECT_STATE };

/* One attempt: random numbers in base64url. The verifier is a secret until it is sent. */
struct authorize {
    char state[AUTHORIZE_TEXT], nonce[AUTHORIZE_TEXT];
    struct secret *verifier;
};
enum outcome authorize_begin(struct authorize *authorize, struct why *why);
void authorize_end(struct authorize *authorize);
#define authorize_auto __attribute__((cleanup(authorize_end))) struct authorize

/* All is borrowed; NULL where there is nothing to say. */
struct authorize_request {
    const char *client, *scopes, *login_hint, *acr_values, *prompt;
    bool offline_parameter;
};

/* What the browser is sent to: holds no secret, but who tries it first signs in. The caller's. */
enum outcome authorize_url(const struct authorize *authorize, const struct discovery *discovery,
                           const struct authorize_request *request, char **url, struct why *why);

/* A session with Okta: its token opens it at the first address that is asked, for the others there
 * is the cookie that was given for it. Both are for the organisation alone. */
struct authorize_session {
    struct secret *token;  /* NULL: it has been used */
    struct secret *cookie; /* NULL: none yet */
};
void authorize_session_free(struct authorize_session *session);
#define authorize_session_auto                                                                     \
    __attribute__((cleanup(authorize_session_free))) struct authorize_session

/* Asks that address itself, where no page need be shown, perhaps within a session (NULL: without):
 * where the browser would be sent. CLIENT_REFUSED: nowhere. BAD_ANSWER: the session has no cookie.
 */
enum outcome authorize_silently(struct https *https, const char *url,
                                struct authorize_session *session, int budget_ms,
                                struct asker *asker, struct secret **uri, struct why *why);

/* Ends the session at the organisation ("https://host"), if it will within the budget and two
 * seconds: nothing is said of that. */
void authorize_leave(struct https *https, const char *org, struct authorize_session *session,
                     int budget_ms);

/* Takes the URI that came back. Of another attempt's state: OTHER_PERSON; an error of the provider:
 * DENIED or as its table says; with an iss (RFC 9207) that is another's, or none where the provider
 * gives one: OTHER_ISSUER. The code is the caller's. */
enum outcome authorize_take(const struct authorize *authorize, const struct discovery *discovery,
                            const char *uri, struct secret **code, struct why *why);

#endif
