/* SPDX-License-Identifier: MIT
 *
 * doctor for an OpenID provider: what it publishes, its keys, its clock, and each way to sign in
 * that the settings allow, as far as nobody has to sign in for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/redirect.h"
#include "work/cloud.h"
#include "work/doctor.h"

/* What an ID token is good for in the past and the future. */
static void look_at_clock(struct doctor *doctor, const struct cloud *cloud)
{
    long off = cloud->discovery.date < 0 ? 0 : (long)(time(NULL) - cloud->discovery.date);
    struct why why;

    if (cloud->discovery.date < 0) {
        doctor_skip(doctor, "clock", cloud->issuer, "it does not tell the time");
    } else if (labs(off) > ID_TOKEN_SKEW_S) {
        (void)fail(&why, REASON_CLOCK_SKEW, "ours is %ld s %s", labs(off),
                   off > 0 ? "ahead" : "behind");
        doctor_fault(doctor, true, "clock", cloud->issuer, &why, NULL);
    } else {
        doctor_good(doctor, "clock", cloud->issuer, "within %d s of ours", ID_TOKEN_SKEW_S);
    }
}

static void look_at_keys(struct doctor *doctor, struct cloud *cloud)
{
    struct why why;

    if (cloud_keys(cloud, &why))
        doctor_fault(doctor, true, "keys", cloud->issuer, &why, NULL);
    else
        doctor_good(doctor, "keys", cloud->issuer, "published");
}

/* Asks for a sign-in without a page: nobody is signed in here, so the provider sends us back with
 * an error of that, if it takes us and our redirect at all (Core 1.0, section 3.1.2.6). */
static enum outcome ask_silently(struct cloud *cloud, const struct discovery *discovery,
                                 const char *client, const char *scopes, struct why *why)
{
    const struct authorize_request wanted = { .client = client,
                                              .scopes = scopes,
                                              .prompt = "none" };
    authorize_auto authorize = { .verifier = NULL };
    secret_auto *uri = NULL;
    char *url = NULL, state[REDIRECT_STATE];
    enum outcome out;

    if ((out = authorize_begin(&authorize, why)) ||
        (out = authorize_url(&authorize, discovery, &wanted, &url, why)))
        return out;
    out = authorize_silently(cloud->https, url, NULL, errand_left(cloud->errand),
                             cloud->errand->asker, &uri, why);
    if (out ? why->reason == REASON_CLIENT_REFUSED
            : !redirect_state(secret_peek(uri), state) || strcmp(state, authorize.state) != 0)
        out = fail(why, REASON_CLIENT_REFUSED, "it does not send browsers back to %s for client %s",
                   REDIRECT_URI, wanted.client);
    free(url);
    return out;
}

static void look_at_browser(struct doctor *doctor, struct cloud *cloud)
{
    static const char remedy[] =
        "Register a public client (native application) with that redirect. A provider that takes "
        "only http://127.0.0.1 or https:// needs sign-in --device.";
    struct why why;

    if (!*cloud->discovery.authorization || !cloud->discovery.s256)
        doctor_skip(doctor, "browser", cloud->issuer, "it has no page with PKCE (S256)");
    else if (ask_silently(cloud, &cloud->discovery, cloud->grant.client, cloud->grant.scopes, &why))
        doctor_fault(doctor, false, "browser", cloud->issuer, &why, remedy);
    else
        doctor_good(doctor, "browser", cloud->issuer, "it would send the browser back to us");
}

/* Who is assigned to it only a sign-in tells; that the organisation has it, and would answer to us,
 * it says to nobody in particular. */
static void look_at_app(struct doctor *doctor, struct cloud *cloud, enum setting setting,
                        const char *check)
{
    static const char remedy[] =
        "It must be a native application of the organisation, with the redirect "
        "org.chatelaine:/callback, and assigned to those whom it is meant for.";
    const char *app = conf_text(doctor->errand->conf, doctor->errand->identity, setting);
    struct discovery server;
    struct why why;

    if (!*app)
        return;
    cloud_okta_server(cloud, &server);
    if (ask_silently(cloud, &server, app, "openid", &why))
        doctor_fault(doctor, setting == SETTING_ACCESS_CLIENT_ID, check, cloud->org, &why, remedy);
    else
        doctor_good(doctor, check, cloud->org, "%s is known; who is assigned a sign-in asks", app);
}

