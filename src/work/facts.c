/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "work/errand.h"

enum { LISTS_MOST = 1 << 20, CLOCKS_S = 300 /* by which clocks may differ */ };

static void add_time(struct errand *errand, enum slot slot, time_t time)
{
    if (time)
        message_add_number(errand->result, slot, time);
}

void facts_ticket(struct errand *errand, const struct ticket *ticket)
{
    struct message *result = errand->result;

    message_drop_facts(result); /* of a ticket before */

    message_add(result, SLOT_PROVIDER, errand->by_certificate ? "certificate" : "ad");
    message_add(result, SLOT_PRINCIPAL, ticket->principal);
    message_add(result, SLOT_USER, ticket->user);
    message_add(result, SLOT_REALM, ticket->realm);
    message_add(result, SLOT_TICKET_CACHE, ticket->cache);
    message_add_number(result, SLOT_TICKET_CACHE_IS_DEFAULT, ticket->is_default);
    add_time(errand, SLOT_TICKET_END, ticket->end);
    add_time(errand, SLOT_RENEWABLE_END, ticket->renewable_end);
    message_add(result, SLOT_STATE, ticket->end > time(NULL) ? "signed-in" : "expired");
    if (message_number(errand->request, SLOT_TICKET_ONLY, 0))
        add_time(errand, SLOT_PASSWORD_END, ticket->password_end);
}

void facts_dc(struct errand *errand, const struct dc *dc)
{
    struct message *result = errand->result;

    message_add(result, SLOT_DOMAIN, dc->domain);
    message_add(result, SLOT_DC, dc->host);
    if (*dc->netbios)
        message_add(result, SLOT_NETBIOS, dc->netbios);
    if (*dc->client_site)
        message_add(result, SLOT_SITE, dc->client_site);
    if (*dc->dc_site)
        message_add(result, SLOT_DC_SITE, dc->dc_site);
}

static void facts_policy(struct errand *errand, const struct password_policy *policy)
{
    struct message *result = errand->result;

    message_add(result, SLOT_POLICY, policy->pso ? policy->pso : "domain");
    if (!policy->known)
        return;
    message_add_number(result, SLOT_POLICY_LENGTH, policy->min_length);
    message_add_number(result, SLOT_POLICY_HISTORY, policy->history);
    message_add_number(result, SLOT_POLICY_COMPLEX, policy->complexity);
    message_add_number(result, SLOT_POLICY_MINIMUM_AGE, policy->min_age);
    message_add_number(result, SLOT_POLICY_LOCKOUT, policy->lockout_tries);
}

static void facts_password(struct errand *errand, const struct person *person)
{
    struct message *result = errand->result;

    add_time(errand, SLOT_PASSWORD_CHANGED, person->password_set);
    switch (person->password_end) {
    case PASSWORD_END_UNKNOWN:
        break;
    case PASSWORD_END_AT:
        add_time(errand, SLOT_PASSWORD_END, person->password_end_at);
        break;
    case PASSWORD_END_NEVER:
        message_add_number(result, SLOT_PASSWORD_NEVER_ENDS, 1);
        break;
    case PASSWORD_END_MUST_CHANGE:
        message_add_number(result, SLOT_PASSWORD_MUST_CHANGE, 1);
        break;
    }
}

/* What is left of a message for lists: bytes, and values of each. */
struct lists {
    struct message *result;
    size_t bytes, groups, attributes;
    bool cut;
};

static void add_pair(struct lists *lists, enum slot slot, size_t *left, const char *first,
                     const char *second)
{
    size_t size = strlen(first) + strlen(second) + 16;

    if (!*left || size > lists->bytes) {
        lists->cut = true;
        return;
    }
    --*left;
    lists->bytes -= size;
    message_add_pair(lists->result, slot, first, second);
}

static void facts_lists(struct message *result, const struct person *person)
{
    struct lists lists = { .result = result,
                           .bytes = LISTS_MOST,
                           .groups = slot_row(SLOT_GROUP)->values,
                           .attributes = slot_row(SLOT_ATTRIBUTE)->values,
                           .cut = person->groups_cut };

    for (size_t i = 0; i < person->group_count; i++) {
        const struct membership *group = &person->groups[i];
        add_pair(&lists, SLOT_GROUP, &lists.groups, group->sid,
                 group->name ? group->name : group->sid);
    }
    for (size_t i = 0; i < person->extra_count; i++)
        for (size_t v = 0; v < person->extras[i].count; v++)
            add_pair(&lists, SLOT_ATTRIBUTE, &lists.attributes, person->extras[i].name,
                     person->extras[i].values[v]);
    if (lists.cut)
        message_add_number(result, SLOT_LISTS_CUT, 1);
}

void facts_person(struct errand *errand, const struct person *person)
{
    struct message *result = errand->result;
    const struct {
        enum slot slot;
        const char *text;
    } texts[] = {
        { SLOT_DISPLAY_NAME, person->display_name },
        { SLOT_GIVEN_NAME, person->given_name },
        { SLOT_SURNAME, person->surname },
        { SLOT_MAIL, person->mail },
        { SLOT_UPN, person->upn },
        { SLOT_SID, person->sid },
        { SLOT_GUID, person->guid },
        { SLOT_DN, person->dn },
        { SLOT_HOME_DRIVE, person->home_drive },
        { SLOT_HOME_DIRECTORY, person->home_directory },
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        message_add(result, texts[i].slot, texts[i].text);
    facts_password(errand, person);
    facts_policy(errand, &person->policy);
    facts_lists(result, person);
    message_add_number(result, SLOT_READ_AT, time(NULL));
}

static bool is_same_principal(const struct errand *errand)
{
    const char *then = message_text(errand->request, SLOT_PRINCIPAL);
    const char *now = message_text(errand->result, SLOT_PRINCIPAL);

    return then && now && !strcmp(then, now);
}

static void keep(struct errand *errand, enum slot slot)
{
    if (!message_has(errand->result, slot))
        message_add(errand->result, slot, message_text(errand->request, slot));
}

/* When the password was changed, as we know ourselves or have read before: a server that tells of
 * an earlier time has not heard of it yet. */
static void keep_changed(struct errand *errand)
{
    int64_t told = message_number(errand->result, SLOT_PASSWORD_CHANGED, 0);
    int64_t known = errand->changed ? time(NULL) - CLOCKS_S
                    : is_same_principal(errand)
                        ? message_number(errand->request, SLOT_PASSWORD_CHANGED, 0)
                        : 0;

    if (told && told >= known)
        return;
    message_drop(errand->result, SLOT_PASSWORD_CHANGED);
    add_time(errand, SLOT_PASSWORD_CHANGED, errand->changed ? time(NULL) : known);
}

void facts_kept(struct errand *errand)
{
    if (is_same_principal(errand)) {
        keep(errand, SLOT_REMEMBERED);
        keep(errand, SLOT_OWN_PASSWORD);
    }
    keep_changed(errand);
}

void facts_remembered(struct errand *errand)
{
    if (is_same_principal(errand))
        message_add_facts(errand->result, errand->request);
    message_drop(errand->result, SLOT_STAYS_SIGNED_OUT); /* there is a ticket again */
}

void facts_now(struct errand *errand)
{
    int64_t end = message_number(errand->result, SLOT_PASSWORD_END, 0);
    int64_t left = end - time(NULL);

    message_drop(errand->result, SLOT_PASSWORD_DAYS_LEFT);
    if (end)
        message_add_number(errand->result, SLOT_PASSWORD_DAYS_LEFT, left > 0 ? left / 86400 : 0);
}
