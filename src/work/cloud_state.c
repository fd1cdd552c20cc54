/* SPDX-License-Identifier: MIT
 *
 * What is remembered of a sign-in at an OpenID provider, its end, a token for a program, and the
 * change of the password.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "work/beside.h"
#include "work/cloud.h"
#include "work/places.h"

enum { REVOKE_MS = 5000 };

static const char *state_now(const struct errand *errand)
{
    const char *kept = errand_text(errand, SLOT_REMEMBERED);
    const char *before = errand_text(errand, SLOT_STATE);
    int64_t end = message_number(errand->request, SLOT_TOKEN_END, INT64_MAX);

    if (message_number(errand->request, SLOT_STAYS_SIGNED_OUT, 0))
        return "signed-out";
    if (before && !strcmp(before, "expired")) /* the provider said so, or the time was over */
        return before;
    return end > time(NULL) || (kept && !strcmp(kept, "yes")) ? "signed-in" : "expired";
}

enum outcome cloud_status(struct errand *errand, struct why *why)
{
    cloud_auto cloud = { .errand = NULL };
    enum outcome out = cloud_settings(errand, &cloud, why);

    if (out)
        return out;
    if (!errand_text(errand, SLOT_PRINCIPAL) || !cloud_knows(&cloud))
        return fail(why, REASON_NOT_SIGNED_IN, "nobody has signed in yet as identity %s",
                    errand->identity);
    const char *state = state_now(errand);
    message_add(errand->result, SLOT_STATE, state);
    message_add_facts(errand->result, errand->request);
    cloud_check_rights(&cloud);
    return strcmp(state, "signed-out")
               ? OUTCOME_OK
               : fail(why, REASON_NOT_SIGNED_IN, "identity %s", errand->identity);
}

/* The provider forgets the token, if it can be reached soon. */
static enum outcome revoke(struct errand *errand, const struct secret *token, struct why *why)
{
    cloud_auto cloud = { .errand = NULL };
    enum outcome out;

    if (errand->deadline_ms > clock_ms() + REVOKE_MS)
        errand->deadline_ms = clock_ms() + REVOKE_MS;
    if ((out = cloud_open(errand, &cloud, why)))
        return out;
    return grant_revoke(cloud_grant(&cloud), token, why);
}

enum outcome cloud_sign_out(struct errand *errand, struct why *why)
{
    static const enum slot gone[] = { SLOT_TOKEN_END, SLOT_TOKEN_ITEM };
    bool forgets = message_number(errand->request, SLOT_FORGET, 0);
    cloud_auto cloud = { .errand = NULL };
    struct why left;
    enum outcome out;

    if (!errand_text(errand, SLOT_PRINCIPAL))
        return fail(why, REASON_NOT_SIGNED_IN, "nobody has signed in yet as identity %s",
                    errand->identity);
    if ((out = cloud_settings(errand, &cloud, why)))
        return out;
    secret_auto *token = cloud_forget(&cloud, forgets, why);
    message_add(errand->result, SLOT_STATE, "signed-out");
    message_add_number(errand->result, SLOT_STAYS_SIGNED_OUT, 1);
    message_add_facts(errand->result, errand->request);
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        message_drop(errand->result, gone[i]);
    if (forgets && !why->reason)
        message_drop(errand->result, SLOT_REMEMBERED);
    beside_sign_out(errand);
    if (token && revoke(errand, token, &left))
        asker_tell(errand->asker, "%s could not be told of it: %s", cloud.issuer, left.text);
    return reason_outcome(why->reason);
}

/* For Entra an audience is a scope. */
static void choose_scope(struct cloud *cloud, char *scope, size_t size)
{
    const char *asked = errand_text(cloud->errand, SLOT_SCOPE);
    const char *audience = errand_text(cloud->errand, SLOT_AUDIENCE);
    bool as_scope = cloud->provider->deviations & PROVIDER_TENANTS;

    *scope = '\0';
    if (asked)
        (void)snprintf(scope, size, "%s", asked);
    else if (audience && as_scope)
        (void)snprintf(scope, size, "%s/.default", audience);
    cloud->grant.fewer_scopes = *scope ? scope : NULL;
    cloud->grant.audience = as_scope ? NULL : audience;
}

