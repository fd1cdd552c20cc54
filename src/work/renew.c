/* SPDX-License-Identifier: MIT
 *
 * renew: a fresh ticket for the one that still holds, without the password.
 */
#include <string.h>

#include "work/series.h"

enum outcome errand_find_ticket(struct errand *errand, struct ticket *ticket, struct dc *dc,
                                struct why *why)
{
    tickets_auto *own = NULL;
    struct tickets *tickets = errand->series->tickets;
    const char *principal = errand_text(errand, SLOT_PRINCIPAL);
    enum outcome out;

    if (!principal)
        return fail(why, REASON_NOT_SIGNED_IN, "nobody has signed in yet as identity %s",
                    errand->identity);
    if (!tickets && (out = tickets_open(&own, why)))
        return out;
    if ((out = tickets_find(tickets ? tickets : own, errand_text(errand, SLOT_CCACHE),
                            errand_text(errand, SLOT_TICKET_CACHE), principal, ticket, why)))
        return out;
    return errand_locate(errand, ticket->realm, dc, why);
}

static enum outcome renew_at(struct errand *errand, const struct dc *dc, struct ticket *ticket,
                             struct why *why)
{
    struct tickets *tickets;
    enum outcome out = series_tickets(errand, dc, &tickets, why);

    if (out)
        return out;
    asker_step(errand->asker, "Renewing the ticket of %s at %s", ticket->principal, dc->host);
    series_ahead(errand, ticket->cache);
    if ((out = tickets_renew(tickets, ticket, why)))
        return fail_in(why, "renewing the ticket at %s", dc->host);
    return OUTCOME_OK;
}

enum outcome verb_renew(struct errand *errand, struct why *why)
{
    struct ticket ticket;
    struct dc dc;
    enum outcome out;

    if ((out = errand_find_ticket(errand, &ticket, &dc, why)))
        return out;
    while ((out = renew_at(errand, &dc, &ticket, why)))
        if ((out = errand_next_dc(errand, &dc, why)))
            return out;
    facts_ticket(errand, &ticket);
    facts_dc(errand, &dc);
    facts_remembered(errand);
    facts_now(errand);
    return OUTCOME_OK;
}
