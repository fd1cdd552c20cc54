/* SPDX-License-Identifier: MIT
 *
 * Passwords in the desktop's keychain. The front asks it for us, and gives out each stored password
 * once (wire/marks.h); we tell it what became of it.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "work/keychain.h"
#include "work/places.h"

static bool is_text(const struct errand *errand, enum slot slot, const char *text)
{
    const char *known = errand_text(errand, slot);

    return known && !strcasecmp(known, text);
}

/* Whose is the password? A UPN says nothing of the account, unless it is the remembered one. */
static const char *account_of(const struct errand *errand, const struct login *login)
{
    if (!login->enterprise)
        return login->user;
    return is_text(errand, SLOT_UPN, login->user) || is_text(errand, SLOT_PRINCIPAL, login->user)
               ? errand_text(errand, SLOT_USER)
               : NULL;
}

static struct item password_of(const char *user, const char *realm)
{
    return (struct item){ .kind = "password", .user = user, .realm = realm };
}

static enum outcome forget(struct errand *errand, const char *user, const char *realm,
                           const char *id, struct why *why)
{
    const struct item item = password_of(user, realm);

    return keychain_remove(errand, &item, id, why);
}

enum outcome errand_forget(struct errand *errand, const char *user, const char *realm,
                           struct why *why)
{
    if (keychain_is_out_of_reach(errand))
        return fail(why, REASON_NO_KEYCHAIN, "the password of %s stays in it", user);
    return keychain_is_there(errand) ? forget(errand, user, realm, "", why) : OUTCOME_OK;
}

/* Only these say for sure that the password is of no more use; that it is wrong, nobody can say who
 * has not seen a proof of it. */
static bool is_rejection(const struct errand *errand, enum reason reason)
{
    return (reason == REASON_WRONG_PASSWORD && errand->spent) || reason == REASON_UNKNOWN_USER ||
           reason == REASON_PASSWORD_EXPIRED || reason == REASON_MUST_CHANGE;
}

/* Nobody has judged it: it was not sent, or only the hour was wrong, which counts as no failed
 * attempt and is another one later. */
static bool is_unused(const struct errand *errand, enum reason reason)
{
    return !errand->spent || reason == REASON_OUTSIDE_HOURS;
}

/* Says what became of the password; one that was refused is deleted at once. */
static void settle(struct errand *errand, const char *user, const char *realm, enum outcome out,
                   const struct why *why)
{
    bool good = !out || errand->accepted, refused = !good && is_rejection(errand, why->reason);
    char principal[512];
    struct why left;

    if (!out)
        message_add(errand->result, SLOT_REMEMBERED, "yes");
    if (good)
        asker_event(errand->asker, "stored-good");
    else if (refused)
        asker_event(errand->asker, "stored-refused");
    else if (is_unused(errand, why->reason))
        asker_event(errand->asker, "stored-unused");
    if (!refused)
        return;
    (void)snprintf(principal, sizeof principal, "%s@%s", user, realm);
    if (why->reason == REASON_WRONG_PASSWORD)
        places_elsewhere(errand, principal);
    if (forget(errand, user, realm, errand->stored_id, &left))
        asker_tell(errand->asker, "The stored password could not be deleted: %s", left.text);
    else
        asker_tell(errand->asker, "The stored password was refused and is deleted. %s",
                   reason_sentence(why->reason));
}

/* What is stored is the password of before: for sure, or perhaps where somebody can be asked. */
static bool is_of_before(const struct errand *errand)
{
    enum reason reason = errand->journal.open[PLACE_KEYCHAIN];
    bool perhaps = reason == REASON_NOT_FOLLOWED || reason == REASON_STATE_DAMAGED;

    return reason && (!perhaps || message_number(errand->request, SLOT_CAN_ASK, 0));
}

static enum outcome may_use(struct errand *errand, const struct dc *dc, const char *user,
                            struct why *why)
{
    const char *network = conf_text(errand->conf, errand->identity, SETTING_COMPANY_NETWORK);
    const char *remember = conf_text(errand->conf, errand->identity, SETTING_REMEMBER);

