/* SPDX-License-Identifier: MIT */
#include "work/cloud.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net/url.h"

errand_function *cloud_function(enum verb verb)
{
    static errand_function *const functions[VERB_COUNT] = {
        [VERB_SIGN_IN] = cloud_sign_in,   [VERB_RENEW] = cloud_renew,
        [VERB_REFRESH] = cloud_renew,     [VERB_STATUS] = cloud_status,
        [VERB_SIGN_OUT] = cloud_sign_out, [VERB_CHANGE_PASSWORD] = cloud_change_password,
        [VERB_REPAIR] = cloud_repair,     [VERB_TOKEN] = cloud_token,
        [VERB_DOCTOR] = cloud_doctor,
    };
    return functions[verb];
}

/* There is none for Active Directory; the table of verbs wants one. */
enum outcome verb_token(struct errand *errand, struct why *why)
{
    return fail(why, REASON_OTHER_KIND,
                "token is for an identity of an OpenID provider, and %s is of Active Directory, "
                "which has tickets instead",
                errand->identity);
}

static const char *text_of(const struct errand *errand, enum setting setting)
{
    return conf_text(errand->conf, errand->identity, setting);
}

bool cloud_has_tokens(const struct cloud *cloud)
{
    return *cloud->grant.client;
}

bool cloud_is_okta(const struct cloud *cloud)
{
    return cloud->provider->deviations & PROVIDER_OWN_API;
}

bool cloud_takes_password(const struct cloud *cloud)
{
    return cloud_is_okta(cloud) ||
           conf_flag(cloud->errand->conf, cloud->errand->identity, SETTING_PASSWORD_GRANT);
}

/* Its API has an address of its own, which goes before what it is called in tokens. */
static enum outcome check_org(struct cloud *cloud, struct why *why)
{
    const char *org = text_of(cloud->errand, SETTING_ORG);
    struct url parts;

    if (!okta_is_org(org) || web_url_check(org, &parts, why))
        return fail(why, REASON_BAD_SETTING, "org: \"%s\" is no address of an Okta organisation",
                    org);
    (void)strcpy(cloud->org, parts.origin);
    if (!*cloud->issuer)
        (void)snprintf(cloud->issuer, sizeof cloud->issuer, "%s", cloud->org);
    if (!url_same_origin(cloud->issuer, org))
        return fail(why, REASON_BAD_SETTING, "issuer: %s is not of %s", cloud->issuer, org);
    if (!cloud_has_tokens(cloud) && cloud->acr[0])
        return fail(why, REASON_BAD_SETTING, "acr_values: only tokens tell, which need client_id");
    return OUTCOME_OK;
}

/* With several tenants Entra is asked as the one of all organisations. */
static void choose_issuer(struct cloud *cloud)
{
    static const char hole[] = "{tenant}";
    const char *set = text_of(cloud->errand, SETTING_ISSUER);
    const char *known = *set ? set : cloud->provider->issuer, *at = strstr(known, hole);

    if (!at)
        (void)snprintf(cloud->issuer, sizeof cloud->issuer, "%s", known);
    else
        (void)snprintf(cloud->issuer, sizeof cloud->issuer, "%.*s%s%s", (int)(at - known), known,
                       cloud->tenants[0] && !cloud->tenants[1] ? cloud->tenants[0]
                                                               : "organizations",
                       at + sizeof hole - 1);
}

/* OpenID Connect Core 1.0, section 11. */
static void choose_scopes(struct cloud *cloud)
{
    static const char word[] = "offline_access";
    const char *set = text_of(cloud->errand, SETTING_SCOPES), *at;
    const char *scopes = *set ? set : cloud->provider->scopes;
    char *to = cloud->fleeting_scopes;

    for (at = scopes + strspn(scopes, " "); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (length != sizeof word - 1 || memcmp(at, word, length) != 0)
            to += sprintf(to, "%s%.*s", to == cloud->fleeting_scopes ? "" : " ", (int)length, at);
        at += length;
    }
    cloud->grant.scopes =
        strcmp(text_of(cloud->errand, SETTING_REMEMBER), "never") ? scopes : cloud->fleeting_scopes;
}

