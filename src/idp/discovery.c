/* SPDX-License-Identifier: MIT */
#include "idp/discovery.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "idp/algorithm.h"
#include "idp/oauth_error.h"
#include "net/json.h"
#include "net/url.h"

enum { LISTED_MOST = 64, LISTED_TEXT = 128 };

static const char well_known[] = "/.well-known/openid-configuration", template[] = "{tenantid}";

bool discovery_is_issuer(const char *text)
{
    struct url parts;
    struct why why;

    return strlen(text) < ISSUER_MOST && !web_url_check(text, &parts, &why) && !strchr(text, '?');
}

/* The length of "https://host/", and of the segment behind it, which is a tenant's. */
static size_t tenant_part(const char *issuer, size_t *length)
{
    const char *host = strstr(issuer, "://"), *path = host ? strchr(host + 3, '/') : NULL;

    *length = path ? strcspn(path + 1, "/") : 0;
    return path ? (size_t)(path + 1 - issuer) : 0;
}

static bool is_number(const char *tenant, size_t length)
{
    return length == 36 && strspn(tenant, "0123456789abcdefABCDEF-") == length;
}

/* The same but for the tenant: a domain's has a number, which is published; a word ("common") may
 * stand for one or for all, by the template; a number stands for itself. */
static bool is_tenants(const char *issuer, const char *published)
{
    size_t asked, told, begin = tenant_part(issuer, &asked);

    if (!begin || !asked || tenant_part(published, &told) != begin ||
        strncmp(issuer, published, begin) != 0 ||
        strcmp(issuer + begin + asked, published + begin + told) != 0)
        return false;
    if (is_number(issuer + begin, asked))
        return told == asked && !strncasecmp(issuer + begin, published + begin, told);
    bool is_all = told == sizeof template - 1 && !strncmp(published + begin, template, told);
    return is_all ? !memchr(issuer + begin, '.', asked) : is_number(published + begin, told);
}

static enum outcome take_issuer(const struct provider *provider, const char *issuer,
                                const struct json_at *top, struct discovery *discovery,
                                struct why *why)
{
    const char *published;
    enum outcome out = json_get_text(top, "issuer", JSON_MUST, ISSUER_MOST - 1, &published, why);

    if (out)
        return out;
    if (strcmp(published, issuer) != 0 &&
        !(provider->deviations & PROVIDER_TENANTS && is_tenants(issuer, published)))
        return fail(why, REASON_OTHER_ISSUER, "it calls itself %s", published);
    (void)strcpy(discovery->issuer, published);
    return OUTCOME_OK;
}

static enum outcome take_endpoint(const struct json_at *top, const char *name, enum json_need need,
                                  char endpoint[ENDPOINT_MOST], struct why *why)
{
    struct url parts;
    const char *text;
    enum outcome out = json_get_text(top, name, need, ENDPOINT_MOST - 1, &text, why);

    *endpoint = '\0';
    if (out || !text)
        return out;
    if ((out = web_url_check(text, &parts, why)))
        return fail_in(why, "%s.%s", top->name, name);
    (void)strcpy(endpoint, text);
    return OUTCOME_OK;
}

static enum outcome take_endpoints(const struct json_at *top, struct discovery *discovery,
                                   struct why *why)
{
    const struct {
        const char *name;
        enum json_need need;
        char *endpoint;
    } rows[] = { { "authorization_endpoint", JSON_MAY, discovery->authorization },
                 { "token_endpoint", JSON_MUST, discovery->token },
                 { "device_authorization_endpoint", JSON_MAY, discovery->device },
                 { "jwks_uri", JSON_MUST, discovery->keys },
                 { "userinfo_endpoint", JSON_MAY, discovery->userinfo },
                 { "revocation_endpoint", JSON_MAY, discovery->revocation } };
    enum outcome out = OUTCOME_OK;

    for (size_t i = 0; !out && i < sizeof rows / sizeof *rows; i++)
        out = take_endpoint(top, rows[i].name, rows[i].need, rows[i].endpoint, why);
    return out;
}

/* Where it says nothing, RS256 it is (OpenID Connect Discovery, section 3). */
static enum outcome take_algorithms(const struct json_at *top, struct discovery *discovery,
                                    struct why *why)
{
    struct json_list listed;
    enum algorithm algorithm;
    enum outcome out = json_get_texts(top, "id_token_signing_alg_values_supported", JSON_MAY,
                                      LISTED_MOST, LISTED_TEXT, &listed, why);

