/* SPDX-License-Identifier: MIT
 *
 * Okta's own Authentication API: the password and what else Okta wants are asked for here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "work/beside.h"
#include "work/cloud.h"
#include "work/places.h"

enum { CHANGE_MS = 25000, DAY_S = 86400 };

/* One walk, and what a change on its way needs. */
struct walk {
    struct cloud *cloud;
    const char *user;
    const struct secret *password;
    struct okta_result *result;
    bool is_stored, opened; /* the places are, by the journal */
    char device[OKTA_DEVICE_TOKEN + 1];
};

static bool is_unattended(const struct errand *errand)
{
    return message_number(errand->request, SLOT_UNATTENDED, 0);
}

/* Is it who signed in at this organisation last? */
static bool is_remembered(const struct walk *walk)
{
    const char *user = errand_text(walk->cloud->errand, SLOT_USER);
    const char *principal = errand_text(walk->cloud->errand, SLOT_PRINCIPAL);
    const char *then = errand_text(walk->cloud->errand, SLOT_SUBJECT);
    const char *now = walk->result->person.id; /* names are given anew */

    return cloud_knows(walk->cloud) && principal &&
           !strcasecmp(user ? user : principal, walk->user) &&
           (!then || !*now || !strcmp(then, now));
}

/* Whose places follow. */
static const char *principal_of(const struct walk *walk)
{
    return is_remembered(walk) ? errand_text(walk->cloud->errand, SLOT_PRINCIPAL)
                               : walk->result->person.login;
}

/* Who recovers without having signed in here has no directory beside. */
static enum outcome open_places(struct walk *walk, struct why *why)
{
    struct errand *errand = walk->cloud->errand;
    enum outcome out = places_changing(errand, principal_of(walk), why);

    if (out || (!walk->password && !is_remembered(walk)))
        return out;
    return beside_changing(errand, walk->user, why);
}

/* What is open when the new password leaves is on the disk before. */
static enum outcome changing(void *data, const struct secret *new, struct why *why)
{
    struct walk *walk = data;
    struct errand *errand = walk->cloud->errand;
    enum outcome out = errand_check_password(new, "new password", why);

    if (out)
        return out;
    if (errand->local && (out = local_rules(errand->local, walk->password, new, why)))
        return fail_in(why, "the rules of this computer");
    if (!walk->opened) {
        if ((out = places_lock(errand, why)))
            return out;
        walk->opened = true;
        if ((out = open_places(walk, why)))
            return out;
    }
    if (errand->deadline_ms < clock_ms() + CHANGE_MS) /* nothing ends it in the middle */
        errand->deadline_ms = clock_ms() + CHANGE_MS;
    errand_watch(errand->deadline_ms);
    return OUTCOME_OK;
}

static struct okta_request make_request(struct walk *walk)
{
    struct errand *errand = walk->cloud->errand;

    okta_device_token(walk->device);
    return (struct okta_request){
        .https = walk->cloud->https,
        .org = walk->cloud->org,
        .user = walk->user,
        .password = walk->password,
        .device_token = *walk->device ? walk->device : NULL,
        .remember_device = conf_flag(errand->conf, errand->identity, SETTING_REMEMBER_DEVICE),
        .factor = errand_text(errand, SLOT_FACTOR),
        .nobody = is_unattended(errand) || message_number(errand->request, SLOT_NOBODY, 0),
        .changing = changing,
        .data = walk,
        .asker = errand->asker,
        .budget_ms = errand_left(errand),
    };
}

/* Whatever came of it. */
static enum outcome take_end(struct walk *walk, enum outcome out, const struct why *why)
{
    struct errand *errand = walk->cloud->errand;

    errand->spent |= walk->result->sent;
    errand->accepted = walk->result->proved || walk->result->changed;
    errand->changed |= walk->result->changed;
    if (walk->opened && !walk->result->changed && why->reason != REASON_CHANGE_UNKNOWN) {
        places_unchanged(errand);
        beside_unchanged(errand);
    }
    return out;
}

static enum outcome go(struct walk *walk, bool changes, bool only_prove, struct why *why)
{
    struct okta_request request = make_request(walk);

    request.change = changes;
    request.only_prove = only_prove;
    return take_end(walk, okta_sign_in(&request, walk->result, why), why);
}

/* The same person as before, of whom no more is known than that the password is right. */
static enum outcome take_proved(struct walk *walk, struct why *why)
{
    const struct tokens nothing = { .access = NULL };
    struct cloud *cloud = walk->cloud;
    const char *subject = errand_text(cloud->errand, SLOT_SUBJECT);

    if (cloud_has_tokens(cloud))
        return fail(why, REASON_TOKEN_EXPIRED, "%s wants a second factor of %s", cloud->issuer,
                    walk->user);
    if (!subject || strcmp(subject, walk->result->person.id) != 0)
        return fail(why, REASON_OTHER_PERSON, "%s answers about somebody else", cloud->issuer);
    cloud_same_facts(cloud, &nothing);
    return OUTCOME_OK;
}

/* Who it is. */
static enum outcome take_facts(struct walk *walk, struct tokens *tokens, struct why *why)
{
    struct message *result = walk->cloud->errand->result;
    struct okta_result *okta = walk->result;
    enum outcome out;

    if (!okta->session)
        return take_proved(walk, why);
    if ((out = cloud_okta_enter(walk->cloud, okta, tokens, why)))
        return out;
    message_drop(result, SLOT_USER);
    message_add(result, SLOT_USER, walk->user);
    if (*okta->factor) {
        message_drop(result, SLOT_FACTOR);
        message_add(result, SLOT_FACTOR, okta->factor);
    }
    if (okta->expire_days >= 0)
        message_add_number(result, SLOT_PASSWORD_END, time(NULL) + okta->expire_days * DAY_S);
    return OUTCOME_OK;
}