enum outcome cloud_token(struct errand *errand, struct why *why)
{
    cloud_auto cloud = { .errand = NULL };
    tokens_auto tokens = { .access = NULL };
    char scope[600];
    enum outcome out;

    if (!errand_text(errand, SLOT_PRINCIPAL) ||
        message_number(errand->request, SLOT_STAYS_SIGNED_OUT, 0))
        return fail(why, REASON_NOT_SIGNED_IN, "identity %s", errand->identity);
    if ((out = cloud_open(errand, &cloud, why)))
        return out;
    if (!cloud_has_tokens(&cloud))
        return fail(why, REASON_BAD_SETTING, "client_id is not set for identity %s",
                    errand->identity);
    choose_scope(&cloud, scope, sizeof scope);
    if ((out = cloud_refresh(&cloud, &tokens, why)))
        return out;
    message_add_secret(errand->result, SLOT_ACCESS_TOKEN, tokens.access);
    message_add_number(errand->result, SLOT_ACCESS_TOKEN_END, time(NULL) + tokens.expires_s);
    return OUTCOME_OK;
}

static enum outcome show_page(const struct errand *errand, const char *page, struct why *why)
{
    const struct question question = { .kind = QUESTION_SHOWN,
                                       .name = "password-page",
                                       .prompt = "Change the password there, then press Enter: ",
                                       .page = page };
    secret_auto *nothing = NULL;

    return asker_ask(errand->asker, &question, &nothing, why);
}

/* A token that comes with the proof is kept as that of a sign-in would be: of the same person, with
 * all that is demanded; and not by who has signed out. */
static void judge_token(struct cloud *cloud, struct tokens *tokens)
{
    const struct cloud_check check = { .nonce = NULL };
    id_token_auto id = { .document = NULL };
    struct why why;

    if (!tokens->refresh ||
        (!message_number(cloud->errand->request, SLOT_STAYS_SIGNED_OUT, 0) &&
         !cloud_id_token(cloud, tokens, &check, &id, &why) && !cloud_same_person(cloud, &id, &why)))
        return;
    cloud_drop(cloud, tokens->refresh);
    secret_free(&tokens->refresh);
}

static const char *user_of(const struct errand *errand)
{
    const char *known = errand_text(errand, SLOT_USER);

    return known ? known : errand_text(errand, SLOT_PRINCIPAL);
}

/* A password that is right now goes where passwords are. */
static enum outcome give_new(struct cloud *cloud, struct tokens *tokens,
                             const struct secret *password, struct why *why)
{
    struct errand *errand = cloud->errand;
    enum outcome out;

    message_add_facts(errand->result, errand->request);
    errand->changed = true;
    if ((out = places_lock(errand, why)) ||
        (out = places_changing(errand, errand_text(errand, SLOT_PRINCIPAL), why)) ||
        (out = beside_changing(errand, user_of(errand), why)))
        return out;
    judge_token(cloud, tokens);
    cloud_keep(cloud, tokens, password);
    errand_follow(errand, errand_text(errand, SLOT_PRINCIPAL), NULL, password);
    beside_follow(errand, user_of(errand), NULL, password);
    return OUTCOME_OK;
}

/* The provider's page changes it; here it is only proved, where the settings allow that. */
static enum outcome take_new(struct cloud *cloud, struct why *why)
{
    const struct question question = { .kind = QUESTION_HIDDEN,
                                       .name = "new-password",
                                       .prompt = "New password: " };
    secret_auto *password = NULL;
    tokens_auto tokens = { .access = NULL };
    enum outcome out;

    if ((out = asker_ask(cloud->errand->asker, &question, &password, why)) ||
        (out = cloud_password(cloud, user_of(cloud->errand), password, &tokens, why)))
        return out;
    return give_new(cloud, &tokens, password, why);
}

/* The password that signs in is the one that the places should have. */
enum outcome cloud_repair(struct errand *errand, struct why *why)
{
    struct why nothing;

