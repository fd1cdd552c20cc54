/* SPDX-License-Identifier: MIT
 *
 * What the keychain holds for an OpenID provider: the token that gets new ones, and a password
 * where the settings allow it to be shown. Neither is sent twice, unless it is known that it holds.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "idp/oauth_error.h"
#include "work/cloud.h"
#include "work/places.h"

/* By the issuer of the person's own, whatever the settings are by now. */
static const char *issuer_of(const struct cloud *cloud, const struct message *facts)
{
    const char *issuer = message_text(facts, SLOT_ISSUER);

    return issuer ? issuer : cloud->issuer;
}

struct item cloud_token_item(const struct cloud *cloud, const struct message *facts)
{
    return (struct item){ .kind = "refresh",
                          .user = message_text(facts, SLOT_SUBJECT),
                          .realm = issuer_of(cloud, facts) };
}

/* The user as the password was typed for. */
struct item cloud_password_item(const struct cloud *cloud, const struct message *facts)
{
    const char *user = message_text(facts, SLOT_USER);

    return (struct item){ .kind = "password",
                          .user = user ? user : message_text(facts, SLOT_PRINCIPAL),
                          .realm = issuer_of(cloud, facts) };
}

static enum outcome store_token(struct cloud *cloud, const struct secret *token, struct why *why)
{
    struct message *result = cloud->errand->result;
    const struct item item = cloud_token_item(cloud, result);
    char label[800], id[KEYCHAIN_ID];

    (void)snprintf(label, sizeof label, "Sign-in of %s at %s (Chatelaine)",
                   message_text(result, SLOT_PRINCIPAL), cloud->issuer);
    enum outcome out = keychain_store(cloud->errand, &item, label, token, id, why);
    message_drop(result, SLOT_TOKEN_ITEM);
    if (!out)
        message_add(result, SLOT_TOKEN_ITEM, id);
    return out;
}

static enum outcome store_password(struct cloud *cloud, const struct secret *password,
                                   struct why *why)
{
    const struct item item = cloud_password_item(cloud, cloud->errand->result);
    char label[600];

    (void)snprintf(label, sizeof label, "Company password of %s (Chatelaine)", item.user);
    return keychain_store(cloud->errand, &item, label, password, NULL, why);
}

/* An item's texts are the result's, which changes with each fact. *stored: the token is. */
static enum outcome store_all(struct cloud *cloud, const struct tokens *tokens,
                              const struct secret *password, bool *stored, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    if (tokens->refresh && message_has(cloud->errand->result, SLOT_SUBJECT)) {
        out = store_token(cloud, tokens->refresh, why);
        *stored = !out;
    }
    return out || !password ? out : store_password(cloud, password, why);
}

static enum outcome remove_all(struct cloud *cloud, const struct message *facts, struct why *why)
{
    const struct item token = cloud_token_item(cloud, facts),
                      password = cloud_password_item(cloud, facts);
    enum outcome out = token.user ? keychain_remove(cloud->errand, &token, "", why) : OUTCOME_OK;

    return out || !password.user ? out : keychain_remove(cloud->errand, &password, "", why);
}

static bool is_the_same(const struct errand *errand, enum slot slot)
{
    const char *then = errand_text(errand, slot), *now = message_text(errand->result, slot);

    return then && now && !strcmp(then, now);
}

/* The person of last time; whom a refusal has proved has a name only. */
bool cloud_is_same(const struct errand *errand)
{
    bool has_subject = message_has(errand->result, SLOT_SUBJECT);

    return is_the_same(errand, SLOT_ISSUER) &&
           is_the_same(errand, has_subject ? SLOT_SUBJECT : SLOT_PRINCIPAL);
}

void cloud_keep(struct cloud *cloud, const struct tokens *tokens, const struct secret *password)
{
    struct errand *errand = cloud->errand;
    const struct item item = cloud_password_item(cloud, errand->result);
    const char *now = message_text(errand->result, SLOT_PRINCIPAL);
    char prompt[700];
    struct why why;
    enum outcome out = OUTCOME_OK;
    bool stored = false;

    cloud_leave_other(cloud);
    if (!tokens->refresh && !password)
        return;
    (void)snprintf(prompt, sizeof prompt,
                   "Stay signed in as %s? What that needs is kept in the keychain.", now);
    enum keep keep = keychain_decide(errand, cloud_is_same(errand), &item, prompt);
    if (keep == KEEP_STORE)
        out = store_all(cloud, tokens, password, &stored, &why);
    else if (keep == KEEP_FORGET)
        out = remove_all(cloud, errand->result, &why);
    if (keep != KEEP_NOTHING)
        message_drop(errand->result, SLOT_REMEMBERED);
    if (out)
        asker_tell(errand->asker, "The keychain did not follow: %s (%s)",
                   reason_sentence(why.reason), why.text);
    else if (keep == KEEP_STORE || keep == KEEP_NEVER)
        message_add(errand->result, SLOT_REMEMBERED, keep == KEEP_STORE ? "yes" : "never");
    if (!stored)
        cloud_drop(cloud, tokens->refresh);
}