static void look_at_device(struct doctor *doctor, struct cloud *cloud)
{
    device_auto device = { .code = NULL };
    struct why why;

    if (!*cloud->discovery.device)
        doctor_skip(doctor, "device", cloud->issuer, "it has no sign-in on another device");
    else if (grant_device(cloud_grant(cloud), &device, &why))
        doctor_fault(doctor, false, "device", cloud->issuer, &why, NULL);
    else
        doctor_good(doctor, "device", cloud->issuer, "it gives codes, for %s", device.url);
}

static void look_at_password(struct doctor *doctor, const struct cloud *cloud)
{
    if (cloud_takes_password(cloud))
        doctor_skip(doctor, "password", cloud->issuer,
                    "typed here, and not tried: that would cost an attempt");
}

/* What it publishes of itself (RFC 8615): which of Okta's two engines it has. */
static void look_at_org(struct doctor *doctor, struct cloud *cloud)
{
    static const char path[] = "/.well-known/okta-organization";
    char url[URL_MOST];
    const struct https_request request = { .url = url,
                                           .accept = "application/json",
                                           .most = OKTA_ANSWER_MOST };
    https_answer_auto answer = { 0 };
    json_auto *json = NULL;
    struct json_at top;
    const char *engine;
    struct why why;

    (void)snprintf(url, sizeof url, "%s%s", cloud->org, path);
    if (https_do(cloud->https, &request, errand_left(cloud->errand), cloud->errand->asker, &answer,
                 &why) ||
        json_parse("organization", secret_peek(answer.body), secret_length(answer.body),
                   OKTA_ANSWER_MOST, &json, &top, &why) ||
        json_get_text(&top, "pipeline", JSON_MUST, OKTA_WORD, &engine, &why)) {
        doctor_fault(doctor, true, "organisation", cloud->org, &why,
                     "Check org: it is https://NAME.okta.com, without -admin.");
        return;
    }
    cloud->discovery.date = answer.date;
    doctor_good(doctor, "organisation", cloud->org, "%s",
                !strcmp(engine, "idx") ? "Identity Engine: its sign-on policies must allow the "
                                         "Authentication API"
                                       : "Classic Engine");
}

static void look_at_stay(struct doctor *doctor, const struct cloud *cloud)
{
    const char *scopes = cloud->grant.scopes;
    const char *remember =
        conf_text(doctor->errand->conf, doctor->errand->identity, SETTING_REMEMBER);

    if (!strcmp(remember, "never"))
        doctor_skip(doctor, "stay", cloud->issuer, "remember = never: nothing is kept");
    else if (!strstr(scopes, "offline_access") &&
             !(cloud->provider->deviations & PROVIDER_OFFLINE_PARAMETER))
        doctor_skip(doctor, "stay", cloud->issuer,
                    "offline_access is not among the scopes: each sign-in lasts as its token does");
    else
        doctor_good(doctor, "stay", cloud->issuer, "a token that gets new ones is asked for");
}

static enum outcome examine(struct doctor *doctor, struct why *why)
{
    cloud_auto cloud = { .errand = NULL };
    enum outcome out;

    doctor_settings(doctor);
    doctor_places(doctor);
    if ((out = cloud_open(doctor->errand, &cloud, why))) {
        if (out == OUTCOME_CANCELLED)
            return out;
        doctor_fault(doctor, true, "discovery", cloud.issuer, why, NULL);
        return OUTCOME_OK;
    }
    if (cloud_is_okta(&cloud))
        look_at_org(doctor, &cloud);
    look_at_clock(doctor, &cloud);
    if (cloud_is_okta(&cloud)) {
        look_at_app(doctor, &cloud, SETTING_ACCESS_CLIENT_ID, "access-application");
        look_at_app(doctor, &cloud, SETTING_ADMIN_CLIENT_ID, "admin-application");
    }
    if (cloud_has_tokens(&cloud) || !cloud_is_okta(&cloud)) {
        doctor_good(doctor, "discovery", cloud.issuer, "provider %s", cloud.provider->word);
        look_at_keys(doctor, &cloud);
        look_at_browser(doctor, &cloud);
        look_at_device(doctor, &cloud);
        look_at_stay(doctor, &cloud);
    }
    look_at_password(doctor, &cloud);
    return asker_check(doctor->errand->asker, why);
}

enum outcome cloud_doctor(struct errand *errand, struct why *why)
{
    return doctor_run(errand, examine, why);
}