enum outcome cloud_settings(struct errand *errand, struct cloud *cloud, struct why *why)
{
    enum outcome out;

    *cloud = (struct cloud){ .errand = errand,
                             .provider = provider_find(text_of(errand, SETTING_PROVIDER)) };
    if (!cloud->provider)
        return fail(why, REASON_BAD_SETTING, "there is no such provider");
    cloud->tenants_text = errand_list(errand, SETTING_TENANT, cloud->tenants, CLOUD_LIST);
    cloud->amr_text = errand_list(errand, SETTING_REQUIRED_AMR, cloud->amr, CLOUD_LIST);
    cloud->acr_text = errand_list(errand, SETTING_ACR_VALUES, cloud->acr, CLOUD_LIST);
    if (!cloud->tenants_text || !cloud->amr_text || !cloud->acr_text)
        return fail_memory(why);
    cloud->grant.client = text_of(errand, SETTING_CLIENT_ID);
    choose_issuer(cloud);
    if (cloud_is_okta(cloud) && (out = check_org(cloud, why)))
        return out;
    if (!cloud_is_okta(cloud) && cloud_has_access_app(cloud))
        return fail(why, REASON_BAD_SETTING, "access_client_id: only Okta tells, not %s",
                    cloud->provider->word);
    if (!discovery_is_issuer(cloud->issuer))
        return fail(why, REASON_BAD_SETTING, "issuer: %s cannot be one", cloud->issuer);
    cloud->grant = (struct grant){ .discovery = &cloud->discovery,
                                   .client = text_of(errand, SETTING_CLIENT_ID),
                                   .asker = errand->asker };
    choose_scopes(cloud);
    return OUTCOME_OK;
}

/* What only a file of the person says sends secrets nowhere but to the issuer's own host. */
static bool is_at_home(const struct cloud *cloud)
{
    const struct errand *errand = cloud->errand;
    const char *const endpoints[] = { cloud->discovery.token, cloud->discovery.revocation,
                                      cloud->client_secret ? cloud->discovery.device : "",
                                      conf_flag(errand->conf, errand->identity, SETTING_USERINFO)
                                          ? cloud->discovery.userinfo
                                          : "" };

    for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++)
        if (*endpoints[i] && !url_same_origin(endpoints[i], cloud->issuer))
            return false;
    return true;
}

static enum outcome discover(struct cloud *cloud, struct why *why)
{
    struct errand *errand = cloud->errand;
    const struct text *kept = published_find(errand->published, PUBLISHED_DISCOVERY, cloud->issuer);
    https_answer_auto answer = { 0 };
    enum outcome out;

    if (kept &&
        !discovery_parse(cloud->provider, cloud->issuer, text_peek(kept), text_length(kept),
                         &cloud->discovery, why) &&
        is_at_home(cloud))
        return OUTCOME_OK;
    if (!(out = discovery_fetch(cloud->https, cloud->provider, cloud->issuer, errand_left(errand),
                                errand->asker, &answer, &cloud->discovery, why)))
        published_keep(errand->published, PUBLISHED_DISCOVERY, cloud->issuer,
                       secret_peek(answer.body), secret_length(answer.body));
    return out;
}

/* Read when it is needed: who only looks needs none. */
static enum outcome read_secret(struct cloud *cloud, struct why *why)
{
    const char *path = text_of(cloud->errand, SETTING_CLIENT_SECRET);
    enum outcome out = *path ? client_read_secret(path, &cloud->client_secret, why) : OUTCOME_OK;

    cloud->grant.client_secret = cloud->client_secret;
    return out;
}

enum outcome cloud_open(struct errand *errand, struct cloud *cloud, struct why *why)
{
    enum outcome out = cloud_settings(errand, cloud, why);

    if (out || (out = read_secret(cloud, why)) ||
        (out = https_open(text_of(errand, SETTING_CA_FILE), text_of(errand, SETTING_PROXY),
                          &cloud->https, why)))
        return out;
    cloud->grant.https = cloud->https;
    return cloud_has_tokens(cloud) || !cloud_is_okta(cloud) ? discover(cloud, why) : OUTCOME_OK;
}

