/* SPDX-License-Identifier: MIT
 *
 * renew: a fresh ticket for the one that still holds, without the password.
 */
#include <string.h>

#include "work/errand.h"

static enum outcome find(const struct errand *errand, struct ticket *ticket, struct why *why)
{
    tickets_auto *tickets = NULL;
    enum outcome out;

    if ((out = tickets_open(&tickets, why)))
        return out;
    return tickets_find(tickets, errand_text(errand, SLOT_CCACHE),
                        errand_text(errand, SLOT_TICKET_CACHE),
                        errand_text(errand, SLOT_PRINCIPAL), ticket, why);
}

enum outcome verb_renew(struct errand *errand, struct why *why)
{
    tickets_auto *tickets = NULL;
    struct ticket ticket;
    struct dc dc;
    char realm[256];
    enum outcome out;

    if ((out = find(errand, &ticket, why)) ||
        (out = errand_locate(errand, ticket.realm, &dc, why)) ||
        (out = errand_kerberos(&dc, realm, &tickets, why)))
        return out;
    asker_step(errand->asker, "Renewing the ticket of %s at %s", ticket.principal, dc.host);
    if ((out = tickets_renew(tickets, &ticket, why)))
        return fail_in(why, "renewing the ticket at %s", dc.host);
    facts_ticket(errand, &ticket);
    facts_dc(errand, &dc);
    facts_remembered(errand);
    facts_now(errand);
    return OUTCOME_OK;
}
