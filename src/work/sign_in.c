/* SPDX-License-Identifier: MIT
 *
 * sign-in: where is the domain, is the password right, who is it.
 */
#include "work/places.h"

enum { REALMS_MOST = 3 }; /* how often a KDC may send us on to another realm */

/* The account may be at home in another realm of the company; that one is confirmed first, since
 * the answer that names it is not yet proved. */
static enum outcome get_ticket(struct errand *errand, const struct login *login, struct dc *dc,
                               const struct secret *password, struct ticket *ticket,
                               struct why *why)
{
    char other[256];

    for (int realms = 0;; realms++) {
        enum outcome out = errand_ticket_or_next(errand, login, dc, password, ticket, other, why);
        if (!out || !*other)
            return out;
        if (realms == REALMS_MOST || !name_is_domain(other))
            return fail(why, REASON_BAD_ANSWER, "%s sends us on to the realm %s", dc->host, other);
        if ((out = errand_confirm(errand, other, dc->host, why)) ||
            (out = errand_move(errand, other, dc, why)))
            return out;
    }
}

/* An expired password leads straight to the change, where there is somebody to ask. */
static enum outcome get_or_change(struct errand *errand, const struct login *login, struct dc *dc,
                                  const struct secret *password, struct ticket *ticket,
                                  struct why *why)
{
    enum outcome out = get_ticket(errand, login, dc, password, ticket, why);

    if (out != OUTCOME_EXPIRED || !message_number(errand->request, SLOT_CAN_ASK, 0) ||
        (errand->is_beside && errand->only_typed)) /* it is right elsewhere, too */
        return out;
    asker_tell(errand->asker, "%s", reason_sentence(why->reason));
    return errand_change(errand, login, dc, password, ticket, why);
}

/* May the person type a password, the stored one being of no use? */
static bool may_type(const struct errand *errand, const struct why *why)
{
    static const enum reason refusals[] = { REASON_WRONG_PASSWORD, REASON_UNKNOWN_USER,
                                            REASON_PASSWORD_EXPIRED, REASON_MUST_CHANGE,
                                            REASON_NO_DOMAIN };

    if (message_number(errand->request, SLOT_UNATTENDED, 0))
        return false;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (why->reason == refusals[i])
            return true;
    return errand->keychain != REASON_NONE;
}

static enum outcome with_typed(struct errand *errand, const struct login *login, struct dc *dc,
                               struct ticket *ticket, struct why *why)
{
    secret_auto *password = NULL;
    enum outcome out;

    if ((out = errand_password(errand, login, "Password", &password, why)) ||
        (out = get_or_change(errand, login, dc, password, ticket, why)))
        return out;
    if (errand->changed)
        return OUTCOME_OK;
    errand_keep(errand, ticket, password);
    errand_follow(errand, ticket->principal, NULL, password);
    return OUTCOME_OK;
}

/* Nobody comes back by itself after a sign-out. */
static enum outcome check_stays_out(const struct errand *errand, struct why *why)
{
    return message_number(errand->request, SLOT_UNATTENDED, 0) &&
                   message_number(errand->request, SLOT_STAYS_SIGNED_OUT, 0)
               ? fail(why, REASON_NOT_SIGNED_IN, "signed out until the next sign-in")
               : OUTCOME_OK;
}

enum outcome sign_in_by_card(struct errand *errand, struct why *why)
{
    struct login login = { 0 };
    struct ticket ticket;
    struct dc dc;
    enum outcome out;

    if ((out = check_stays_out(errand, why)) || (out = errand_check_cache(errand, why)) ||
        (out = login_locate(errand, &login, &dc, why)) ||
        (out = get_ticket(errand, &login, &dc, NULL, &ticket, why)))
        return out;
    return errand_read(errand, &dc, &ticket, why);
}

enum outcome verb_sign_in(struct errand *errand, struct why *why)
{
    struct login login = { 0 };
    struct ticket ticket;
    struct dc dc;
    enum outcome out;

    if ((out = check_stays_out(errand, why)))
        return out;
    if ((out = errand_check_cache(errand, why)) || (out = login_locate(errand, &login, &dc, why)))
        return out;
    out = errand_stored_ticket(errand, &login, &dc, &ticket, why);
    if (out && may_type(errand, why))
        out = with_typed(errand, &login, &dc, &ticket, why);
    if (out)
        return out;
    out = errand_read(errand, &dc, &ticket, why);
    return out && errand->changed ? fail_as(why, REASON_PASSWORD_CHANGED) : out;
}
