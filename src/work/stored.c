/* SPDX-License-Identifier: MIT
 *
 * Passwords in the desktop's keychain. The front asks it for us, and gives out each stored password
 * once (wire/marks.h); we tell it what became of it.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "work/asker.h"
#include "work/places.h"

static void copy_as(char *to, size_t size, const char *from, int (*fold)(int))
{
    (void)snprintf(to, size, "%s", from);
    for (; *to; to++)
        *to = (char)fold((unsigned char)*to);
}

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

/* Has the front said that it can ask this keychain, or that the person would see a prompt? */
static bool front_can(const struct errand *errand, const char *word)
{
    const char *words = errand_text(errand, SLOT_KEYCHAINS);

    return words && setting_list_has(words, word);
}

static bool has_keychain(const struct errand *errand)
{
    return front_can(errand, conf_text(errand->conf, errand->identity, SETTING_KEYCHAIN));
}

/* What is stored cannot be changed from here. */
static bool is_out_of_reach(const struct errand *errand)
{
    return !has_keychain(errand) && is_text(errand, SLOT_REMEMBERED, "yes");
}

/* To unlock it, with somebody there to see it. */
static bool may_prompt(const struct errand *errand)
{
    return front_can(errand, "prompt") && message_number(errand->request, SLOT_CAN_ASK, 0);
}

static struct message *question(const struct errand *errand, const char *action, const char *user,
                                const char *realm, bool may_prompt)
{
    struct message *message = message_new(MESSAGE_KEYCHAIN);
    char small[NAME_USER_MOST + 1], large[256];

    if (!message)
        return NULL;
    copy_as(small, sizeof small, user, tolower);
    copy_as(large, sizeof large, realm, toupper);
    message_add(message, SLOT_ACTION, action);
    message_add(message, SLOT_ITEM_PLACE,
                conf_text(errand->conf, errand->identity, SETTING_KEYCHAIN));
    message_add(message, SLOT_ITEM_KIND, "password");
    message_add(message, SLOT_ITEM_USER, small);
    message_add(message, SLOT_ITEM_REALM, large);
    message_add_number(message, SLOT_MAY_PROMPT, may_prompt);
    return message;
}

/* Puts the question, which it takes over; the keychain's own failure becomes ours. */
static enum outcome put(struct errand *errand, struct message *asked, struct message **kept,
                        struct why *why)
{
    message_auto *mine = asked;
    const char *text;
    enum reason reason;
    enum outcome out;

    if (!mine)
        return fail_memory(why);
    asker_step(errand->asker, message_number(mine, SLOT_MAY_PROMPT, 0)
                                  ? "Asking the keychain, which may want to be unlocked"
                                  : "Asking the keychain");
    if ((out = wire_asker_keychain(errand->front, mine, kept, why)))
        return out;
    if (!reason_parse(message_text(*kept, SLOT_REASON), &reason))
        return fail(why, REASON_PROTOCOL, "the keychain's answer makes no sense");
    text = message_text(*kept, SLOT_WHY);
    return reason ? fail(why, reason, "%s", text ? text : "the keychain") : OUTCOME_OK;
}

static enum outcome find(struct errand *errand, const char *user, const char *realm,
                         struct secret **password, struct why *why)
{
    bool prompt = is_text(errand, SLOT_REMEMBERED, "yes") && may_prompt(errand);
    message_auto *kept = NULL;
    enum outcome out = put(errand, question(errand, "find", user, realm, prompt), &kept, why);
    const char *id = kept ? message_text(kept, SLOT_ITEM_ID) : NULL;

    (void)snprintf(errand->stored_id, sizeof errand->stored_id, "%s", id ? id : "");
    if (!out && !(*password = message_secret(kept, SLOT_ITEM_SECRET)))
        out = fail(why, REASON_PROTOCOL, "the keychain gave nothing");
    return out;
}

static enum outcome forget(struct errand *errand, const char *user, const char *realm,
                           const char *id, struct why *why)
{
    struct message *asked = question(errand, "remove", user, realm, false);
    message_auto *kept = NULL;

    if (asked && *id)
        message_add(asked, SLOT_ITEM_ID, id);
    return put(errand, asked, &kept, why);
}

enum outcome errand_forget(struct errand *errand, const char *user, const char *realm,
                           struct why *why)
{
    if (is_out_of_reach(errand))
        return fail(why, REASON_NO_KEYCHAIN, "the password of %s stays in it", user);
    return has_keychain(errand) ? forget(errand, user, realm, "", why) : OUTCOME_OK;
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
    if (why->reason == REASON_WRONG_PASSWORD)
        places_elsewhere(errand, user, realm);
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
    if (!has_keychain(errand))
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

