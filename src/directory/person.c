/* SPDX-License-Identifier: MIT */
#include "directory/person.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/clock.h"
#include "directory/dns.h"
#include "directory/entry.h"
#include "directory/filetime.h"
#include "directory/groups.h"
#include "directory/password.h"
#include "directory/person_take.h"
#include "directory/search.h"

enum {
    ACCOUNT_MOST = 256, /* bytes of a sAMAccountName (MS-ADA3 2.222) */
    BASE_MOST = 1024,
    FILTER_MOST = 2048,
    WINDOW = 16, /* searches for names under way at once: they fit the socket's buffer */
};

static const char *const domain_attributes[] = { "maxPwdAge",       "minPwdAge",
                                                 "minPwdLength",    "pwdHistoryLength",
                                                 "pwdProperties",   "lockoutThreshold",
                                                 "lockoutDuration", NULL };
static const char *const pso_attributes[] = {
    "msDS-MaximumPasswordAge",        "msDS-MinimumPasswordAge",
    "msDS-MinimumPasswordLength",     "msDS-PasswordHistoryLength",
    "msDS-PasswordComplexityEnabled", "msDS-LockoutThreshold",
    "msDS-LockoutDuration",           NULL
};
static const char *const token_attributes[] = { "tokenGroups", NULL };

/* One reading: what is asked and what is under way. */
struct reading {
    struct search search;
    const struct person_request *request;
    char base[BASE_MOST]; /* DN of the domain */
    struct person *person;
    int person_id, root_id, domain_id, pso_id;
};

static enum outcome send_search(struct reading *reading, const char *base, int scope,
                                const char *filter, const char *const *attributes, int *id,
                                struct why *why)
{
    return search_send(&reading->search, base, scope, filter, attributes, NULL, id, why);
}

/* DC=corp,DC=example; the labels of a checked name need no escapes. */
static bool make_base(const char *domain, char base[BASE_MOST])
{
    size_t used = 0;

    if (!dns_is_name(domain))
        return false;
    while (*domain) {
        size_t label = strcspn(domain, ".");
        used += (size_t)snprintf(base + used, BASE_MOST - used, "%sDC=%.*s", used ? "," : "",
                                 (int)label, domain);
        if (used >= BASE_MOST)
            return false;
        domain += label + (domain[label] == '.');
    }
    return true;
}

/* Each byte that is no letter or digit is escaped (RFC 4515 section 3). */
static void add_escaped(struct text *filter, const char *value)
{
    for (; *value; value++) {
        unsigned char c = (unsigned char)*value;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        text_add(filter, plain ? "%c" : "\\%02x", c);
    }
}

static enum outcome send_person(struct reading *reading, struct why *why)
{
    const char *attributes[PERSON_ATTRIBUTES + PERSON_EXTRAS + 1] = { NULL };
    text_auto *filter = text_new(FILTER_MOST);
    size_t used = PERSON_ATTRIBUTES;

    if (!filter)
        return fail_memory(why);
    memcpy(attributes, person_attributes, sizeof person_attributes);
    for (const char *const *extra = reading->request->extras;
         extra && *extra && used < PERSON_ATTRIBUTES + PERSON_EXTRAS; extra++)
        attributes[used++] = *extra;
    text_add(filter, "(&(objectCategory=person)(objectClass=user)(sAMAccountName=");
    add_escaped(filter, reading->request->account);
    text_add(filter, "))");
    if (!text_ok(filter))
        return fail_memory(why);
    return send_search(reading, reading->base, LDAP_SCOPE_SUBTREE, text_peek(filter), attributes,
                       &reading->person_id, why);
}

/* The first flight: all that can be asked before anything is known. */
static enum outcome send_first(struct reading *reading, struct why *why)
{
    static const char any[] = "(objectClass=*)";
    enum outcome out;

    if ((out = send_person(reading, why)) ||
        (out = send_search(reading, "", LDAP_SCOPE_BASE, any, token_attributes, &reading->root_id,
                           why)))
        return out;
    return send_search(reading, reading->base, LDAP_SCOPE_BASE, any, domain_attributes,
                       &reading->domain_id, why);
}

static enum outcome take_person(struct reading *reading, LDAPMessage *result,
                                struct password_facts *facts, struct why *why)
{
    struct entry entry = { .handle = server_handle(reading->search.server) };
    int count = ldap_count_entries(entry.handle, result);

    if (count != 1)
        return fail(why, REASON_NOT_IN_DIRECTORY, "%s: %s %s below %s",
                    server_host(reading->search.server),
                    count > 1 ? "several accounts" : "no account", reading->request->account,
                    reading->base);
    entry.message = ldap_first_entry(entry.handle, result);
    return person_take(reading->person, &entry, reading->request->extras, facts, why);
}

