/* SPDX-License-Identifier: MIT */
#include "idp/authorize.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/text.h"
#include "base/uri.h"
#include "idp/oauth_error.h"
#include "net/fields.h"
#include "net/url.h"

enum { SHA256_SIZE = 32, CODE_MOST = 4096, SHORT_MOST = 512, PAGE_MOST = 1 << 20, LEAVE_MS = 2000 };

static enum outcome random_text(char text[AUTHORIZE_TEXT], struct why *why)
{
    unsigned char bytes[AUTHORIZE_RANDOM];

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return fail(why, REASON_BROKEN, "random numbers: %s", strerror(errno));
    base64url_encode(bytes, sizeof bytes, text);
    explicit_bzero(bytes, sizeof bytes);
    return OUTCOME_OK;
}

enum outcome authorize_begin(struct authorize *authorize, struct why *why)
{
    char text[AUTHORIZE_TEXT];
    enum outcome out;

    *authorize = (struct authorize){ .verifier = secret_new(AUTHORIZE_TEXT) };
    if (!authorize->verifier)
        return fail_memory(why);
    if ((out = random_text(authorize->state, why)) || (out = random_text(authorize->nonce, why)) ||
        (out = random_text(text, why)))
        return out;
    (void)secret_append(authorize->verifier, text, strlen(text));
    explicit_bzero(text, sizeof text);
    return OUTCOME_OK;
}

void authorize_end(struct authorize *authorize)
{
    secret_free(&authorize->verifier);
}

/* BASE64URL(SHA256(verifier)), RFC 7636 section 4.2. */
static enum outcome make_challenge(const struct authorize *authorize, char text[AUTHORIZE_TEXT],
                                   struct why *why)
{
    unsigned char digest[SHA256_SIZE];
    int error = gnutls_hash_fast(GNUTLS_DIG_SHA256, secret_peek(authorize->verifier),
                                 secret_length(authorize->verifier), digest);

    if (error)
        return fail(why, REASON_BROKEN, "SHA-256: %s", gnutls_strerror(error));
    base64url_encode(digest, sizeof digest, text);
    return OUTCOME_OK;
}

enum outcome authorize_url(const struct authorize *authorize, const struct discovery *discovery,
                           const struct authorize_request *request, char **url, struct why *why)
{
    char challenge[AUTHORIZE_TEXT];
    struct field fields[16];
    size_t count = 0;
    enum outcome out = make_challenge(authorize, challenge, why);
    const struct field all[] = { { "response_type", "code", NULL },
                                 { "client_id", request->client, NULL },
                                 { "redirect_uri", REDIRECT_URI, NULL },
                                 { "scope", request->scopes, NULL },
                                 { "state", authorize->state, NULL },
                                 { "nonce", authorize->nonce, NULL },
                                 { "code_challenge", challenge, NULL },
                                 { "code_challenge_method", "S256", NULL },
                                 { "login_hint", request->login_hint, NULL },
                                 { "acr_values", request->acr_values, NULL },
                                 { "prompt", request->prompt, NULL },
                                 { "access_type", request->offline_parameter ? "offline" : NULL,
                                   NULL } };

    if (out)
        return out;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].text)
            fields[count++] = all[i];
    fields[count] = (struct field){ NULL, NULL, NULL };
    secret_auto *query = fields_encode(strchr(discovery->authorization, '?') ? "&" : "?", fields);
    text_auto *whole = text_new(REDIRECT_MOST);
    if (!query || !whole)
        return fail_memory(why);
    text_add(whole, "%s", discovery->authorization);
    text_add_bytes(whole, secret_peek(query), secret_length(query));
    if (!text_ok(whole) || !(*url = strdup(text_peek(whole))))
        return fail_memory(why);
    return OUTCOME_OK;
}

void authorize_session_free(struct authorize_session *session)
{
    secret_free(&session->token);
    secret_free(&session->cookie);
}

/* Identity Engine has another name for it than Classic Engine. */
static const char *const cookies[] = { "idx", "sid", NULL };

