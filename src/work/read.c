/* SPDX-License-Identifier: MIT
 *
 * A ticket opens the directory: who the person is.
 */
#include <stdlib.h>
#include <string.h>

#include "work/places.h"

/* The connection is being made while we get the ticket for it. */
static enum outcome open_at(struct errand *errand, const struct server_request *request,
                            const struct ticket *ticket, struct server **server, struct why *why)
{
    tickets_auto *tickets = NULL;
    char realm[256];
    enum outcome out;

    if ((out = server_begin(request, errand->asker, server, why)) ||
        (out = errand_tickets(errand, request->dc, realm, &tickets, why)))
        return out;
    if ((out = tickets_service(tickets, ticket, "ldap", request->dc->host, why)))
        return fail_in(why, "getting the ticket for %s", request->dc->host);
    return server_finish(*server, request, errand->asker, why);
}

/* libldap has one code for all that can be wrong with a certificate; a look of our own tells what.
 * At the port of LDAPS, where DCs show the one that they show in StartTLS. */
static enum outcome explain(struct errand *errand, const struct dc *dc, struct why *why)
{
    struct why seen;

    if (errand_look(errand, dc, &seen) && seen.reason == REASON_NOT_AUTHENTIC)
        *why = seen;
    return reason_outcome(why->reason);
}

enum outcome errand_server(struct errand *errand, const struct dc *dc, const struct ticket *ticket,
                           struct server **server, struct why *why)
{
    const char *ca = conf_text(errand->conf, errand->identity, SETTING_CA_FILE);
    const char *protection = conf_text(errand->conf, errand->identity, SETTING_PROTECTION);
    struct server_request request = { .dc = dc,
                                      .ccache = ticket->cache,
                                      .protection = !strcmp(protection, "ldaps") ? SERVER_LDAPS
                                                    : !strcmp(protection, "starttls")
                                                        ? SERVER_STARTTLS
                                                        : SERVER_SEAL,
                                      .ca_file = *ca ? ca : NULL,
                                      .budget_ms = errand_left(errand) - errand_reserve(errand) };
    enum outcome out = open_at(errand, &request, ticket, server, why);

    if (out && why->reason == REASON_NOT_AUTHENTIC && request.protection != SERVER_SEAL)
        return explain(errand, dc, why);
    if (out)
        return out;
    message_drop(errand->result, SLOT_PROTECTION);
    message_drop(errand->result, SLOT_PROTECTION_BITS);
    message_add(errand->result, SLOT_PROTECTION, protection);
    message_add_number(errand->result, SLOT_PROTECTION_BITS, server_strength(*server));
    return OUTCOME_OK;
}

/* Many groups may take their time; half of it is left for another server. */
static int reading_ms(const struct errand *errand)
{
    return errand_left(errand) / (errand->last_dc ? 1 : 2);
}

static enum outcome read_person(struct errand *errand, const struct dc *dc,
                                const struct ticket *ticket, struct why *why)
{
    const char *extras[PERSON_EXTRAS + 1];
    server_auto *server = NULL;
    person_auto *person = NULL;
    enum outcome out;

    if ((out = errand_server(errand, dc, ticket, &server, why)))
        return out;
    char *list = errand_list(errand, SETTING_ATTRIBUTES, extras, PERSON_EXTRAS);
    if (!list)
        return fail_memory(why);
    struct person_request request = { .account = ticket->user,
                                      .domain = dc->domain,
                                      .extras = extras,
                                      .budget_ms = reading_ms(errand) };
    if (!(out = person_read(server, &request, errand->asker, &person, why)))
        facts_person(errand, person);
    free(list);
    return out;
}

/* Needs no password: the ticket is good at every DC of the domain. */
static enum outcome read_at_any(struct errand *errand, struct dc *dc, const struct ticket *ticket,
                                struct why *why)
{
    enum outcome out;

    while ((out = read_person(errand, dc, ticket, why)))
        if ((out = errand_next_dc(errand, dc, why)))
            return fail_in(why, "signed in as %s, but reading the directory", ticket->principal);
    return OUTCOME_OK;
}

enum outcome errand_read(struct errand *errand, const struct dc *first, const struct ticket *ticket,
                         struct why *why)
{
    struct dc dc = *first;
    enum outcome out = OUTCOME_OK;

    bool only_ticket = message_number(errand->request, SLOT_TICKET_ONLY, 0);

    if (!only_ticket)
        out = read_at_any(errand, &dc, ticket, why);
    if (!out && !only_ticket)
        places_compare(errand, ticket);
    facts_dc(errand, &dc);
    if (out || only_ticket) /* what was read before still tells something */
        facts_remembered(errand);
    facts_kept(errand);
    facts_now(errand);
    return out;
}