static enum outcome receive_first(struct reading *reading, struct password_facts *facts,
                                  struct why *why)
{
    result_auto *found = NULL, *root = NULL, *domain = NULL;
    LDAP *handle = server_handle(reading->search.server);
    enum outcome out;

    if ((out = search_receive_well(&reading->search, reading->person_id, "finding the person",
                                   &found, why)) ||
        (out = take_person(reading, found, facts, why)) ||
        (out = search_receive_well(&reading->search, reading->root_id, "reading who is signed in",
                                   &root, why)) ||
        (out = groups_take(handle, root, reading->person, why)))
        return out;
    int code = 0;
    if ((out = search_receive(&reading->search, reading->domain_id, &domain, &code, why)))
        return out;
    struct entry entry = { .handle = handle, .message = ldap_first_entry(handle, domain) };
    password_policy_of_domain(&entry, &reading->person->policy);
    return OUTCOME_OK;
}

/* The PSO replaces the domain's policy, also where only its name may be read. */
static enum outcome receive_pso(struct reading *reading, struct why *why)
{
    struct password_policy *policy = &reading->person->policy;
    result_auto *result = NULL;
    LDAP *handle = server_handle(reading->search.server);
    int code = 0;
    enum outcome out = search_receive(&reading->search, reading->pso_id, &result, &code, why);

    if (out)
        return out;
    struct entry entry = { .handle = handle, .message = ldap_first_entry(handle, result) };
    *policy = (struct password_policy){ .pso = policy->pso };
    password_policy_of_pso(&entry, policy);
    return OUTCOME_OK;
}

static enum outcome receive_names(struct reading *reading, const struct group_search *search,
                                  struct why *why)
{
    result_auto *result = NULL;
    int code = 0;

    if (search->id < 0)
        return OUTCOME_OK;
    enum outcome out = search_receive(&reading->search, search->id, &result, &code, why);
    /* Names are a courtesy; the SIDs stay. */
    return out || code ? out
                       : groups_name(reading->search.server, result, reading->person, search, why);
}

/* The second flight; more than WINDOW parts of groups take further ones. */
static enum outcome read_second(struct reading *reading, struct why *why)
{
    struct person *person = reading->person;
    struct group_search searches[WINDOW];
    size_t next = 0;
    bool has_pso = person->policy.pso != NULL;
    enum outcome out = OUTCOME_OK;

    if (has_pso)
        out = send_search(reading, person->policy.pso, LDAP_SCOPE_BASE, "(objectClass=*)",
                          pso_attributes, &reading->pso_id, why);
    do {
        size_t used = 0;
        while (!out && used < WINDOW && next < person->group_count) {
            out = groups_send(reading->search.server, person, reading->base, next, &searches[used],
                              why);
            next += searches[used++].count;
        }
        for (size_t i = 0; !out && i < used; i++)
            out = receive_names(reading, &searches[i], why);
    } while (!out && next < person->group_count);
    return !out && has_pso ? receive_pso(reading, why) : out;
}

static void set_password(struct person *person, struct password_facts *facts)
{
    enum filetime_kind kind;

    facts->max_age_known = person->policy.known;
    facts->max_age = person->policy.max_age;
    person->password_end = password_end_of(facts, &person->password_end_at);
    if (facts->has_set && filetime_at(facts->set, &kind, &person->password_set) &&
        kind != FILETIME_AT)
        person->password_set = 0;
}

enum outcome person_read(struct server *server, const struct person_request *request,
                         struct asker *asker, struct person **person, struct why *why)
{
    person_auto *made = calloc(1, sizeof *made);
    struct reading reading = { .search = { server, asker, clock_ms() + request->budget_ms },
                               .request = request,
                               .person = made };
    struct password_facts facts = { 0 };
    enum outcome out;

    *person = NULL;
    if (!made)
        return fail_memory(why);
    if (!*request->account || strlen(request->account) > ACCOUNT_MOST)
        return fail(why, REASON_BAD_NAME, "that cannot be the name of an account");
    if (!make_base(request->domain, reading.base))
        return fail(why, REASON_BAD_NAME, "\"%s\" is not the name of a domain", request->domain);
    asker_step(asker, "Reading your account from %s", server_host(server));
    if ((out = send_first(&reading, why)) || (out = receive_first(&reading, &facts, why)) ||
        (out = read_second(&reading, why)))
        return fail_in(why, "reading %s from the directory", request->account);
    set_password(made, &facts);
    *person = made;
    made = NULL;
    return OUTCOME_OK;
}
