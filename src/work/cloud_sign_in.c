/* SPDX-License-Identifier: MIT
 *
 * sign-in at an OpenID provider: by what the keychain keeps, else by the person, in a browser, on
 * another device, or with the password where the settings allow that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "work/beside.h"
#include "work/cloud.h"
#include "work/places.h"

static bool flag(const struct errand *errand, enum slot slot)
{
    return message_number(errand->request, slot, 0);
}

/* Who is suggested to the provider's pages. */
static const char *hint(const struct errand *errand)
{
    const char *typed = errand_text(errand, SLOT_LOGIN);
    const char *set = conf_text(errand->conf, errand->identity, SETTING_USER);

    return typed ? typed : *set ? set : errand_text(errand, SLOT_PRINCIPAL);
}

static enum outcome ask_browser(struct cloud *cloud, const struct authorize *authorize,
                                struct secret **code, struct why *why)
{
    const struct errand *errand = cloud->errand;
    const char *acr = conf_text(errand->conf, errand->identity, SETTING_ACR_VALUES);
    const char *remember = conf_text(errand->conf, errand->identity, SETTING_REMEMBER);
    bool stays = strcmp(remember, "never") != 0;
    const struct authorize_request request = {
        .client = cloud->grant.client,
        .scopes = cloud->grant.scopes,
        .login_hint = hint(errand),
        .acr_values = *acr ? acr : NULL,
        .prompt = stays && cloud->provider->deviations & PROVIDER_CONSENT ? "consent" : NULL,
        .offline_parameter = stays && cloud->provider->deviations & PROVIDER_OFFLINE_PARAMETER,
    };
    struct question question = { .kind = QUESTION_WAIT,
                                 .name = "browser",
                                 .prompt = "Your browser opens the page of the provider:",
                                 .state = authorize->state };
    secret_auto *uri = NULL;
    char *url = NULL;
    enum outcome out = authorize_url(authorize, &cloud->discovery, &request, &url, why);

    question.page = url;
    if (!out && !(out = asker_ask(errand->asker, &question, &uri, why)))
        out = authorize_take(authorize, &cloud->discovery, secret_peek(uri), code, why);
    free(url);
    return out;
}

static enum outcome by_browser(struct cloud *cloud, struct why *why)
{
    authorize_auto authorize = { .verifier = NULL };
    secret_auto *code = NULL;
    tokens_auto tokens = { .access = NULL };
    enum outcome out;

    if (!*cloud->discovery.authorization || !cloud->discovery.s256)
        return fail(why, REASON_CLIENT_REFUSED, "%s has no page to sign in with PKCE (S256)",
                    cloud->discovery.issuer);
    if ((out = authorize_begin(&authorize, why)) ||
        (out = ask_browser(cloud, &authorize, &code, why)) ||
        (out = grant_code(cloud_grant(cloud), &authorize, code, &tokens, why)))
        return out;
    authorize_end(&authorize); /* it is sent once */
    const struct cloud_check check = { .nonce = authorize.nonce, .code = code };
    if ((out = cloud_take(cloud, &tokens, &check, why)))
        return out;
    cloud_keep(cloud, &tokens, NULL);
    return OUTCOME_OK;
}

/* By whose name a password is asked for; NULL: that is not known. */
static const char *known_user(const struct errand *errand)
{
    const char *last = errand_text(errand, SLOT_USER);

    return !errand_text(errand, SLOT_LOGIN) && last ? last : hint(errand);
}

enum outcome cloud_ask_user(const struct errand *errand, char *user, size_t size, struct why *why)
{
    const struct question question = { .kind = QUESTION_SHOWN,
                                       .name = "user",
                                       .prompt = "User name at the company: " };
    const char *known = known_user(errand);

    if (known)
        return (size_t)snprintf(user, size, "%s", known) < size
                   ? OUTCOME_OK
                   : fail(why, REASON_BAD_NAME, "the user name is too long");
    return asker_ask_text(errand->asker, &question, user, size, why);
}

static enum outcome ask_password(const struct errand *errand, const char *user,
                                 struct secret **password, struct why *why)
{
    char prompt[400];
    const struct question question = { .kind = QUESTION_HIDDEN,
                                       .name = "password",
                                       .prompt = prompt };

    (void)snprintf(prompt, sizeof prompt, "Password of %s: ", user);
    return asker_ask(errand->asker, &question, password, why);
}

/* A refusal that counts as a sign-in tells nothing of the person but the name: not how it was
 * proved, nor in which of several tenants. */
static enum outcome take_name(struct cloud *cloud, const char *user, struct why *why)
{
    struct message *result = cloud->errand->result;

    if (cloud->amr[0] || cloud->acr[0])
        return fail(why, REASON_NO_SECOND_FACTOR, "a refusal does not tell how %s signed in", user);
    if (strchr(cloud->discovery.issuer, '{'))
        return fail(why, REASON_OTHER_TENANT, "a refusal does not tell the tenant of %s", user);
    message_drop_facts(result);
    message_add(result, SLOT_PROVIDER, cloud->provider->word);
    message_add(result, SLOT_ISSUER, cloud->issuer);
    message_add(result, SLOT_PRINCIPAL, user);
    message_add(result, SLOT_STATE, "signed-in");
    message_add_number(result, SLOT_READ_AT, time(NULL));
    return OUTCOME_OK;
}

static enum outcome by_password(struct cloud *cloud, struct why *why)
{
    const struct cloud_check check = { .nonce = NULL };
    struct errand *errand = cloud->errand;
    char user[NAME_USER_MOST + 1];
    secret_auto *password = NULL;
    tokens_auto tokens = { .access = NULL };
    enum outcome out;

