/* SPDX-License-Identifier: MIT */
#include "directory/person_take.h"

#include <stdlib.h>
#include <string.h>

const char *const person_attributes[PERSON_ATTRIBUTES] = {
    "objectSid",
    "objectGUID",
    "sAMAccountName",
    "userPrincipalName",
    "mail",
    "displayName",
    "givenName",
    "sn",
    "homeDirectory",
    "homeDrive",
    "userAccountControl",
    "msDS-User-Account-Control-Computed",
    "msDS-UserPasswordExpiryTimeComputed",
    "pwdLastSet",
    "msDS-ResultantPSO",
};

static void extra_free(struct person_extra *extra)
{
    for (size_t i = 0; i < extra->count; i++)
        free(extra->values[i]);
    free(extra->values);
    free(extra->name);
}

void person_free(struct person **person)
{
    struct person *p = *person;

    if (!p)
        return;
    char *const strings[] = { p->sid,     p->guid,           p->dn,           p->account,
                              p->upn,     p->mail,           p->display_name, p->given_name,
                              p->surname, p->home_directory, p->home_drive,   p->policy.pso };
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
    for (size_t i = 0; i < p->group_count; i++) {
        free(p->groups[i].sid);
        free(p->groups[i].name);
    }
    free(p->groups);
    for (size_t i = 0; i < p->extra_count; i++)
        extra_free(&p->extras[i]);
    free(p->extras);
    free(p);
    *person = NULL;
}

static enum outcome take_extra(struct person *person, const struct entry *entry, const char *name,
                               struct why *why)
{
    struct berval **values = ldap_get_values_len(entry->handle, entry->message, name);
    size_t count = values ? (size_t)ldap_count_values_len(values) : 0;
    struct person_extra *extra = &person->extras[person->extra_count++];
    enum outcome out = OUTCOME_OK;

    count = count > PERSON_VALUES ? PERSON_VALUES : count;
    extra->name = strdup(name);
    extra->values = calloc(count + 1, sizeof *extra->values);
    if (!extra->name || !extra->values)
        out = fail_memory(why);
    for (size_t i = 0; !out && i < count; i++) {
        extra->values[i] = entry_value(values[i]);
        extra->count++;
        if (!extra->values[i])
            out = fail_memory(why);
    }
    ldap_value_free_len(values);
    return out;
}

static enum outcome take_extras(struct person *person, const struct entry *entry,
                                const char *const *name, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    person->extras = calloc(PERSON_EXTRAS, sizeof *person->extras);
    if (!person->extras)
        return fail_memory(why);
    for (; !out && name && *name && person->extra_count < PERSON_EXTRAS; name++)
        out = take_extra(person, entry, *name, why);
    return out;
}

static void take_strings(struct person *person, struct entry *entry)
{
    const struct {
        char **string;
        const char *name;
    } strings[] = {
        { &person->account, "sAMAccountName" },
        { &person->upn, "userPrincipalName" },
        { &person->mail, "mail" },
        { &person->display_name, "displayName" },
        { &person->given_name, "givenName" },
        { &person->surname, "sn" },
        { &person->home_directory, "homeDirectory" },
        { &person->home_drive, "homeDrive" },
        { &person->policy.pso, "msDS-ResultantPSO" },
    };
    char *dn = ldap_get_dn(entry->handle, entry->message);
    struct berval value = { dn ? strlen(dn) : 0, dn };

    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        *strings[i].string = entry_text(entry, strings[i].name);
    person->dn = dn ? entry_value(&value) : NULL;
    person->sid = entry_sid(entry, "objectSid");
    person->guid = entry_guid(entry, "objectGUID");
    ldap_memfree(dn);
}

enum outcome person_take(struct person *person, struct entry *entry, const char *const *extras,
                         struct password_facts *facts, struct why *why)
{
    int64_t control = 0, computed = 0;

    take_strings(person, entry);
    if (entry->no_memory)
        return fail_memory(why);
    if (!person->sid || !person->account || !person->dn)
        return fail(why, REASON_BAD_ANSWER, "the server does not tell SID and name of the account");
    (void)entry_number(entry, "userAccountControl", &control);
    (void)entry_number(entry, "msDS-User-Account-Control-Computed", &computed);
    person->account_control = (uint32_t)(control | computed);
    facts->control = person->account_control;
    facts->has_end = entry_number(entry, "msDS-UserPasswordExpiryTimeComputed", &facts->end);
    facts->has_set = entry_number(entry, "pwdLastSet", &facts->set);
    return take_extras(person, entry, extras, why);
}