    if (!user || errand->only_typed || !strcmp(remember, "never"))
        return fail(why, REASON_NOT_STORED, "identity %s", errand->identity);
    if (is_of_before(errand))
        return fail(why, REASON_NOT_STORED, "what is stored may be the password of before");
    if (!keychain_is_there(errand))
        return fail(why, REASON_NO_KEYCHAIN, "identity %s", errand->identity);
    return strcmp(network, "tls") ? OUTCOME_OK : errand_look(errand, dc, why);
}

enum outcome errand_stored_ticket(struct errand *errand, const struct login *login, struct dc *dc,
                                  struct ticket *ticket, struct why *why)
{
    const char *user = account_of(errand, login);
    secret_auto *password = NULL;
    char other[256], realm[256];
    struct why left;
    enum outcome out;

    errand_realm(dc->domain, realm);
    const struct item item = password_of(user, realm);
    if ((out = may_use(errand, dc, user, why)) ||
        (out = keychain_find(errand, &item, &password, why))) {
        errand->keychain = why->reason;
        if (why->reason == REASON_STORED_REFUSED) /* it came back, out of a backup perhaps */
            (void)forget(errand, user, realm, errand->stored_id, &left);
        log_line(LOG_LEVEL_INFO, "no stored password is used: %s: %s", reason_word(why->reason),
                 why->text);
        return out;
    }
    if (!(out = errand_check_password(password, "stored password", why)))
        out = errand_ticket_or_next(errand, login, dc, password, ticket, other, why);
    settle(errand, user, realm, out, why);
    if (!out)
        errand_follow(errand, ticket->principal, NULL, password);
    secret_free(&password);
    return out ? fail_in(why, "with the stored password") : OUTCOME_OK;
}

enum outcome errand_rekey(struct errand *errand, const struct secret *old, const struct secret *now,
                          struct why *why)
{
    struct message *asked = message_new(MESSAGE_KEYCHAIN);
    message_auto *kept = NULL;

    if (!asked)
        return fail_memory(why);
    message_add(asked, SLOT_ACTION, "rekey");
    message_add(asked, SLOT_ITEM_PLACE, "desktop");
    message_add(asked, SLOT_ITEM_KIND, "login");
    message_add(asked, SLOT_ITEM_USER, "login");
    message_add(asked, SLOT_ITEM_REALM, "login");
    message_add_secret(asked, SLOT_ITEM_SECRET, now);
    if (old)
        message_add_secret(asked, SLOT_OLD_SECRET, old);
    return keychain_put(errand, asked, &kept, why);
}

void errand_keep(struct errand *errand, const struct ticket *ticket, const struct secret *password)
{
    enum reason open = errand->journal.open[PLACE_KEYCHAIN];
    struct why why;
    enum outcome out = OUTCOME_OK;
    const struct item item = password_of(ticket->user, ticket->realm);
    char prompt[700], label[600];

    (void)snprintf(prompt, sizeof prompt,
                   "Keep the password of %s in the keychain, so that tickets come by themselves?",
                   ticket->principal);
    (void)snprintf(label, sizeof label, "Company password of %s (Chatelaine)", ticket->principal);
    enum keep keep =
        keychain_decide(errand, is_text(errand, SLOT_PRINCIPAL, ticket->principal), &item, prompt);

    if (keep == KEEP_STORE)
        out = keychain_store(errand, &item, label, password, NULL, &why);
    else if (keep == KEEP_FORGET)
        out = forget(errand, ticket->user, ticket->realm, "", &why);
    if (!out && keychain_is_out_of_reach(errand))
        errand->not_kept = open && errand->changed ? REASON_NO_KEYCHAIN : open;
    else
        errand->not_kept = out ? why.reason : REASON_NONE;
    if (out)
        asker_tell(errand->asker, "The keychain did not follow: %s (%s)",
                   reason_sentence(why.reason), why.text);
    else if (keep == KEEP_STORE || keep == KEEP_NEVER)
        message_add(errand->result, SLOT_REMEMBERED, keep == KEEP_STORE ? "yes" : "never");
}