    if ((out = cloud_ask_user(errand, user, sizeof user, why)) ||
        (out = ask_password(errand, user, &password, why)))
        return out;
    if (cloud_is_okta(cloud))
        return errand_check_password(password, "password", why)
                   ? reason_outcome(why->reason)
                   : cloud_okta_sign_in(cloud, user, password, &tokens, why);
    if ((out = cloud_password(cloud, user, password, &tokens, why)))
        return out;
    if ((out =
             tokens.access ? cloud_take(cloud, &tokens, &check, why) : take_name(cloud, user, why)))
        return out;
    message_drop(errand->result, SLOT_USER);
    message_add(errand->result, SLOT_USER, user);
    cloud_keep(cloud, &tokens, password);
    errand_follow(errand, message_text(errand->result, SLOT_PRINCIPAL), NULL, password);
    beside_follow(errand, user, NULL, password);
    return OUTCOME_OK;
}

/* A window, where a browser can be shown. */
static bool has_browser(const struct errand *errand)
{
    const char *words = errand_text(errand, SLOT_KEYCHAINS);

    return words && setting_list_has(words, "prompt");
}

static enum outcome by_page(struct cloud *cloud, struct why *why)
{
    bool device = flag(cloud->errand, SLOT_BY_DEVICE) ||
                  (!has_browser(cloud->errand) && *cloud->discovery.device);

    if (cloud_is_okta(cloud) && cloud_has_access_app(cloud))
        return fail(why, REASON_BAD_SETTING,
                    "access_client_id: only a sign-in with the password tells who is let in");
    return device ? cloud_by_device(cloud, why) : by_browser(cloud, why);
}

/* Its page asks for whatever it wants. */
static bool is_for_page(enum reason reason)
{
    return reason == REASON_BROWSER_NEEDED || reason == REASON_NOT_TAKEN;
}

static enum outcome by_person(struct cloud *cloud, struct why *why)
{
    struct errand *errand = cloud->errand;
    bool typed = cloud_takes_password(cloud) && !flag(errand, SLOT_BY_DEVICE);
    enum outcome out = typed ? by_password(cloud, why) : by_page(cloud, why);

    if (!typed || !out || !is_for_page(why->reason) || !flag(errand, SLOT_CAN_ASK) ||
        !cloud_has_tokens(cloud) || cloud_has_access_app(cloud))
        return out;
    asker_tell(errand->asker, "%s", reason_sentence(why->reason));
    return by_page(cloud, why);
}

/* May the person do it, what is stored being of no use? */
static bool may_ask(const struct errand *errand, const struct why *why)
{
    static const enum reason refusals[] = { REASON_TOKEN_EXPIRED,    REASON_BROWSER_NEEDED,
                                            REASON_PASSWORD_EXPIRED, REASON_MUST_CHANGE,
                                            REASON_UNKNOWN_USER,     REASON_WRONG_PASSWORD,
                                            REASON_OTHER_PERSON,     REASON_OTHER_TENANT,
                                            REASON_NO_SECOND_FACTOR };

    if (flag(errand, SLOT_UNATTENDED) ||
        (why->reason == REASON_PROVIDER_DENIED && errand->accepted))
        return false;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (why->reason == refusals[i])
            return true;
    return errand->keychain != REASON_NONE;
}

/* The token was of no use, and the provider can be asked. */
static bool may_try_password(enum outcome out)
{
    return out == OUTCOME_DENIED || out == OUTCOME_EXPIRED;
}

/* Somebody else is not who is remembered. */
static bool is_remembered(const struct errand *errand)
{
    const char *typed = errand_text(errand, SLOT_LOGIN);
    const char *principal = errand_text(errand, SLOT_PRINCIPAL);

    return !errand->only_typed && !flag(errand, SLOT_BY_DEVICE) &&
           (!typed || (principal && !strcasecmp(typed, principal)));
}

/* The directory, where the provider is away, or has seen a password that is kept for it alone. */
static void sign_in_beside(struct errand *errand, enum outcome out)
{
    const char *user = known_user(errand);
    bool away = out == OUTCOME_OFFLINE || out == OUTCOME_BUSY;

    if (!errand->beside || errand->beside->is_done || (out && (!away || errand->spent)))
        return;
    if (away)
        asker_tell(errand->asker, "The provider cannot be reached; the directory is asked alone.");
    beside_alone(errand, user ? user : "");
}

enum outcome cloud_sign_in(struct errand *errand, struct why *why)
{
    cloud_auto cloud = { .errand = NULL };
    enum outcome out;

    if (flag(errand, SLOT_UNATTENDED) && flag(errand, SLOT_STAYS_SIGNED_OUT))
        return fail(why, REASON_NOT_SIGNED_IN, "signed out until the next sign-in");
    if ((out = cloud_open(errand, &cloud, why))) {
        sign_in_beside(errand, out);
        return out;
    }
    if (is_remembered(errand)) {
        out = cloud_by_stored(&cloud, why);
        if (cloud_is_okta(&cloud) && may_try_password(out)) {
            out = cloud_use_stored(&cloud, cloud_okta_resume, why);
            sign_in_beside(errand, out);
        }
    } else {
        out = fail(why, REASON_NOT_STORED, "somebody else signs in");
        errand->keychain = why->reason;
    }
    return out && may_ask(errand, why) ? by_person(&cloud, why) : out;
}