/* One exchange within a session, which goes on with the cookie that it gives. */
static enum outcome ask(struct https *https, const char *url, struct authorize_session *session,
                        int budget_ms, struct asker *asker, struct https_answer *answer,
                        struct why *why)
{
    const struct field query[] = { { "sessionToken", "", session->token }, { NULL, NULL, NULL } };
    const struct field headers[] = { { "Cookie", "", session->cookie }, { NULL, NULL, NULL } };
    const struct https_request request = { .url = url,
                                           .query = session->cookie ? NULL : query,
                                           .headers = session->cookie ? headers : NULL,
                                           .most = PAGE_MOST,
                                           .may_redirect = true,
                                           .cookies = cookies };

    if (!session->cookie && !session->token)
        return fail(why, REASON_BAD_ANSWER, "the session was given no cookie");
    enum outcome out = https_do(https, &request, budget_ms, asker, answer, why);
    secret_free(&session->token); /* it is sent once */
    if (!out && answer->cookie) {
        secret_free(&session->cookie);
        session->cookie = answer->cookie;
        answer->cookie = NULL;
    }
    return out;
}

enum outcome authorize_silently(struct https *https, const char *url,
                                struct authorize_session *session, int budget_ms,
                                struct asker *asker, struct secret **uri, struct why *why)
{
    const struct https_request alone = { .url = url, .most = PAGE_MOST, .may_redirect = true };
    https_answer_auto answer = { 0 };
    enum outcome out = session ? ask(https, url, session, budget_ms, asker, &answer, why)
                               : https_do(https, &alone, budget_ms, asker, &answer, why);

    if (out)
        return out;
    if (answer.status == 429 || answer.status >= 500)
        return fail(why, REASON_SERVER_BUSY, "status %d", answer.status);
    if (!answer.location)
        return fail(why, REASON_CLIENT_REFUSED, "status %d: it sends browsers nowhere",
                    answer.status);
    *uri = answer.location;
    answer.location = NULL;
    return OUTCOME_OK;
}

void authorize_leave(struct https *https, const char *org, struct authorize_session *session,
                     int budget_ms)
{
    const struct field headers[] = { { "Cookie", "", session->cookie }, { NULL, NULL, NULL } };
    struct asker deaf = asker_deaf();
    https_answer_auto answer = { 0 };
    char url[URL_MOST];
    struct why why;
    const struct https_request request = {
        .url = url, .headers = headers, .most = PAGE_MOST, .deletes = true
    };

    if (!session->cookie)
        return;
    (void)snprintf(url, sizeof url, "%s/api/v1/sessions/me", org);
    (void)https_do(https, &request, budget_ms < LEAVE_MS ? budget_ms : LEAVE_MS, &deaf, &answer,
                   &why);
    secret_free(&session->cookie);
}

static bool same(const char *one, const char *other)
{
    return strlen(one) == strlen(other) && !gnutls_memcmp(one, other, strlen(one));
}

enum outcome authorize_take(const struct authorize *authorize, const struct discovery *discovery,
                            const char *uri, struct secret **code, struct why *why)
{
    char state[AUTHORIZE_TEXT], text[CODE_MOST + 1], word[SHORT_MOST], told[SHORT_MOST] = "";

    if (!redirect_state(uri, state) || !same(state, authorize->state))
        return fail(why, REASON_OTHER_PERSON, "the browser came back with another sign-in");
    if (discovery->names_itself && !uri_names(uri, "iss"))
        return fail(why, REASON_OTHER_ISSUER, "the browser came back without a word from %s",
                    discovery->issuer);
    if (uri_names(uri, "iss") &&
        (!uri_parameter(uri, "iss", word, sizeof word) || strcmp(word, discovery->issuer) != 0))
        return fail(why, REASON_OTHER_ISSUER, "the browser came back from %s",
                    *word ? word : "an issuer that cannot be read");
    if (uri_names(uri, "error")) {
        if (!uri_parameter(uri, "error", word, sizeof word) || !*word)
            return fail(why, REASON_BAD_ANSWER,
                        "the browser came back with an error that cannot be read");
        (void)uri_parameter(uri, "error_description", told, sizeof told);
        return oauth_error_fail(word, oauth_error_number(told), told, why);
    }
    if (!uri_parameter(uri, "code", text, sizeof text) || !*text)
        return fail(why, REASON_BAD_ANSWER, "the browser came back without a code");
    *code = secret_new(strlen(text));
    bool fits = *code && secret_append(*code, text, strlen(text));
    explicit_bzero(text, sizeof text);
    return fits ? OUTCOME_OK : fail_memory(why);
}
