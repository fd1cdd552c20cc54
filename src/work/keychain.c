/* SPDX-License-Identifier: MIT */
#include "work/keychain.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "work/asker.h"

static void copy_as(char *to, size_t size, const char *from, int (*fold)(int))
{
    (void)snprintf(to, size, "%s", from);
    for (; *to; to++)
        *to = (char)fold((unsigned char)*to);
}

/* Of an OpenID provider: both are compared to the letter. */
static int as_it_is(int c)
{
    return c;
}

static bool is_text(const struct errand *errand, enum slot slot, const char *text)
{
    const char *known = errand_text(errand, slot);

    return known && !strcasecmp(known, text);
}

/* Has the front said that it can ask this keychain, or that the person would see a prompt? */
static bool front_can(const struct errand *errand, const char *word)
{
    const char *words = errand_text(errand, SLOT_KEYCHAINS);

    return words && setting_list_has(words, word);
}

bool keychain_is_there(const struct errand *errand)
{
    return front_can(errand, conf_text(errand->conf, errand->identity, SETTING_KEYCHAIN));
}

/* What is stored cannot be changed from here. */
bool keychain_is_out_of_reach(const struct errand *errand)
{
    return !keychain_is_there(errand) && is_text(errand, SLOT_REMEMBERED, "yes");
}

/* To unlock it, with somebody there to see it. */
static bool may_prompt(const struct errand *errand)
{
    return front_can(errand, "prompt") && message_number(errand->request, SLOT_CAN_ASK, 0);
}

static struct message *question(const struct errand *errand, const char *action,
                                const struct item *item, bool prompt)
{
    struct message *message = message_new(MESSAGE_KEYCHAIN);
    bool is_issuer = strchr(item->realm, '/');
    char user[NAME_USER_MOST + 1], realm[512];

    if (!message)
        return NULL;
    copy_as(user, sizeof user, item->user, is_issuer ? as_it_is : tolower);
    copy_as(realm, sizeof realm, item->realm, is_issuer ? as_it_is : toupper);
    message_add(message, SLOT_ACTION, action);
    message_add(message, SLOT_ITEM_PLACE,
                conf_text(errand->conf, errand->identity, SETTING_KEYCHAIN));
    message_add(message, SLOT_ITEM_KIND, item->kind);
    message_add(message, SLOT_ITEM_USER, user);
    message_add(message, SLOT_ITEM_REALM, realm);
    message_add_number(message, SLOT_MAY_PROMPT, prompt);
    return message;
}

/* Puts the question, which it takes over; the keychain's own failure becomes ours. */
enum outcome keychain_put(struct errand *errand, struct message *asked, struct message **kept,
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

enum outcome keychain_find(struct errand *errand, const struct item *item, struct secret **secret,
                           struct why *why)
{
    bool is_pin = !strcmp(item->kind, "pin");
    bool prompt = (is_pin || is_text(errand, SLOT_REMEMBERED, "yes")) && may_prompt(errand);
    message_auto *kept = NULL;
    enum outcome out = keychain_put(errand, question(errand, "find", item, prompt), &kept, why);
    const char *id = kept ? message_text(kept, SLOT_ITEM_ID) : NULL;

    (void)snprintf(errand->stored_id, sizeof errand->stored_id, "%s", id ? id : "");
    if (!out && !(*secret = message_secret(kept, SLOT_ITEM_SECRET)))
        out = fail(why, REASON_PROTOCOL, "the keychain gave nothing");
    return out;
}

enum outcome keychain_remove(struct errand *errand, const struct item *item, const char *id,
                             struct why *why)
{
    struct message *asked = question(errand, "remove", item, false);
    message_auto *kept = NULL;

    if (asked && *id)
        message_add(asked, SLOT_ITEM_ID, id);
    return keychain_put(errand, asked, &kept, why);
}

enum outcome keychain_store(struct errand *errand, const struct item *item, const char *label,
                            const struct secret *secret, char id[KEYCHAIN_ID], struct why *why)
{
    struct message *asked = question(errand, "store", item, may_prompt(errand));
    message_auto *kept = NULL;

    if (!asked)
        return fail_memory(why);
    message_add(asked, SLOT_ITEM_LABEL, label);
    message_add_number(asked, SLOT_ITEM_SECONDS,
                       conf_seconds(errand->conf, errand->identity, SETTING_KEYCHAIN_TIME));
    message_add_secret(asked, SLOT_ITEM_SECRET, secret);
    enum outcome out = keychain_put(errand, asked, &kept, why);
    const char *made = kept ? message_text(kept, SLOT_ITEM_ID) : NULL;
    if (id)
        (void)snprintf(id, KEYCHAIN_ID, "%s", made ? made : "");
    return out;
}

/* A question that nothing could follow is not put: is there a keychain? Asked by removing what
 * nobody has. */
static bool can_keep(struct errand *errand, const struct item *item)
{
    static const char nobodys_id[] = "00000000000000000000000000000000";
    struct why why;

    return !keychain_remove(errand, item, nobodys_id, &why) ||
           (why.reason != REASON_NO_KEYCHAIN && why.reason != REASON_KEYCHAIN_UNSAFE);
}

static enum keep ask_person(struct errand *errand, const char *prompt)
{
    static const enum keep answers[] = { KEEP_STORE, KEEP_NOTHING, KEEP_NEVER };
    char answer[8];
    struct question question = { .kind = QUESTION_CHOICE,
                                 .name = "remember",
                                 .prompt = prompt,
                                 .suggestion = "2",
                                 .choices = { "Yes", "Not now", "No, and do not ask again" } };
    struct why why;

    if (asker_ask_text(errand->asker, &question, answer, sizeof answer, &why) || *answer < '1' ||
        *answer > '3' || answer[1])
        return KEEP_NOTHING;
    return answers[*answer - '1'];
}

enum keep keychain_decide(struct errand *errand, bool same, const struct item *item,
                          const char *prompt)
{
    const char *remember = conf_text(errand->conf, errand->identity, SETTING_REMEMBER);
    bool kept = same && is_text(errand, SLOT_REMEMBERED, "yes");

    if (!keychain_is_there(errand))
        return KEEP_NOTHING;
    if (!strcmp(remember, "never"))
        return kept ? KEEP_FORGET : KEEP_NOTHING;
    if (kept || !strcmp(remember, "always"))
        return KEEP_STORE;
    if (errand->keeps)
        return !strcmp(errand->keeps, "yes")     ? KEEP_STORE
               : !strcmp(errand->keeps, "never") ? KEEP_NEVER
                                                 : KEEP_NOTHING;
    if (same && is_text(errand, SLOT_REMEMBERED, "never"))
        return KEEP_NEVER;
    if (!message_number(errand->request, SLOT_CAN_ASK, 0) || !can_keep(errand, item))
        return KEEP_NOTHING;
    return ask_person(errand, prompt);
}
