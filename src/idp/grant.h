/* SPDX-License-Identifier: MIT
 *
 * What a token endpoint gives tokens for: a code, a device's code, a refresh token, a password
 * (RFC 6749, RFC 8628). One exchange each; nothing is repeated.
 */
#ifndef IDP_GRANT_H
#define IDP_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/outcome.h"
#include "base/secret.h"
#include "idp/authorize.h"
#include "idp/discovery.h"
#include "net/https.h"

enum { TOKEN_ANSWER_MOST = 256 << 10, TOKEN_MOST = 64 << 10 };

/* Who we are to the provider, and how long it may take; borrowed. */
struct grant {
    struct https *https;
    const struct discovery *discovery;
    const char *client;
    const struct secret *client_secret; /* NULL: none, as a native application should be */
    const char *scopes;
    /* Of a refresh: fewer scopes than it has, and for whom the access token is to be (RFC 8707 for
     * a URI); NULL. */
    const char *fewer_scopes, *audience;
    struct asker *asker;
    int budget_ms;
};

/* NULL and 0 for what was not given. */
struct tokens {
    struct secret *access, *id, *refresh;
    int64_t expires_s; /* from now; 0: not told */
    /* Whatever came of it: the request may have reached the provider; it broke down over it, so
     * that nobody knows whether it took effect; the number in its refusal, Entra's. */
    bool sent, broke_down;
    int64_t refusal;
    int wait_s; /* until it may be asked again, if it says so */
};
void tokens_free(struct tokens *tokens);
#define tokens_auto __attribute__((cleanup(tokens_free))) struct tokens

/* Each: BAD_ANSWER names the member that makes no sense; a refusal as idp/oauth_error.def says. */
enum outcome grant_code(const struct grant *grant, const struct authorize *authorize,
                        const struct secret *code, struct tokens *tokens, struct why *why);
enum outcome grant_refresh(const struct grant *grant, const struct secret *refresh,
                           struct tokens *tokens, struct why *why);
enum outcome grant_password(const struct grant *grant, const char *user,
                            const struct secret *password, struct tokens *tokens, struct why *why);

/* Tells the provider that it is of no more use (RFC 7009). */
enum outcome grant_revoke(const struct grant *grant, const struct secret *refresh, struct why *why);

enum { DEVICE_CODE_MOST = 2048, USER_CODE_MOST = 64, DEVICE_URL_MOST = 1024 };

/* What the person types where. */
struct device {
    struct secret *code;
    char user_code[USER_CODE_MOST + 1];
    char url[DEVICE_URL_MOST + 1], whole_url[DEVICE_URL_MOST + 1]; /* "": none has the code in it */
    int64_t expires_s, interval_s;
};
enum outcome grant_device(const struct grant *grant, struct device *device, struct why *why);
void device_free(struct device *device);
#define device_auto __attribute__((cleanup(device_free))) struct device

/* Asks once whether the person has done it. *pending: not yet; interval_s grows if it was asked too
 * often. */
enum outcome grant_device_poll(const struct grant *grant, struct device *device, bool *pending,
                               struct tokens *tokens, struct why *why);

/* What a token endpoint answered; for the grants and for fuzzing. *pending as above. */
enum outcome tokens_parse(int status, const char *bytes, size_t length, bool *pending, bool *slower,
                          struct tokens *tokens, struct why *why);

/* What a device authorization endpoint answered, for the same. */
enum outcome device_parse(int status, const char *bytes, size_t length, struct device *device,
                          struct why *why);

#endif
