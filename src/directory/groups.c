/* SPDX-License-Identifier: MIT */
#include "directory/groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "directory/entry.h"
#include "directory/sid.h"

enum { PART = 100, FILTER_MOST = 32768 };

static enum outcome add(struct person *person, const char *sid, struct why *why)
{
    struct membership *group = &person->groups[person->group_count];
    const char *name = sid_well_known(sid);

    *group = (struct membership){ .sid = strdup(sid), .name = name ? strdup(name) : NULL };
    person->group_count++;
    return group->sid && (!name || group->name) ? OUTCOME_OK : fail_memory(why);
}

static enum outcome take_all(struct berval **sids, struct person *person, struct why *why)
{
    size_t count = (size_t)ldap_count_values_len(sids);
    enum outcome out = OUTCOME_OK;
    bool is_person = false;

    person->groups_cut = count > PERSON_GROUPS;
    count = person->groups_cut ? PERSON_GROUPS : count;
    person->groups = calloc(count + 1, sizeof *person->groups);
    if (!person->groups)
        return fail_memory(why);
    for (size_t i = 0; !out && i < count; i++) {
        char text[SID_TEXT];
        if (!sid_text(sids[i]->bv_val, sids[i]->bv_len, text))
            return fail(why, REASON_BAD_ANSWER, "a group's SID is malformed");
        if (!strcmp(text, person->sid))
            is_person = true;
        else
            out = add(person, text, why);
    }
    if (!out && !is_person)
        return fail(why, REASON_NOT_IN_DIRECTORY, "the ticket is not %s's", person->account);
    return out;
}

enum outcome groups_take(LDAP *handle, LDAPMessage *root, struct person *person, struct why *why)
{
    LDAPMessage *entry = ldap_first_entry(handle, root);
    struct berval **sids = entry ? ldap_get_values_len(handle, entry, "tokenGroups") : NULL;

    if (!sids)
        return fail(why, REASON_BAD_ANSWER, "the server does not tell who is signed in");
    enum outcome out = take_all(sids, person, why);
    ldap_value_free_len(sids);
    return out;
}

/* SIDs in text are understood in filters on objectSid (MS-ADTS 3.1.1.3.1.3.1). */
static bool add_to_filter(struct text *filter, const struct membership *group)
{
    bool wanted = !group->name && !strncmp(group->sid, "S-1-5-", 6);

    if (wanted)
        text_add(filter, "(objectSid=%s)", group->sid);
    return wanted;
}

enum outcome groups_send(struct server *server, const struct person *person, const char *base,
                         size_t first, struct group_search *search, struct why *why)
{
    static const char *const attributes[] = { "objectSid", "sAMAccountName", NULL };
    text_auto *filter = text_new(FILTER_MOST);
    size_t wanted = 0, next = first;

    if (!filter)
        return fail_memory(why);
    text_add(filter, "(|");
    for (; next < person->group_count && wanted < PART; next++)
        wanted += add_to_filter(filter, &person->groups[next]);
    text_add(filter, ")");
    *search = (struct group_search){ .first = first, .count = next - first, .id = -1 };
    if (!wanted)
        return OUTCOME_OK;
    if (!text_ok(filter))
        return fail_memory(why);
    int code = ldap_search_ext(server_handle(server), base, LDAP_SCOPE_SUBTREE, text_peek(filter),
                               (char **)attributes, 0, NULL, NULL, NULL, PART, &search->id);
    return code ? server_fail(server, code, "asking for the names of groups", why) : OUTCOME_OK;
}

static struct membership *find(struct person *person, const struct group_search *search,
                               const char *sid)
{
    for (size_t i = search->first; i < search->first + search->count; i++)
        if (!strcmp(person->groups[i].sid, sid))
            return &person->groups[i];
    return NULL;
}

enum outcome groups_name(struct server *server, LDAPMessage *result, struct person *person,
                         const struct group_search *search, struct why *why)
{
    LDAP *handle = server_handle(server);

    for (LDAPMessage *each = ldap_first_entry(handle, result); each;
         each = ldap_next_entry(handle, each)) {
        struct entry entry = { .handle = handle, .message = each };
        char *sid = entry_sid(&entry, "objectSid");
        struct membership *group = sid ? find(person, search, sid) : NULL;
        free(sid);
        if (group && !group->name)
            group->name = entry_text(&entry, "sAMAccountName");
        if (entry.no_memory)
            return fail_memory(why);
    }
    return OUTCOME_OK;
}