    if (!places_left(errand, &nothing) && !beside_left(errand, &nothing)) {
        asker_tell(errand->asker, "No change of the password is open.");
        return cloud_status(errand, why);
    }
    errand->only_typed = true;
    enum outcome out = cloud_sign_in(errand, why);
    if (!out)
        out = places_left(errand, why);
    return out ? out : beside_left(errand, why);
}

/* Where a person changes the password; "": it is not known. */
static void find_page(const struct cloud *cloud, char page[URL_MOST])
{
    const struct errand *errand = cloud->errand;
    const char *set = conf_text(errand->conf, errand->identity, SETTING_PASSWORD_PAGE);

    if (!*set && *cloud->org)
        (void)snprintf(page, URL_MOST, "%s/enduser/settings", cloud->org);
    else
        (void)snprintf(page, URL_MOST, "%s", *set ? set : cloud->provider->password_page);
}

static enum outcome change_at_page(struct cloud *cloud, const char *page, struct why *why)
{
    struct errand *errand = cloud->errand;
    enum outcome out = show_page(errand, page, why);

    if (out)
        return out;
    if (cloud_takes_password(cloud))
        return take_new(cloud, why);
    message_add_facts(errand->result, errand->request);
    asker_tell(errand->asker,
               "This computer's own password is not changed with it: use passwd, if it is to be "
               "the same.");
    return OUTCOME_OK;
}

static bool is_directory_first(const struct errand *errand)
{
    return errand->beside &&
           *conf_text(errand->conf, errand->identity, SETTING_PASSWORD_FIRST) == 'd';
}

/* The provider may have heard of it by then; *follows: it has. */
static enum outcome change_directory_first(struct cloud *cloud, bool *follows, struct why *why)
{
    struct errand *errand = cloud->errand;
    secret_auto *now = NULL;
    tokens_auto tokens = { .access = NULL };
    enum outcome out = beside_change(errand, user_of(errand), &now, why);

    if (out || !cloud_takes_password(cloud))
        return out;
    if (!cloud_password(cloud, user_of(errand), now, &tokens, why)) {
        *follows = true;
        return give_new(cloud, &tokens, now, why);
    }
    asker_tell(errand->asker, "%s does not have the new password yet: %s", cloud->issuer,
               reason_sentence(why->reason));
    return why->reason == REASON_WRONG_PASSWORD ? OUTCOME_OK : reason_outcome(why->reason);
}

/* Nobody need have signed in here for it. */
static enum outcome recover(struct cloud *cloud, const char *page, struct why *why)
{
    struct errand *errand = cloud->errand;
    enum outcome out;

    if (!cloud_is_okta(cloud))
        return fail(why, REASON_NO_RECOVERY, "identity %s is of %s%s%s", errand->identity,
                    cloud->issuer, *page ? ", whose page for passwords is " : "", page);
    cloud_close(cloud);
    if ((out = cloud_open(errand, cloud, why)))
        return out;
    return cloud_okta_recover(cloud, why);
}

enum outcome cloud_change_password(struct errand *errand, struct why *why)
{
    char page[URL_MOST];
    bool changed = false;
    cloud_auto cloud = { .errand = NULL };
    enum outcome out = cloud_settings(errand, &cloud, why);

    if (out)
        return out;
    find_page(&cloud, page);
    if (message_has(errand->request, SLOT_RECOVER))
        return recover(&cloud, page, why);
    if (!*page)
        return fail(why, REASON_BAD_SETTING, "password_page is not set for identity %s",
                    errand->identity);
    if (!errand_text(errand, SLOT_PRINCIPAL))
        return fail(why, REASON_NOT_SIGNED_IN, "nobody has signed in yet as identity %s",
                    errand->identity);
    if (cloud_takes_password(&cloud)) {
        cloud_close(&cloud);
        if ((out = cloud_open(errand, &cloud, why)))
            return out;
    }
    if (is_directory_first(errand)) {
        if ((out = change_directory_first(&cloud, &changed, why)) || changed)
            return out;
    } else if (cloud_is_okta(&cloud)) {
        if ((out = cloud_okta_change(&cloud, &changed, why)) || changed)
            return out;
        asker_tell(errand->asker, "As long as it has not expired, Okta changes it at its page.");
    }
    return change_at_page(&cloud, page, why);
}
