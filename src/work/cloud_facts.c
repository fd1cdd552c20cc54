/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "work/cloud.h"

enum { USERINFO_MOST = 256 << 10, GROUPS_MOST = 8192, GROUP_MOST = 512, SUBJECT_MOST = 255 };

/* A text claim, unless there is a fact of before; one that makes no sense is none. */
static void take(struct message *result, const struct json_at *claims, enum slot slot,
                 const char *name)
{
    const char *text;
    struct why why;

    if (!message_has(result, slot) &&
        !json_get_text(claims, name, JSON_MAY, slot_row(slot)->bytes, &text, &why) && text && *text)
        message_add(result, slot, text);
}

static void take_groups(struct cloud *cloud, const struct json_at *claims)
{
    struct message *result = cloud->errand->result;
    const char *name = cloud->provider->groups_claim;
    struct json_list groups;
    struct why why;

    if (!*name || message_has(result, SLOT_GROUP) ||
        json_get_texts(claims, name, JSON_MAY | JSON_OR_ONE, GROUPS_MOST, GROUP_MOST, &groups,
                       &why))
        return;
    for (size_t i = 0; groups.list && i < groups.count; i++)
        message_add_pair(result, SLOT_GROUP, json_text_of(&groups, i), json_text_of(&groups, i));
}

/* Where the provider says that it is not, anybody may have put that address there (Core 1.0,
 * section 5.7). Some tell flags as text. */
static bool is_verified(const struct json_at *claims)
{
    const char *text;
    bool verified = true;
    struct why why;

    if (!json_get_text(claims, "email_verified", JSON_MAY, 8, &text, &why))
        return !text || !strcmp(text, "true");
    return !json_get_flag(claims, "email_verified", JSON_MAY, &verified, &why) && verified;
}

static void take_claims(struct cloud *cloud, const struct json_at *claims)
{
    static const struct {
        enum slot slot;
        const char *name;
    } rows[] = { { SLOT_DISPLAY_NAME, "name" },
                 { SLOT_GIVEN_NAME, "given_name" },
                 { SLOT_SURNAME, "family_name" },
                 { SLOT_MAIL, "email" },
                 { SLOT_UPN, "upn" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].slot != SLOT_MAIL || is_verified(claims))
            take(cloud->errand->result, claims, rows[i].slot, rows[i].name);
    take_groups(cloud, claims);
}

static void take_name(struct cloud *cloud, const struct json_at *claims)
{
    const char *const names[] = { cloud->provider->user_claim, "preferred_username", "email",
                                  "sub" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], "email") != 0 || is_verified(claims))
            take(cloud->errand->result, claims, SLOT_PRINCIPAL, names[i]);
}

/* Entra has a sub for each application; tenant and object mean the person everywhere. */
static enum outcome name_subject(const struct cloud *cloud, const struct id_token *id, char *text,
                                 size_t size, struct why *why)
{
    bool by_object = cloud->provider->deviations & PROVIDER_TENANT_SUBJECT;

    if (by_object && (!id->tenant || !id->object))
        return fail(why, REASON_BAD_TOKEN, "claims.tid, claims.oid: expected both");
    (void)snprintf(text, size, "%s%s%s", by_object ? id->tenant : id->subject, by_object ? "." : "",
                   by_object ? id->object : "");
    return OUTCOME_OK;
}

static void take_methods(struct message *result, const struct id_token *id)
{
    text_auto *words = text_new(slot_row(SLOT_AMR)->bytes);

    for (size_t i = 0; words && id->amr.list && i < id->amr.count; i++)
        text_add(words, "%s%s", i ? " " : "", json_text_of(&id->amr, i));
    if (words && text_ok(words) && text_length(words))
        message_add(result, SLOT_AMR, text_peek(words));
}

static bool is(const char *fact, const char *name)
{
    return fact && !strcasecmp(fact, name);
}

/* "alice" is whoever is alice@ something. */
static bool is_meant(const struct message *facts, const char *name)
{
    const char *principal = message_text(facts, SLOT_PRINCIPAL);
    size_t length = strlen(name);

    return is(principal, name) || is(message_text(facts, SLOT_MAIL), name) ||
           is(message_text(facts, SLOT_UPN), name) ||
           (principal && !strchr(name, '@') && !strncasecmp(principal, name, length) &&
            principal[length] == '@');
}

static enum outcome check_person(const struct cloud *cloud, const struct message *facts,
                                 struct why *why)
{
    const struct errand *errand = cloud->errand;
    const char *typed = errand_text(errand, SLOT_LOGIN);
    const char *set = conf_text(errand->conf, errand->identity, SETTING_USER);
    const char *meant = typed ? typed : *set ? set : NULL;

    if (!meant || is_meant(facts, meant))
        return OUTCOME_OK;
    return fail(why, REASON_OTHER_PERSON, "%s signed in at %s, not %s",
                message_text(facts, SLOT_PRINCIPAL), cloud->issuer, meant);
}

