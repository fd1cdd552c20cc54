/* SPDX-License-Identifier: MIT
 *
 * A password becomes a ticket.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "work/errand.h"

enum outcome errand_check_cache(const struct errand *errand, struct why *why)
{
    tickets_auto *tickets = NULL;
    enum outcome out = tickets_open(&tickets, why);

    return out ? out : tickets_check(tickets, errand_text(errand, SLOT_CCACHE), why);
}

enum outcome errand_check_password(const struct secret *password, const char *what, struct why *why)
{
    size_t length = secret_length(password);

    if (!length)
        return fail(why, REASON_BAD_PASSWORD, "the %s is empty", what);
    if (!text_is_clean(secret_peek(password), length))
        return fail(why, REASON_BAD_PASSWORD, "the %s holds control characters or is not UTF-8",
                    what);
    return OUTCOME_OK;
}

enum outcome errand_ask_again(const struct errand *errand, const char *name, const char *prompt,
                              const struct secret *first, struct why *why)
{
    const struct question question = { .kind = QUESTION_HIDDEN, .name = name, .prompt = prompt };
    secret_auto *again = NULL;
    enum outcome out;

    if (!message_number(errand->request, SLOT_CAN_ASK, 0))
        return OUTCOME_OK;
    if ((out = asker_ask(errand->asker, &question, &again, why)))
        return out;
    return secret_same(first, again)
               ? OUTCOME_OK
               : fail(why, REASON_BAD_PASSWORD, "what was typed is not the same both times");
}

enum outcome errand_password(struct errand *errand, const struct login *login, const char *what,
                             struct secret **password, struct why *why)
{
    char prompt[600];
    struct question question = { .kind = QUESTION_HIDDEN, .name = "password", .prompt = prompt };
    const char *at = strchr(login->user, '@');

    if (errand->proven) {
        *password = secret_copy(errand->proven);
        errand->proven = NULL;
        return *password ? OUTCOME_OK : fail_memory(why);
    }
    /* Where it goes is told: the domain, if the name does not tell it. */
    if (!at)
        (void)snprintf(prompt, sizeof prompt, "%s for %s@%s: ", what, login->user, login->domain);
    else if (!strcasecmp(at + 1, login->domain))
        (void)snprintf(prompt, sizeof prompt, "%s for %s: ", what, login->user);
    else
        (void)snprintf(prompt, sizeof prompt, "%s for %s in %s: ", what, login->user,
                       login->domain);
    enum outcome out = asker_ask(errand->asker, &question, password, why);
    if (out)
        return fail_in(why, "asking for the password");
    return errand_check_password(*password, "password", why);
}

void errand_request(struct errand *errand, const struct login *login, const struct dc *dc,
                    const char *realm, const struct secret *password,
                    struct ticket_request *request)
{
    *request = (struct ticket_request){
        .user = login->user,
        .realm = realm,
        .enterprise = login->enterprise,
        .kdc = dc->host,
        .password = password,
        .card = errand->card,
        .lifetime_s = conf_seconds(errand->conf, errand->identity, SETTING_LIFETIME),
        .renewable_s = conf_seconds(errand->conf, errand->identity, SETTING_RENEWABLE),
        .forwardable = conf_flag(errand->conf, errand->identity, SETTING_FORWARDABLE),
        .ccache = errand_text(errand, SLOT_CCACHE),
        .asker = errand->asker,
        .budget_ms = errand_left(errand),
    };
    memcpy(&request->address, &dc->address, sizeof dc->address);
}

/* One attempt at this DC, which leaves the reserve if it is silent before the password was used;
 * *spent if it was. */
static enum outcome attempt(struct errand *errand, const struct login *login, const struct dc *dc,
                            const struct secret *password, int reserve_ms, struct ticket *ticket,
                            char *other_realm, bool *spent, struct why *why)
{
    tickets_auto *tickets = NULL;
    struct ticket_request request;
    char realm[256];
    enum outcome out;

    *other_realm = '\0';
    *spent = errand->accepted = false;
    out = errand->card ? errand_kerberos_for_card(dc, realm, &tickets, why)
                       : errand_kerberos(dc, realm, &tickets, why);
    if (out)
        return out;
    errand_request(errand, login, dc, realm, password, &request);
    request.reserve_ms = reserve_ms;
    out = tickets_get(tickets, &request, ticket, other_realm, why);
    *spent = tickets_spent(tickets);
    errand->spent |= *spent;
    errand->accepted = tickets_accepted(tickets);
    if (out)
        return fail_in(why, "getting a ticket for %s", login->user);
    facts_ticket(errand, ticket);
    return OUTCOME_OK;
}

enum outcome errand_ticket(struct errand *errand, const struct login *login, const struct dc *dc,
                           const struct secret *password, struct ticket *ticket, char *other_realm,
                           struct why *why)
{
    bool spent;

    return attempt(errand, login, dc, password, 0, ticket, other_realm, &spent, why);
}

enum outcome errand_ticket_or_next(struct errand *errand, const struct login *login, struct dc *dc,
                                   const struct secret *password, struct ticket *ticket,
                                   char *other_realm, struct why *why)
{
    enum outcome out;
    bool spent;

    do
        out = attempt(errand, login, dc, password, errand_reserve(errand), ticket, other_realm,
                      &spent, why);
    while (out && !spent && !(out = errand_next_dc(errand, dc, why)));
    return out;
}