    if (out)
        return out;
    for (size_t i = 0; i < listed.count; i++)
        if (algorithm_parse(json_text_of(&listed, i), &algorithm))
            discovery->algorithms |= ALGORITHM_BIT(algorithm);
    if (!listed.list)
        discovery->algorithms = ALGORITHM_BIT(ALGORITHM_RS256);
    return discovery->algorithms ? OUTCOME_OK
                                 : fail(why, REASON_BAD_ANSWER,
                                        "%s.id_token_signing_alg_values_supported: none of "
                                        "ours",
                                        top->name);
}

static enum outcome take_pkce(const struct json_at *top, struct discovery *discovery,
                              struct why *why)
{
    struct json_list listed;
    enum outcome out = json_get_texts(top, "code_challenge_methods_supported", JSON_MAY,
                                      LISTED_MOST, LISTED_TEXT, &listed, why);

    if (!out)
        discovery->s256 = !listed.list || json_lists(&listed, "S256");
    return out;
}

/* The first of both that it names: what it likes best, as far as can be told. */
static enum outcome take_method(const struct json_at *top, const char *name,
                                enum client_method untold, enum client_method *method,
                                struct why *why)
{
    struct json_list listed;
    enum outcome out = json_get_texts(top, name, JSON_MAY, LISTED_MOST, LISTED_TEXT, &listed, why);

    if (out)
        return out;
    *method = listed.list ? CLIENT_NEITHER : untold;
    for (size_t i = 0; i < listed.count && *method == CLIENT_NEITHER; i++)
        if (!strcmp(json_text_of(&listed, i), "client_secret_basic"))
            *method = CLIENT_BASIC;
        else if (!strcmp(json_text_of(&listed, i), "client_secret_post"))
            *method = CLIENT_POST;
    return OUTCOME_OK;
}

/* Where nothing is told it is a header (section 3; RFC 8414 section 2), for a revocation as for
 * tokens. */
static enum outcome take_methods(const struct json_at *top, struct discovery *discovery,
                                 struct why *why)
{
    enum outcome out = take_method(top, "token_endpoint_auth_methods_supported", CLIENT_BASIC,
                                   &discovery->token_method, why);

    return out ? out
               : take_method(top, "revocation_endpoint_auth_methods_supported",
                             discovery->token_method, &discovery->revocation_method, why);
}

enum outcome discovery_parse(const struct provider *provider, const char *issuer, const char *bytes,
                             size_t length, struct discovery *discovery, struct why *why)
{
    json_auto *json = NULL;
    struct json_at top;
    enum outcome out;

    *discovery = (struct discovery){ .date = -1 };
    if ((out = json_parse("discovery", bytes, length, DISCOVERY_MOST, &json, &top, why)) ||
        (out = take_issuer(provider, issuer, &top, discovery, why)) ||
        (out = take_endpoints(&top, discovery, why)) ||
        (out = take_algorithms(&top, discovery, why)) || (out = take_pkce(&top, discovery, why)) ||
        (out = json_get_flag(&top, "authorization_response_iss_parameter_supported", JSON_MAY,
                             &discovery->names_itself, why)) ||
        (out = take_methods(&top, discovery, why)))
        return out;
    return OUTCOME_OK;
}

enum outcome discovery_fetch(struct https *https, const struct provider *provider,
                             const char *issuer, int budget_ms, struct asker *asker,
                             struct https_answer *answer, struct discovery *discovery,
                             struct why *why)
{
    char url[ISSUER_MOST + sizeof well_known];
    const struct https_request request = { .url = url,
                                           .accept = "application/json",
                                           .most = DISCOVERY_MOST };
    size_t length = strlen(issuer);
    enum outcome out;

    if (length && issuer[length - 1] == '/') /* section 4 */
        length--;
    (void)snprintf(url, sizeof url, "%.*s%s", (int)length, issuer, well_known);
    asker_step(asker, "Asking %s where to sign in", issuer);
    if (!(out = https_do(https, &request, budget_ms, asker, answer, why)) && answer->status != 200)
        out = fail(why,
                   answer->status == 404                 ? REASON_NO_PROVIDER
                   : oauth_error_is_busy(answer->status) ? REASON_SERVER_BUSY
                                                         : REASON_BAD_ANSWER,
                   "status %d", answer->status);
    if (!out)
        out = discovery_parse(provider, issuer, secret_peek(answer->body),
                              secret_length(answer->body), discovery, why);
    if (!out)
        discovery->date = answer->date;
    return out ? fail_in(why, "what %s publishes", issuer) : OUTCOME_OK;
}