/* Status has to tell that this sign-in does not go on. */
static void is_over(struct errand *errand)
{
    message_drop(errand->result, SLOT_STATE);
    message_add(errand->result, SLOT_STATE, "expired");
    message_add_facts(errand->result, errand->request);
}

/* What may be had of the keychain at all. Who would not be taken any more has to sign in again. */
static enum outcome may_use(const struct cloud *cloud, struct why *why)
{
    struct errand *errand = cloud->errand;
    enum outcome out;

    if (!cloud_knows(cloud) ||
        !strcmp(conf_text(errand->conf, errand->identity, SETTING_REMEMBER), "never"))
        return fail(why, REASON_NOT_STORED, "identity %s", errand->identity);
    if (!keychain_is_there(errand))
        return fail(why, REASON_NO_KEYCHAIN, "identity %s", errand->identity);
    if ((out = cloud_may_stay(cloud, why)))
        is_over(errand);
    return out;
}

/* One of before, out of a backup perhaps, is not shown: where tokens change with each use, it may
 * end all of them. */
enum outcome cloud_find_token(struct cloud *cloud, const struct item *item, struct secret **token,
                              struct why *why)
{
    struct errand *errand = cloud->errand;
    const char *known = errand_text(errand, SLOT_TOKEN_ITEM);
    enum outcome out;

    if (!known || !item->user)
        return fail(why, REASON_NOT_STORED, "identity %s", errand->identity);
    if (!keychain_is_there(errand))
        return fail(why, REASON_NO_KEYCHAIN, "identity %s", errand->identity);
    if ((out = keychain_find(errand, item, token, why)))
        return out;
    if (!strcmp(errand->stored_id, known))
        return OUTCOME_OK;
    secret_free(token);
    asker_event(errand->asker, "stored-unused");
    return fail(why, REASON_NOT_STORED, "what is stored is of another sign-in");
}

/* It says for sure that the token is of no more use. */
static bool is_refused(enum reason reason)
{
    return reason == REASON_TOKEN_EXPIRED || reason == REASON_DISABLED ||
           reason == REASON_UNKNOWN_USER || reason == REASON_PASSWORD_EXPIRED ||
           reason == REASON_MUST_CHANGE || reason == REASON_BROWSER_NEEDED;
}

/* It was not sent, or the provider has not looked at it. */
static bool is_unread(const struct tokens *tokens, enum reason reason)
{
    return !tokens->sent || (reason == REASON_SERVER_BUSY && !tokens->broke_down);
}

static void settle_refused(struct cloud *cloud, const struct item *item, const char *id)
{
    struct errand *errand = cloud->errand;
    struct why left;

    asker_event(errand->asker, "stored-refused");
    if (keychain_remove(errand, item, id, &left))
        log_line(LOG_LEVEL_ERROR, "what was refused could not be deleted: %s", left.text);
}

void cloud_end_stay(struct cloud *cloud)
{
    struct message *result = cloud->errand->result;
    const struct item item = cloud_token_item(cloud, cloud->errand->request);
    const char *id = message_text(result, SLOT_TOKEN_ITEM);

    if (id)
        settle_refused(cloud, &item, id);
    message_drop(result, SLOT_TOKEN_ITEM);
    message_drop(result, SLOT_REMEMBERED);
    message_drop(result, SLOT_STATE);
    message_add(result, SLOT_STATE, "expired");
}

/* Without a new one the old one goes on. Of one that is used up and could not be replaced, nothing
 * is left. */
static enum outcome settle_used(struct cloud *cloud, const struct item *item,
                                const struct tokens *tokens, struct why *why)
{
    struct errand *errand = cloud->errand;
    struct why unkept;

    if (!tokens->refresh || !store_token(cloud, tokens->refresh, &unkept)) {
        asker_event(errand->asker, "stored-good");
        return OUTCOME_OK;
    }
    settle_refused(cloud, item, errand->stored_id);
    if (unkept.reason == REASON_NOT_SIGNED_IN) { /* any more: somebody has signed out meanwhile */
        message_drop_facts(errand->result);
        cloud_revoke(cloud, tokens->refresh);
        *why = unkept;
        return reason_outcome(why->reason);
    }
    asker_tell(errand->asker, "The keychain did not follow: %s (%s)",
               reason_sentence(unkept.reason), unkept.text);
    return OUTCOME_OK;
}