void cloud_close(struct cloud *cloud)
{
    secret_free(&cloud->client_secret);
    jwks_free(&cloud->keys);
    https_free(&cloud->https);
    free(cloud->tenants_text);
    free(cloud->amr_text);
    free(cloud->acr_text);
}

const struct grant *cloud_grant(struct cloud *cloud)
{
    cloud->grant.budget_ms = errand_left(cloud->errand);
    return &cloud->grant;
}

static enum outcome fetch_keys(struct cloud *cloud, struct why *why)
{
    const struct https_request request = { .url = cloud->discovery.keys,
                                           .accept = "application/json",
                                           .most = JWKS_MOST };
    https_answer_auto answer = { 0 };
    enum outcome out = https_do(cloud->https, &request, errand_left(cloud->errand),
                                cloud->errand->asker, &answer, why);

    jwks_free(&cloud->keys);
    cloud->keys_were_kept = false;
    if (!out && answer.status != 200)
        out = fail(why, REASON_BAD_ANSWER, "status %d", answer.status);
    if (!out)
        out = jwks_parse(secret_peek(answer.body), secret_length(answer.body), &cloud->keys, why);
    if (out)
        return fail_in(why, "the keys of %s", cloud->discovery.issuer);
    published_keep(cloud->errand->published, PUBLISHED_KEYS, request.url, secret_peek(answer.body),
                   secret_length(answer.body));
    return OUTCOME_OK;
}

enum outcome cloud_keys(struct cloud *cloud, struct why *why)
{
    const struct text *kept =
        published_find(cloud->errand->published, PUBLISHED_KEYS, cloud->discovery.keys);

    if (cloud->keys)
        return OUTCOME_OK;
    cloud->keys_were_kept =
        kept && !jwks_parse(text_peek(kept), text_length(kept), &cloud->keys, why);
    return cloud->keys_were_kept ? OUTCOME_OK : fetch_keys(cloud, why);
}

/* By keys that are kept, and if it is of none of them by those that are published now. */
static enum outcome check_id_token(struct cloud *cloud, const struct secret *token,
                                   struct id_token_rules *rules, struct id_token *id,
                                   struct why *why)
{
    enum outcome out = cloud_keys(cloud, why);

    if (out)
        return out;
    rules->keys = cloud->keys;
    out = id_token_check(token, rules, id, why);
    if (!out || why->reason != REASON_UNKNOWN_KEY || !cloud->keys_were_kept ||
        !published_may_ask(cloud->errand->published))
        return out;
    if ((out = fetch_keys(cloud, why)))
        return out;
    rules->keys = cloud->keys;
    return id_token_check(token, rules, id, why);
}

enum outcome cloud_id_token(struct cloud *cloud, const struct tokens *tokens,
                            const struct cloud_check *check, struct id_token *id, struct why *why)
{
    bool looks = !check->is_refresh;
    struct id_token_rules rules = { .algorithms = cloud->discovery.algorithms,
                                    .issuer = cloud->discovery.issuer,
                                    .bare_issuer =
                                        cloud->provider->deviations & PROVIDER_BARE_ISSUER,
                                    .tenants = cloud->tenants[0] ? cloud->tenants : NULL,
                                    .client = cloud->grant.client,
                                    .nonce = check->nonce,
                                    .no_nonce = !check->nonce,
                                    .access_token = tokens->access,
                                    .code = check->code,
                                    .acr = looks && cloud->acr[0] ? cloud->acr : NULL,
                                    .amr = looks && cloud->amr[0] ? cloud->amr : NULL,
                                    .now = time(NULL),
                                    .skew_s = ID_TOKEN_SKEW_S };
    enum outcome out;

    if (!tokens->id)
        return fail(why, REASON_BAD_ANSWER, "%s gave no ID token: is openid among the scopes?",
                    cloud->discovery.issuer);
    asker_step(cloud->errand->asker, "Checking what %s has signed", cloud->discovery.issuer);
    if ((out = check_id_token(cloud, tokens->id, &rules, id, why)))
        return fail_in(why, "the ID token of %s", cloud->discovery.issuer);
    return OUTCOME_OK;
}
