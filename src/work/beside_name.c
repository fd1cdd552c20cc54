/* SPDX-License-Identifier: MIT
 *
 * Whose account it is in the directory beside a provider.
 */
#include <stdio.h>
#include <string.h>

#include "work/beside.h"

static bool is(const char *known, const char *name)
{
    return known && !strcasecmp(known, name);
}

/* Whom the provider means; away, it is who is called so again. "": that is nobody known. */
static void name_person(const struct errand *errand, const char *user, char *person, size_t size)
{
    bool now = message_has(errand->result, SLOT_ISSUER);
    bool again =
        is(errand_text(errand, SLOT_USER), user) || is(errand_text(errand, SLOT_PRINCIPAL), user);
    const struct message *facts = now ? errand->result : errand->request;
    const char *issuer = message_text(facts, SLOT_ISSUER);
    const char *subject = message_text(facts, SLOT_SUBJECT);

    if (!subject)
        subject = message_text(facts, SLOT_PRINCIPAL);
    *person = '\0';
    if (issuer && subject && (now || again))
        (void)snprintf(person, size, "%s %s", issuer, subject);
}

const char *beside_account(struct errand *errand, const char *user)
{
    struct errand *beside = errand->beside;
    const char *set = conf_text(beside->conf, beside->identity, SETTING_USER);
    const char *last = errand_text(beside, SLOT_BESIDE_OF);

    name_person(errand, user, beside->person, sizeof beside->person);
    bool same =
        *set ? is(errand_text(beside, SLOT_USER), set) || is(errand_text(beside, SLOT_UPN), set)
             : last && !strcmp(last, beside->person);
    return same ? errand_text(beside, SLOT_PRINCIPAL) : NULL;
}

static enum outcome ask_name(struct errand *errand, const char *user, char *name, size_t size,
                             struct why *why)
{
    const char *domain = conf_text(errand->conf, errand->beside->identity, SETTING_DOMAIN);
    char prompt[400], short_name[NAME_USER_MOST + 1];
    const struct question question = {
        .kind = QUESTION_SHOWN, .name = "directory-user", .prompt = prompt, .suggestion = short_name
    };

    (void)snprintf(short_name, sizeof short_name, "%.*s", (int)strcspn(user, "@"), user);
    (void)snprintf(prompt, sizeof prompt,
                   "User name in %s: ", *domain ? domain : "Active Directory");
    return asker_ask_text(errand->asker, &question, name, size, why);
}

/* Not by who signed in there alone, nor by a name that merely looks alike: it would be an attempt
 * at somebody else's account. */
enum outcome beside_choose(struct errand *errand, const char *user, struct why *why)
{
    struct errand *beside = errand->beside;
    const char *last = errand_text(beside, SLOT_BESIDE_OF);
    char name[NAME_USER_MOST + 1] = "";
    enum outcome out;

    name_person(errand, user, beside->person, sizeof beside->person);
    if (*conf_text(beside->conf, beside->identity, SETTING_USER))
        return OUTCOME_OK;
    if (last && !strcmp(last, beside->person) && errand_text(beside, SLOT_USER))
        return OUTCOME_OK;
    message_drop_facts(beside->asked);
    if (*errand->short_name)
        (void)snprintf(name, sizeof name, "%s", errand->short_name);
    else if ((out = ask_name(errand, user, name, sizeof name, why)))
        return out;
    if (!(out = name_check_user(name, why)))
        message_add(beside->asked, SLOT_LOGIN, name);
    return out;
}
