/* SPDX-License-Identifier: MIT
 *
 * What a session with Okta is good for: whether the person may sign in here, tokens, and whether
 * the person is an administrator. The organisation says so without a page, by who is assigned to
 * which of its applications.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "work/cloud.h"

static const char *access_app(const struct cloud *cloud)
{
    return conf_text(cloud->errand->conf, cloud->errand->identity, SETTING_ACCESS_CLIENT_ID);
}

static const char *admin_app(const struct cloud *cloud)
{
    return conf_text(cloud->errand->conf, cloud->errand->identity, SETTING_ADMIN_CLIENT_ID);
}

/* What opens the session goes to the organisation alone. */
static enum outcome get_code(struct cloud *cloud, const struct discovery *discovery,
                             const struct authorize *authorize,
                             const struct authorize_request *request,
                             struct authorize_session *session, int budget_ms, struct secret **code,
                             struct why *why)
{
    secret_auto *uri = NULL;
    char *url = NULL;
    enum outcome out;

    if (!*discovery->authorization || !discovery->s256 ||
        !url_same_origin(discovery->authorization, cloud->org))
        return fail(why, REASON_CLIENT_REFUSED, "%s has no page of its own with PKCE (S256)",
                    cloud->issuer);
    out = authorize_url(authorize, discovery, request, &url, why);
    if (!out)
        out = authorize_silently(cloud->https, url, session, budget_ms, cloud->errand->asker, &uri,
                                 why);
    if (!out)
        out = authorize_take(authorize, discovery, secret_peek(uri), code, why);
    free(url);
    return out;
}

void cloud_okta_server(const struct cloud *cloud, struct discovery *server)
{
    *server = (struct discovery){ .s256 = true };
    (void)snprintf(server->issuer, sizeof server->issuer, "%s", cloud->org);
    (void)snprintf(server->authorization, sizeof server->authorization, "%s/oauth2/v1/authorize",
                   cloud->org);
}

/* OK: the person is assigned to that application, as a code says, which nobody redeems;
 * PROVIDER_DENIED: not. Anything else: it is not known. Half of the time is left for the rest. */
static enum outcome is_assigned(struct cloud *cloud, const char *app,
                                struct authorize_session *session, struct why *why)
{
    struct discovery org;
    const struct authorize_request request = { .client = app,
                                               .scopes = "openid",
                                               .prompt = "none" };
    authorize_auto authorize = { .verifier = NULL };
    secret_auto *code = NULL;
    enum outcome out;

    asker_step(cloud->errand->asker, "Asking %s for the application %s", cloud->org, app);
    cloud_okta_server(cloud, &org);
    if ((out = authorize_begin(&authorize, why)) ||
        (out = get_code(cloud, &org, &authorize, &request, session, errand_left(cloud->errand) / 2,
                        &code, why)))
        return fail_in(why, "the application %s at %s", app, cloud->org);
    return OUTCOME_OK;
}

static bool is_about_person(enum outcome out)
{
    return out == OUTCOME_DENIED || out == OUTCOME_EXPIRED || out == OUTCOME_LOCKED ||
           out == OUTCOME_NOT_OURS;
}

/* The password was right: no other answer than that of the application is about the person. */
static enum outcome check_access(struct cloud *cloud, struct authorize_session *session,
                                 struct why *why)
{
    enum outcome out =
        *access_app(cloud) ? is_assigned(cloud, access_app(cloud), session, why) : OUTCOME_OK;

    if (is_about_person(out) && why->reason != REASON_PROVIDER_DENIED)
        return fail_as(why, REASON_BAD_ANSWER);
    return out;
}

static enum outcome get_tokens(struct cloud *cloud, struct authorize_session *session,
                               struct tokens *tokens, struct why *why)
{
    const char *acr = conf_text(cloud->errand->conf, cloud->errand->identity, SETTING_ACR_VALUES);
    const struct authorize_request request = { .client = cloud->grant.client,
                                               .scopes = cloud->grant.scopes,
                                               .acr_values = *acr ? acr : NULL,
                                               .prompt = "none" };
    authorize_auto authorize = { .verifier = NULL };
    secret_auto *code = NULL;
    enum outcome out;

    asker_step(cloud->errand->asker, "Getting tokens of %s", cloud->issuer);
    if ((out = authorize_begin(&authorize, why)))
        return out;
    if ((out = get_code(cloud, &cloud->discovery, &authorize, &request, session,
                        errand_left(cloud->errand), &code, why)))
        return fail_in(why, "tokens for the session at %s", cloud->issuer);
    if ((out = grant_code(cloud_grant(cloud), &authorize, code, tokens, why)))
        return out;
    authorize_end(&authorize); /* it is sent once */
    const struct cloud_check check = { .nonce = authorize.nonce, .code = code };
    return cloud_take(cloud, tokens, &check, why);
}