/* What was changed on the way stays, whatever else failed. */
static void settle(struct walk *walk, const struct tokens *tokens, bool has_facts)
{
    const struct okta_result *okta = walk->result;
    struct errand *errand = walk->cloud->errand;
    const struct secret *now = okta->changed ? okta->new_password : walk->password;

    if (!has_facts && !okta->changed)
        return;
    if (!has_facts && is_remembered(walk))
        message_add_facts(errand->result, errand->request);
    bool is_known = message_has(errand->result, SLOT_PRINCIPAL);
    if (is_known)
        cloud_keep(walk->cloud, tokens, walk->is_stored && !okta->changed ? NULL : now);
    errand_follow(errand,
                  is_known && !walk->opened ? message_text(errand->result, SLOT_PRINCIPAL)
                                            : principal_of(walk),
                  okta->changed ? walk->password : NULL, now);
    if (is_known && (!walk->is_stored || okta->changed))
        beside_follow(errand, walk->user, okta->changed ? walk->password : NULL, now);
}

static enum outcome sign_in(struct cloud *cloud, const char *user, const struct secret *password,
                            bool is_stored, struct tokens *tokens, struct why *why)
{
    okta_result_auto result = { .session = NULL };
    struct walk walk = { .cloud = cloud,
                         .user = user,
                         .password = password,
                         .result = &result,
                         .is_stored = is_stored };
    enum outcome out;

    if (!(out = go(&walk, false, is_unattended(cloud->errand), why)))
        out = take_facts(&walk, tokens, why);
    tokens->sent = result.sent;
    tokens->broke_down = !result.unread;
    settle(&walk, tokens, !out);
    if (out && why->reason == REASON_PROVIDER_DENIED && result.proved &&
        cloud_has_access_app(cloud) && is_remembered(&walk))
        cloud_shut_out(cloud);
    if ((out == OUTCOME_OFFLINE || out == OUTCOME_BUSY) && !result.sent && !is_stored)
        beside_follow(cloud->errand, user, NULL, password);
    return out;
}

enum outcome cloud_okta_sign_in(struct cloud *cloud, const char *user,
                                const struct secret *password, struct tokens *tokens,
                                struct why *why)
{
    return sign_in(cloud, user, password, false, tokens, why);
}

enum outcome cloud_okta_resume(struct cloud *cloud, const char *user, const struct secret *password,
                               struct tokens *tokens, struct why *why)
{
    return sign_in(cloud, user, password, true, tokens, why);
}

enum outcome cloud_okta_prove(struct cloud *cloud, const char *user, const struct secret *password,
                              struct tokens *tokens, struct why *why)
{
    okta_result_auto result = { .session = NULL };
    struct walk walk = { .cloud = cloud, .user = user, .password = password, .result = &result };
    enum outcome out = go(&walk, false, true, why);

    tokens->sent = result.sent;
    tokens->broke_down = !result.unread;
    return out;
}

enum outcome cloud_okta_change(struct cloud *cloud, bool *changed, struct why *why)
{
    const struct tokens nothing = { .access = NULL };
    struct errand *errand = cloud->errand;
    const char *known = errand_text(errand, SLOT_USER);
    const struct question question = { .kind = QUESTION_HIDDEN,
                                       .name = "password",
                                       .prompt = "Current password: " };
    secret_auto *password = NULL;
    okta_result_auto result = { .session = NULL };
    struct walk walk = { .cloud = cloud,
                         .user = known ? known : errand_text(errand, SLOT_PRINCIPAL),
                         .result = &result };
    enum outcome out = asker_ask(errand->asker, &question, &password, why);

    if (out || (out = errand_check_password(password, "password", why)))
        return out;
    walk.password = password;
    out = go(&walk, true, false, why);
    *changed = result.changed;
    settle(&walk, &nothing, false);
    return out;
}

/* What is to be done now. */
static void tell_recovered(const struct walk *walk, bool unlocks)
{
    const struct errand *errand = walk->cloud->errand;

    asker_tell(errand->asker, unlocks ? "The account is unlocked; its password is as it was."
                                      : "The password is changed.");
    if (!is_remembered(walk) || unlocks)
        asker_tell(errand->asker, "To sign in with it: chatelaine sign-in%s%s %s",
                   strcmp(errand->identity, CONF_DEFAULT_IDENTITY) ? " --identity " : "",
                   strcmp(errand->identity, CONF_DEFAULT_IDENTITY) ? errand->identity : "",
                   walk->user);
}

enum outcome cloud_okta_recover(struct cloud *cloud, struct why *why)
{
    const struct tokens nothing = { .access = NULL };
    bool unlocks = !strcmp(errand_text(cloud->errand, SLOT_RECOVER), "unlock");
    char user[NAME_USER_MOST + 1];
    okta_result_auto result = { .session = NULL };
    struct walk walk = { .cloud = cloud, .user = user, .result = &result };
    enum outcome out = cloud_ask_user(cloud->errand, user, sizeof user, why);

    if (out)
        return out;
    const struct okta_request request = make_request(&walk);
    out = okta_recover(&request, unlocks ? OKTA_UNLOCK : OKTA_FORGOTTEN, &result, why);
    (void)take_end(&walk, out, why);
    settle(&walk, &nothing, false);
    if (!out)
        tell_recovered(&walk, unlocks);
    return out;
}
