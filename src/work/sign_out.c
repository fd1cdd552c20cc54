/* SPDX-License-Identifier: MIT
 *
 * sign-out: our ticket goes, no other one does.
 */
#include "kerberos/pin.h"
#include "work/errand.h"

enum outcome verb_sign_out(struct errand *errand, struct why *why)
{
    tickets_auto *tickets = NULL;
    struct ticket ticket;
    const char *principal = errand_text(errand, SLOT_PRINCIPAL);
    enum outcome out;

    if (!principal)
        return fail(why, REASON_NOT_SIGNED_IN, "nobody has signed in yet as identity %s",
                    errand->identity);
    if ((out = pin_realm(NULL, NULL, why)) || (out = tickets_open(&tickets, why)) ||
        (out = tickets_find(tickets, errand_text(errand, SLOT_CCACHE),
                            errand_text(errand, SLOT_TICKET_CACHE), principal, &ticket, why)) ||
        (out = tickets_destroy(tickets, &ticket, why)))
        return out;
    message_add(errand->result, SLOT_STATE, "signed-out");
    message_add_facts(errand->result, errand->request);
    message_drop(errand->result, SLOT_TICKET_END);
    message_drop(errand->result, SLOT_RENEWABLE_END);
    message_drop(errand->result, SLOT_TICKET_CACHE);
    message_drop(errand->result, SLOT_TICKET_CACHE_IS_DEFAULT);
    return OUTCOME_OK;
}
