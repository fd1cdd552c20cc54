/* SPDX-License-Identifier: MIT
 *
 * status: what is remembered, and the ticket as it is now. No network.
 */
#include <string.h>
#include <strings.h>

#include "kerberos/pin.h"
#include "work/errand.h"

/* The state of an identity without a ticket: it has had one, or was never signed in. */
static enum outcome no_ticket(struct errand *errand, struct why *why)
{
    if (!errand_text(errand, SLOT_PRINCIPAL))
        return why->reason == REASON_NOT_SIGNED_IN
                   ? fail(why, REASON_NOT_SIGNED_IN, "nobody has signed in yet as identity %s",
                          errand->identity)
                   : reason_outcome(why->reason);
    message_add(errand->result, SLOT_STATE, "signed-out");
    message_add_facts(errand->result, errand->request);
    message_drop(errand->result, SLOT_TICKET_END);
    message_drop(errand->result, SLOT_RENEWABLE_END);
    facts_now(errand);
    return reason_outcome(why->reason);
}

/* Where nobody has signed in yet, whatever ticket there is may be this identity's, such as one that
 * kinit got; but not that of another account than the settings name, as of two identities. */
static enum outcome check_user(const struct errand *errand, const struct ticket *ticket,
                               struct why *why)
{
    const char *user = conf_text(errand->conf, errand->identity, SETTING_USER);

    if (errand_text(errand, SLOT_PRINCIPAL) || !*user || strchr(user, '@') ||
        !strcasecmp(user, ticket->user))
        return OUTCOME_OK;
    return fail(why, REASON_NOT_SIGNED_IN, "the ticket is of %s", ticket->principal);
}

enum outcome verb_status(struct errand *errand, struct why *why)
{
    tickets_auto *tickets = NULL;
    struct ticket ticket;
    enum outcome out;

    if ((out = pin_realm(NULL, NULL, why)) || (out = tickets_open(&tickets, why)))
        return out;
    if (tickets_find(tickets, errand_text(errand, SLOT_CCACHE),
                     errand_text(errand, SLOT_TICKET_CACHE), errand_text(errand, SLOT_PRINCIPAL),
                     &ticket, why) ||
        check_user(errand, &ticket, why))
        return no_ticket(errand, why);
    facts_ticket(errand, &ticket);
    facts_remembered(errand);
    facts_now(errand);
    return OUTCOME_OK;
}