/* Core 1.0, section 5.3: it is about the same person, or about nobody. */
static enum outcome ask_userinfo(struct cloud *cloud, const struct id_token *id,
                                 const struct tokens *tokens, struct why *why)
{
    const struct field headers[] = { { "Authorization", "Bearer ", tokens->access },
                                     { NULL, NULL, NULL } };
    const struct https_request request = { .url = cloud->discovery.userinfo,
                                           .headers = headers,
                                           .accept = "application/json",
                                           .most = USERINFO_MOST };
    https_answer_auto answer = { 0 };
    json_auto *json = NULL;
    struct json_at top;
    const char *subject;
    enum outcome out;

    if ((out = https_do(cloud->https, &request, errand_left(cloud->errand), cloud->errand->asker,
                        &answer, why)))
        return out;
    if (answer.status != 200)
        return fail(why, REASON_BAD_ANSWER, "status %d", answer.status);
    if ((out = json_parse("userinfo", secret_peek(answer.body), secret_length(answer.body),
                          USERINFO_MOST, &json, &top, why)) ||
        (out = json_get_text(&top, "sub", JSON_MUST, SUBJECT_MOST, &subject, why)))
        return out;
    if (strcmp(subject, id->subject) != 0)
        return fail(why, REASON_OTHER_PERSON, "userinfo.sub: another one than the ID token's");
    take_claims(cloud, &top);
    return OUTCOME_OK;
}

static void take_end(struct cloud *cloud, const struct tokens *tokens)
{
    struct message *result = cloud->errand->result;

    message_drop(result, SLOT_TOKEN_END);
    message_drop(result, SLOT_STATE);
    message_drop(result, SLOT_READ_AT);
    message_drop(result, SLOT_STAYS_SIGNED_OUT);
    message_add(result, SLOT_STATE, "signed-in");
    message_add_number(result, SLOT_READ_AT, time(NULL));
    if (tokens->expires_s)
        message_add_number(result, SLOT_TOKEN_END, time(NULL) + tokens->expires_s);
}

static bool is_remembered(const struct errand *errand, enum slot slot, const char *now)
{
    const char *then = errand_text(errand, slot);

    return then && !strcmp(then, now);
}

/* Who is remembered, if it is the same person. */
static void keep_all(struct errand *errand, const char *issuer, const char *subject)
{
    static const enum slot slots[] = { SLOT_REMEMBERED, SLOT_TOKEN_ITEM, SLOT_OWN_PASSWORD,
                                       SLOT_USER, SLOT_FACTOR };

    if (!is_remembered(errand, SLOT_ISSUER, issuer) ||
        !is_remembered(errand, SLOT_SUBJECT, subject))
        return;
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if (!message_has(errand->result, slots[i]))
            message_add(errand->result, slots[i], message_text(errand->request, slots[i]));
}

static void take_short_name(struct cloud *cloud, const struct json_at *claims)
{
    struct errand *errand = cloud->errand;
    const char *claim = conf_text(errand->conf, errand->identity, SETTING_SHORT_NAME_CLAIM);
    const char *text = NULL;
    struct why why;

    *errand->short_name = '\0'; /* of somebody else before */
    if (*claim && !json_get_text(claims, claim, JSON_MAY, NAME_USER_MOST, &text, &why) && text &&
        !strchr(text, '@')) /* which would name a domain, too */
        (void)snprintf(errand->short_name, sizeof errand->short_name, "%s", text);
}

static enum outcome take_all(struct cloud *cloud, const struct id_token *id,
                             const struct tokens *tokens, const char *subject, struct why *why)
{
    struct errand *errand = cloud->errand;
    struct message *result = errand->result;
    enum outcome out;

    message_drop_facts(result);
    message_add(result, SLOT_PROVIDER, cloud->provider->word);
    message_add(result, SLOT_ISSUER, id->issuer);
    message_add(result, SLOT_SUBJECT, subject);
    take_name(cloud, &id->claims);
    take_claims(cloud, &id->claims);
    take_methods(result, id);
    take_short_name(cloud, &id->claims);
    message_add(result, SLOT_ACR, id->acr && *id->acr ? id->acr : NULL);
    if (id->groups_elsewhere)
        message_add_number(result, SLOT_LISTS_CUT, 1);
    take_end(cloud, tokens);
    if (conf_flag(errand->conf, errand->identity, SETTING_USERINFO) && *cloud->discovery.userinfo &&
        (out = ask_userinfo(cloud, id, tokens, why)))
        return fail_in(why, "what %s says of the person", cloud->discovery.issuer);
    return check_person(cloud, result, why);
}

/* Are the ways of proof what the settings demand? */
static bool has_methods(const struct cloud *cloud, const char *had)
{
    for (const char *const *amr = cloud->amr; *amr; amr++)
        if (had && setting_list_has(had, *amr))
            return true;
    return !cloud->amr[0];
}

static void add_name(struct message *result, const struct okta_person *person)
{
    char name[2 * OKTA_WORDS + 2];

    (void)snprintf(name, sizeof name, "%s%s%s", person->first_name,
                   *person->first_name && *person->last_name ? " " : "", person->last_name);
    message_add(result, SLOT_DISPLAY_NAME, *name ? name : NULL);
    message_add(result, SLOT_GIVEN_NAME, *person->first_name ? person->first_name : NULL);
    message_add(result, SLOT_SURNAME, *person->last_name ? person->last_name : NULL);
}