    copy_as(realm, sizeof realm, dc->domain, toupper);
    if ((out = may_use(errand, dc, user, why)) ||
        (out = find(errand, user, realm, &password, why))) {
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
        errand_follow(errand, ticket, NULL, password);
    secret_free(&password);
    return out ? fail_in(why, "with the stored password") : OUTCOME_OK;
}

/* A question that nothing could follow is not put: is there a keychain? Asked by removing what
 * nobody has. */
static bool can_keep(struct errand *errand, const struct ticket *ticket)
{
    static const char nobodys_id[] = "00000000000000000000000000000000";
    struct why why;

    return !forget(errand, ticket->user, ticket->realm, nobodys_id, &why) ||
           (why.reason != REASON_NO_KEYCHAIN && why.reason != REASON_KEYCHAIN_UNSAFE);
}

enum keep { KEEP_NOTHING, KEEP_STORE, KEEP_FORGET, KEEP_NEVER };

static enum keep ask_person(struct errand *errand, const struct ticket *ticket)
{
    static const enum keep answers[] = { KEEP_STORE, KEEP_NOTHING, KEEP_NEVER };
    char prompt[700], answer[8];
    struct question question = { .kind = QUESTION_CHOICE,
                                 .name = "remember",
                                 .prompt = prompt,
                                 .choices = { "Yes", "Not now", "No, and do not ask again" } };
    struct why why;

    (void)snprintf(prompt, sizeof prompt,
                   "Keep the password of %s in the keychain, so that tickets come by themselves?",
                   ticket->principal);
    if (asker_ask_text(errand->asker, &question, answer, sizeof answer, &why) || *answer < '1' ||
        *answer > '3' || answer[1])
        return KEEP_NOTHING;
    return answers[*answer - '1'];
}

/* By the setting, by what the person said before, else by asking. */
static enum keep decide(struct errand *errand, const struct ticket *ticket)
{
    const char *remember = conf_text(errand->conf, errand->identity, SETTING_REMEMBER);
    bool same = is_text(errand, SLOT_PRINCIPAL, ticket->principal);
    bool kept = same && is_text(errand, SLOT_REMEMBERED, "yes");

    if (!strcmp(remember, "never"))
        return kept ? KEEP_FORGET : KEEP_NOTHING;
    if (kept || !strcmp(remember, "always"))
        return KEEP_STORE;
    if (same && is_text(errand, SLOT_REMEMBERED, "never"))
        return KEEP_NEVER;
    if (!message_number(errand->request, SLOT_CAN_ASK, 0) || !can_keep(errand, ticket))
        return KEEP_NOTHING;
    return ask_person(errand, ticket);
}

static enum outcome store(struct errand *errand, const struct ticket *ticket,
                          const struct secret *password, struct why *why)
{
    struct message *asked =
        question(errand, "store", ticket->user, ticket->realm, may_prompt(errand));
    message_auto *kept = NULL;
    char label[600];

    if (!asked)
        return fail_memory(why);
    (void)snprintf(label, sizeof label, "Company password of %s (Chatelaine)", ticket->principal);
    message_add(asked, SLOT_ITEM_LABEL, label);
    message_add_number(asked, SLOT_ITEM_SECONDS,
                       conf_seconds(errand->conf, errand->identity, SETTING_KEYCHAIN_TIME));
    message_add_secret(asked, SLOT_ITEM_SECRET, password);
    return put(errand, asked, &kept, why);
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
    return put(errand, asked, &kept, why);
}

void errand_keep(struct errand *errand, const struct ticket *ticket, const struct secret *password)
{
    enum reason open = errand->journal.open[PLACE_KEYCHAIN];
    struct why why;
    enum outcome out = OUTCOME_OK;
    enum keep keep = has_keychain(errand) ? decide(errand, ticket) : KEEP_NOTHING;

    if (keep == KEEP_STORE)
        out = store(errand, ticket, password, &why);
    else if (keep == KEEP_FORGET)
        out = forget(errand, ticket->user, ticket->realm, "", &why);
    if (!out && is_out_of_reach(errand))
        errand->not_kept = open && errand->changed ? REASON_NO_KEYCHAIN : open;
    else
        errand->not_kept = out ? why.reason : REASON_NONE;
    if (out)
        asker_tell(errand->asker, "The keychain did not follow: %s (%s)",
                   reason_sentence(why.reason), why.text);
    else if (keep == KEEP_STORE || keep == KEEP_NEVER)
        message_add(errand->result, SLOT_REMEMBERED, keep == KEEP_STORE ? "yes" : "never");
}
