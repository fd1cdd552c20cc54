/* SPDX-License-Identifier: MIT
 *
 * For openid.test: one sign-in at an OpenID provider. Usage: openid-ask PROVIDER ISSUER CA CLIENT
 * code|device|password|refresh. It prints the URL for a person, reads what came back (code: the
 * URI; password: user and password, a line each; refresh: nothing, after a password), then prints
 * reason and, line by line, what the ID token says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "idp/grant.h"
#include "idp/id_token.h"
#include "idp/jwks.h"
#include "net/https.h"

enum { BUDGET_MS = 10000, LINE_MOST = 8192 };

static void step(struct asker *asker, const char *line)
{
    (void)asker, (void)line;
}

static bool cancelled(struct asker *asker)
{
    (void)asker;
    return false;
}

static void event(struct asker *asker, const char *name, const char *line)
{
    (void)asker, (void)name, (void)line;
}

static struct asker asker = { .step = step, .cancelled = cancelled, .event = event };

static char *read_line(void)
{
    static char line[LINE_MOST];

    if (!fgets(line, sizeof line, stdin))
        exit(2);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static struct secret *read_secret(void)
{
    char *line = read_line();
    struct secret *secret = secret_new(strlen(line));

    if (secret)
        (void)secret_append(secret, line, strlen(line));
    return secret;
}

static enum outcome by_code(const struct grant *grant, struct authorize *authorize,
                            struct tokens *tokens, struct why *why)
{
    const struct authorize_request request = { .client = grant->client,
                                               .scopes = grant->scopes,
                                               .prompt = "consent" };
    secret_auto *code = NULL;
    char *url = NULL;
    enum outcome out;

    if ((out = authorize_url(authorize, grant->discovery, &request, &url, why)))
        return out;
    (void)printf("%s\n", url);
    (void)fflush(stdout);
    free(url);
    if ((out = authorize_take(authorize, grant->discovery, read_line(), &code, why)))
        return out;
    return grant_code(grant, authorize, code, tokens, why);
}

static enum outcome by_device(const struct grant *grant, struct tokens *tokens, struct why *why)
{
    device_auto device = { 0 };
    bool pending = true;
    enum outcome out = grant_device(grant, &device, why);

    if (out)
        return out;
    (void)printf("%s\n%s\n", device.whole_url, device.user_code);
    (void)fflush(stdout);
    for (int polls = 0; !out && pending && polls < 60; polls++) {
        (void)usleep(200000);
        out = grant_device_poll(grant, &device, &pending, tokens, why);
    }
    return out;
}

static enum outcome by_password(const struct grant *grant, struct tokens *tokens, struct why *why)
{
    char user[256];

    (void)snprintf(user, sizeof user, "%s", read_line());
    secret_auto *password = read_secret();
    return grant_password(grant, user, password, tokens, why);
}

/* A used one is not to be had again. */
static enum outcome by_refresh(const struct grant *grant, struct tokens *tokens, struct why *why)
{
    tokens_auto first = { 0 }, again = { 0 };
    struct why lost;
    enum outcome out;

    if ((out = by_password(grant, &first, why)) ||
        (out = grant_refresh(grant, first.refresh, tokens, why)))
        return out;
    out = grant_refresh(grant, first.refresh, &again, &lost);
    (void)printf("used: %s\n", out ? reason_word(lost.reason) : "taken");
    (void)grant_revoke(grant, tokens->refresh, &lost);
    out = grant_refresh(grant, tokens->refresh, &again, &lost);
    (void)printf("revoked: %s\n", out ? reason_word(lost.reason) : "taken");
    return OUTCOME_OK;
}

static enum outcome get_keys(struct https *https, const struct discovery *discovery,
                             struct jwks **keys, struct why *why)
{
    const struct https_request request = { .url = discovery->keys, .most = JWKS_MOST };
    https_answer_auto answer = { 0 };
    enum outcome out = https_do(https, &request, BUDGET_MS, &asker, &answer, why);

    return out ? out : jwks_parse(secret_peek(answer.body), secret_length(answer.body), keys, why);
}

static enum outcome check(const struct grant *grant, const struct authorize *authorize,
                          const struct tokens *tokens, bool by_browser, struct why *why)
{
    jwks_auto *keys = NULL;
    id_token_auto id = { 0 };
    struct id_token_rules rules = { .algorithms = grant->discovery->algorithms,
                                    .issuer = grant->discovery->issuer,
                                    .client = grant->client,
                                    .nonce = by_browser ? authorize->nonce : NULL,
                                    .no_nonce = !by_browser,
                                    .access_token = tokens->access,
                                    .now = time(NULL),
                                    .skew_s = ID_TOKEN_SKEW_S };
    enum outcome out = get_keys(grant->https, grant->discovery, &keys, why);

    if (out)
        return out;
    rules.keys = keys;
    if ((out = id_token_check(tokens->id, &rules, &id, why)))
        return out;
    (void)printf("subject: %s\nname: %s\nuser: %s\ngroups: %zu\nrefresh: %s\n", id.subject,
                 id.name ? id.name : "-", id.preferred_username ? id.preferred_username : "-",
                 id.groups.count, tokens->refresh ? "yes" : "no");
    return OUTCOME_OK;
}

static enum outcome run(char **argv, struct why *why)
{
    const struct provider *provider = provider_find(argv[1]);
    struct discovery discovery;
    https_auto *https = NULL;
    authorize_auto authorize = { 0 };
    tokens_auto tokens = { 0 };
    https_answer_auto answer = { 0 };
    struct grant grant = { .discovery = &discovery,
                           .client = argv[4],
                           .scopes = "openid profile email groups offline_access",
                           .asker = &asker,
                           .budget_ms = BUDGET_MS };
    enum outcome out;

    if (!provider)
        exit(2);
    if ((out = https_open(argv[3], "", &https, why)) || (out = authorize_begin(&authorize, why)) ||
        (out = discovery_fetch(https, provider, argv[2], BUDGET_MS, &asker, &answer, &discovery,
                               why)))
        return out;
    grant.https = https;
    bool by_browser = !strcmp(argv[5], "code");
    out = by_browser                    ? by_code(&grant, &authorize, &tokens, why)
          : !strcmp(argv[5], "device")  ? by_device(&grant, &tokens, why)
          : !strcmp(argv[5], "refresh") ? by_refresh(&grant, &tokens, why)
                                        : by_password(&grant, &tokens, why);
    return out ? out : check(&grant, &authorize, &tokens, by_browser, why);
}

int main(int argc, char **argv)
{
    struct why why = { 0 };
    enum outcome out = argc == 6 ? run(argv, &why) : OUTCOME_USAGE;

    (void)printf("%s\n%s\n", out ? reason_word(why.reason) : "ok", why.text);
    return outcome_exit_status(out);
}
