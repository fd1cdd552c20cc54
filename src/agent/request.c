/* SPDX-License-Identifier: MIT
 *
 * What a worker is asked for when nobody but the agent asks.
 */
#include "agent/run.h"
#include "wire/partner.h"
#include "wire/state.h"

enum outcome run_remember(struct identity *identity, struct message *request, struct why *why)
{
    enum outcome out = state_load(identity->name, request, why);

    if (!message_has(request, SLOT_PRINCIPAL) && identity->facts)
        message_add_facts(request, identity->facts);
    return out;
}

struct message *run_request(struct identity *identity, enum verb verb)
{
    struct message *request = message_new(MESSAGE_REQUEST);
    struct why why;

    if (!request)
        return NULL;
    message_add(request, SLOT_VERB, verb_row(verb)->word);
    message_add(request, SLOT_IDENTITY, identity->name);
    message_add_number(request, SLOT_UNATTENDED, 1);
    message_add(request, SLOT_KEYCHAINS, partner_keychains());
    if (run_remember(identity, request, &why))
        agent_log(identity->name, "state", reason_outcome(why.reason), &why);
    /* A new ticket goes where the last one was: the person's programs look there. */
    const char *last = verb == VERB_SIGN_IN ? message_text(request, SLOT_TICKET_CACHE) : NULL;
    message_add(request, SLOT_CCACHE, last ? last : identity->agent->ccache);
    return request;
}

enum outcome run_keep(struct identity *identity, const struct message *request,
                      struct message **result, enum outcome out, struct why *why)
{
    struct why unsaved;

    if (!*result || !state_remember(request, *result, &unsaved))
        return out;
    agent_log(identity->name, "state", reason_outcome(unsaved.reason), &unsaved);
    if (unsaved.reason != REASON_NOT_SIGNED_IN)
        return out;
    identity->look = true;
    *result = NULL;
    *why = unsaved;
    return reason_outcome(why->reason);
}
