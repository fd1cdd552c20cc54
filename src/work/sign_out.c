/* SPDX-License-Identifier: MIT
 *
 * sign-out: our ticket goes, no other one does, and none comes back by itself.
 */
#include "kerberos/pin.h"
#include "work/keychain.h"

static enum outcome forget(struct errand *errand, struct why *why)
{
    const char *user = errand_text(errand, SLOT_USER), *realm = errand_text(errand, SLOT_REALM);

    enum outcome out = user && realm ? errand_forget(errand, user, realm, why) : OUTCOME_OK;

    if (!out)
        message_drop(errand->result, SLOT_REMEMBERED);
    return out;
}

/* Who is remembered may be of an OpenID provider, of which the settings say nothing any more. */
static enum outcome forget_web(struct errand *errand, bool and_password, struct why *why)
{
    const char *id = errand_text(errand, SLOT_TOKEN_ITEM), *user = errand_text(errand, SLOT_USER);
    struct item item = { .kind = "refresh",
                         .user = errand_text(errand, SLOT_SUBJECT),
                         .realm = errand_text(errand, SLOT_ISSUER) };
    enum outcome out = OUTCOME_OK;

    if (id && item.user)
        out = keychain_remove(errand, &item, id, why);
    item.kind = "password";
    item.user = user ? user : errand_text(errand, SLOT_PRINCIPAL);
    return out || !and_password ? out : keychain_remove(errand, &item, "", why);
}

static enum outcome destroy(struct errand *errand, const char *principal, struct why *why)
{
    tickets_auto *tickets = NULL;
    struct ticket ticket;
    enum outcome out;

    if ((out = pin_realm(NULL, NULL, why)) || (out = tickets_open(&tickets, why)) ||
        (out = tickets_find(tickets, errand_text(errand, SLOT_CCACHE),
                            errand_text(errand, SLOT_TICKET_CACHE), principal, &ticket, why)))
        return out;
    return tickets_destroy(tickets, &ticket, why);
}

enum outcome verb_sign_out(struct errand *errand, struct why *why)
{
    static const enum slot gone[] = { SLOT_TICKET_END,   SLOT_RENEWABLE_END,
                                      SLOT_TICKET_CACHE, SLOT_TICKET_CACHE_IS_DEFAULT,
                                      SLOT_TOKEN_END,    SLOT_TOKEN_ITEM };
    bool forgets = message_number(errand->request, SLOT_FORGET, 0);
    const char *principal = errand_text(errand, SLOT_PRINCIPAL);
    enum outcome out;

    if (!principal)
        return fail(why, REASON_NOT_SIGNED_IN, "nobody has signed in yet as identity %s",
                    errand->identity);
    out = destroy(errand, principal, why);
    if (out && why->reason != REASON_NOT_SIGNED_IN)
        return out;
    if (errand_text(errand, SLOT_ISSUER) && (out = forget_web(errand, forgets, why)))
        return out;
    message_add(errand->result, SLOT_STATE, "signed-out");
    message_add_number(errand->result, SLOT_STAYS_SIGNED_OUT, 1);
    message_add_facts(errand->result, errand->request);
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        message_drop(errand->result, gone[i]);
    return forgets ? forget(errand, why) : out;
}