/* Whoever is not known to be one is none. */
static enum outcome add_rights(struct cloud *cloud, struct authorize_session *session,
                               struct why *why)
{
    struct message *result = cloud->errand->result;
    enum outcome out;

    if (*access_app(cloud))
        message_add(result, SLOT_ACCESS_CLIENT, access_app(cloud));
    if (!*admin_app(cloud))
        return OUTCOME_OK;
    out = is_assigned(cloud, admin_app(cloud), session, why);
    if (out == OUTCOME_CANCELLED)
        return out;
    if (!out || why->reason == REASON_PROVIDER_DENIED) {
        message_add_number(result, SLOT_ADMINISTRATOR, !out);
        message_add(result, SLOT_ADMIN_CLIENT, admin_app(cloud));
        message_add_number(result, SLOT_RIGHTS_AT, time(NULL));
    } else {
        asker_tell(cloud->errand->asker, "Whether you are an administrator is not known: %s (%s)",
                   reason_sentence(why->reason), why->text);
    }
    return OUTCOME_OK;
}

/* Who it is, by tokens where there are any. */
static enum outcome use(struct cloud *cloud, const struct okta_result *okta,
                        struct authorize_session *session, struct tokens *tokens, struct why *why)
{
    enum outcome out = check_access(cloud, session, why);

    if (out)
        return out;
    out = cloud_has_tokens(cloud) ? get_tokens(cloud, session, tokens, why)
                                  : cloud_okta_facts(cloud, okta, why);
    if (!out && (out = add_rights(cloud, session, why)))
        message_drop_facts(cloud->errand->result);
    return out;
}

enum outcome cloud_okta_enter(struct cloud *cloud, struct okta_result *okta, struct tokens *tokens,
                              struct why *why)
{
    authorize_session_auto session = { .token = okta->session };
    okta->session = NULL;
    enum outcome out = use(cloud, okta, &session, tokens, why);

    authorize_leave(cloud->https, cloud->org, &session, errand_left(cloud->errand));
    return out;
}

bool cloud_has_access_app(const struct cloud *cloud)
{
    return *access_app(cloud);
}

enum outcome cloud_had_access(const struct cloud *cloud, struct why *why)
{
    const char *app = errand_text(cloud->errand, SLOT_ACCESS_CLIENT);

    if (!cloud_is_okta(cloud) || !*access_app(cloud) || (app && !strcmp(app, access_app(cloud))))
        return OUTCOME_OK;
    return fail(why, REASON_PROVIDER_DENIED, "the last sign-in was none by the application %s",
                access_app(cloud));
}

static void drop_rights(struct message *result)
{
    static const enum slot slots[] = { SLOT_ADMINISTRATOR, SLOT_ADMIN_CLIENT, SLOT_RIGHTS_AT };

    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        message_drop(result, slots[i]);
}

void cloud_check_rights(struct cloud *cloud)
{
    const char *app = message_text(cloud->errand->result, SLOT_ADMIN_CLIENT);

    if (!app || strcmp(app, admin_app(cloud)) != 0)
        drop_rights(cloud->errand->result);
}

void cloud_same_rights(struct cloud *cloud)
{
    struct errand *errand = cloud->errand;

    message_add(errand->result, SLOT_ACCESS_CLIENT, errand_text(errand, SLOT_ACCESS_CLIENT));
    if (!message_has(errand->request, SLOT_ADMINISTRATOR))
        return;
    message_add_number(errand->result, SLOT_ADMINISTRATOR,
                       message_number(errand->request, SLOT_ADMINISTRATOR, 0));
    message_add(errand->result, SLOT_ADMIN_CLIENT, errand_text(errand, SLOT_ADMIN_CLIENT));
    message_add_number(errand->result, SLOT_RIGHTS_AT,
                       message_number(errand->request, SLOT_RIGHTS_AT, 0));
    cloud_check_rights(cloud);
}

void cloud_shut_out(struct cloud *cloud)
{
    struct message *result = cloud->errand->result;

    message_drop(result, SLOT_STATE);
    message_add(result, SLOT_STATE, "expired");
    message_add_facts(result, cloud->errand->request);
    message_drop(result, SLOT_ACCESS_CLIENT);
    drop_rights(result);
}