enum outcome cloud_refresh(struct cloud *cloud, struct tokens *tokens, struct why *why)
{
    struct errand *errand = cloud->errand;
    const struct item item = cloud_token_item(cloud, errand->request);
    secret_auto *token = NULL;
    enum outcome out;

    if (!(out = may_use(cloud, why)) && (out = cloud_find_token(cloud, &item, &token, why)) &&
        why->reason == REASON_NOT_STORED && errand_text(errand, SLOT_TOKEN_ITEM))
        is_over(errand); /* until it is there again, if ever */
    if (out) {
        errand->keychain = why->reason;
        return out;
    }
    asker_step(errand->asker, "Getting a new token from %s", cloud->issuer);
    out = grant_refresh(cloud_grant(cloud), token, tokens, why);
    secret_free(&token);
    message_add_facts(errand->result, errand->request);
    if (!out)
        return settle_used(cloud, &item, tokens, why);
    if (is_refused(why->reason))
        cloud_end_stay(cloud);
    else if (is_unread(tokens, why->reason) || why->reason == REASON_CLIENT_REFUSED)
        asker_event(errand->asker, "stored-unused");
    return out;
}

static bool is_rejection(enum reason reason)
{
    return reason == REASON_WRONG_PASSWORD || reason == REASON_UNKNOWN_USER ||
           reason == REASON_PASSWORD_EXPIRED || reason == REASON_MUST_CHANGE;
}

/* Is that refusal one that the administrator takes for a sign-in, and one that proves it? */
static bool is_success(const struct errand *errand, int64_t number)
{
    const char *codes = conf_text(errand->conf, errand->identity, SETTING_SUCCESS_CODES);
    char word[24];

    (void)snprintf(word, sizeof word, "%lld", (long long)number);
    return oauth_error_proves(number) && setting_list_has(codes, word);
}

enum outcome cloud_password(struct cloud *cloud, const char *user, const struct secret *password,
                            struct tokens *tokens, struct why *why)
{
    enum outcome out;

    if ((out = errand_check_password(password, "password", why)))
        return out;
    if (cloud_is_okta(cloud))
        return cloud_okta_prove(cloud, user, password, tokens, why);
    asker_step(cloud->errand->asker, "Asking %s whether the password is right", cloud->issuer);
    out = grant_password(cloud_grant(cloud), user, password, tokens, why);
    cloud->errand->spent |= tokens->sent;
    cloud->errand->accepted = !out || oauth_error_proves(tokens->refusal);
    if (!out || !is_success(cloud->errand, tokens->refusal))
        return out;
    log_line(LOG_LEVEL_INFO, "%s", why->text);
    return OUTCOME_OK;
}

/* Whoever changed it did so elsewhere. */
static void end_password(struct cloud *cloud, const struct item *item, enum reason reason)
{
    const char *principal = errand_text(cloud->errand, SLOT_PRINCIPAL);

    settle_refused(cloud, item, cloud->errand->stored_id);
    if (reason == REASON_WRONG_PASSWORD)
        places_elsewhere(cloud->errand, principal);
}

enum outcome cloud_use_stored(struct cloud *cloud, cloud_use *use, struct why *why)
{
    struct errand *errand = cloud->errand;
    const struct item item = cloud_password_item(cloud, errand->request);
    secret_auto *password = NULL;
    tokens_auto tokens = { .access = NULL };
    enum outcome out = may_use(cloud, why);

    if (out || (out = keychain_find(errand, &item, &password, why)))
        return out;
    errand->keychain = REASON_NONE; /* that of the token is over */
    out = use(cloud, item.user, password, &tokens, why);
    cloud_drop(cloud, tokens.refresh); /* which came all the same */
    if (errand->accepted)
        asker_event(errand->asker, "stored-good");
    else if (is_rejection(why->reason))
        end_password(cloud, &item, why->reason);
    else if (is_unread(&tokens, why->reason))
        asker_event(errand->asker, "stored-unused");
    return out;
}

/* A refusal may be as good. */
enum outcome cloud_verify(struct cloud *cloud, struct why *why)
{
    cloud->grant.scopes = cloud->fleeting_scopes;
    enum outcome out = cloud_use_stored(cloud, cloud_password, why);

    return cloud->errand->accepted && out != OUTCOME_EXPIRED ? OUTCOME_OK : out;
}