enum outcome cloud_okta_facts(struct cloud *cloud, const struct okta_result *okta, struct why *why)
{
    const struct tokens nothing = { .access = NULL };
    struct message *result = cloud->errand->result;
    const struct okta_person *person = &okta->person;

    if (!*person->id || !*person->login)
        return fail(why, REASON_BAD_ANSWER, "%s does not say who it is", cloud->issuer);
    message_drop_facts(result);
    message_add(result, SLOT_PROVIDER, cloud->provider->word);
    message_add(result, SLOT_ISSUER, cloud->issuer);
    message_add(result, SLOT_SUBJECT, person->id);
    message_add(result, SLOT_PRINCIPAL, person->login);
    message_add(result, SLOT_AMR, *okta->factor ? "pwd mfa" : "pwd");
    add_name(result, person);
    take_end(cloud, &nothing);
    keep_all(cloud->errand, cloud->issuer, person->id);
    enum outcome out = check_person(cloud, result, why);
    if (!out && !has_methods(cloud, message_text(result, SLOT_AMR)))
        out = fail(why, REASON_NO_SECOND_FACTOR, "%s asked for no second factor", cloud->issuer);
    if (out)
        message_drop_facts(result);
    return out;
}

enum outcome cloud_facts(struct cloud *cloud, const struct id_token *id,
                         const struct tokens *tokens, struct why *why)
{
    char subject[512];
    enum outcome out = name_subject(cloud, id, subject, sizeof subject, why);

    if (!out)
        out = take_all(cloud, id, tokens, subject, why);
    if (out)
        message_drop_facts(cloud->errand->result); /* of nobody who is signed in */
    else
        keep_all(cloud->errand, id->issuer, subject);
    return out;
}

enum outcome cloud_take(struct cloud *cloud, const struct tokens *tokens,
                        const struct cloud_check *check, struct why *why)
{
    id_token_auto id = { .document = NULL };
    enum outcome out = cloud_id_token(cloud, tokens, check, &id, why);

    return out ? out : cloud_facts(cloud, &id, tokens, why);
}

enum outcome cloud_same_person(const struct cloud *cloud, const struct id_token *id,
                               struct why *why)
{
    char subject[512];
    enum outcome out = name_subject(cloud, id, subject, sizeof subject, why);

    if (out || (is_remembered(cloud->errand, SLOT_ISSUER, id->issuer) &&
                is_remembered(cloud->errand, SLOT_SUBJECT, subject)))
        return out;
    return fail(why, REASON_OTHER_PERSON, "%s answers about somebody else",
                cloud->discovery.issuer);
}

void cloud_same_facts(struct cloud *cloud, const struct tokens *tokens)
{
    message_add_facts(cloud->errand->result, cloud->errand->request);
    cloud_check_rights(cloud);
    take_end(cloud, tokens);
}

/* Of several tenants each has an issuer of its own. */
bool cloud_knows(const struct cloud *cloud)
{
    const char *issuer = errand_text(cloud->errand, SLOT_ISSUER);

    return issuer && (cloud->provider->deviations & PROVIDER_TENANTS
                          ? !strncmp(issuer, cloud->issuer, strcspn(cloud->issuer + 8, "/") + 9)
                          : !strcmp(issuer, cloud->issuer));
}

/* The subject begins with the tenant, see name_subject. */
static bool is_of_tenants(const struct cloud *cloud)
{
    const char *subject = errand_text(cloud->errand, SLOT_SUBJECT);
    size_t length = subject ? strcspn(subject, ".") : 0;

    if (!subject || !cloud->tenants[0] || !(cloud->provider->deviations & PROVIDER_TENANT_SUBJECT))
        return true;
    for (const char *const *tenant = cloud->tenants; *tenant; tenant++)
        if (strlen(*tenant) == length && !strncmp(*tenant, subject, length))
            return true;
    return false;
}

static bool had_context(const struct cloud *cloud)
{
    const char *had = errand_text(cloud->errand, SLOT_ACR);

    for (const char *const *acr = cloud->acr; *acr; acr++)
        if (had && !strcmp(had, *acr))
            return true;
    return !cloud->acr[0];
}

enum outcome cloud_may_stay(const struct cloud *cloud, struct why *why)
{
    enum outcome out = cloud_had_access(cloud, why);

    if (out)
        return out;
    if (!is_of_tenants(cloud))
        return fail(why, REASON_OTHER_TENANT, "%s is of none that may sign in",
                    errand_text(cloud->errand, SLOT_PRINCIPAL));
    if (!has_methods(cloud, errand_text(cloud->errand, SLOT_AMR)) || !had_context(cloud))
        return fail(why, REASON_NO_SECOND_FACTOR,
                    "the last sign-in had none of what is demanded now");
    return check_person(cloud, cloud->errand->request, why);
}
