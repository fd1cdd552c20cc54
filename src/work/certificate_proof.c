/* SPDX-License-Identifier: MIT
 *
 * By what an authority sees who asks: the ticket, a password that the person types, or the
 * certificate that is to be renewed.
 */
#include <stdio.h>

#include "base/log.h"
#include "cert/present.h"
#include "net/url.h"
#include "work/certificate_protocol.h"

enum { USER_MOST = 256 };

void proof_free(struct proof *proof)
{
    present_end();
    token_close(&proof->card);
    negotiate_free(&proof->ticket);
    secret_free(&proof->login);
    kept_list_free(&proof->kept);
    *proof = (struct proof){ .old = NULL };
}

/* It is got first, by us: libgssapi would exceed the time where a domain controller is silent. */
static enum outcome find_ticket(struct certificates *all, const char *host, bool may_delegate,
                                struct negotiate **ticket, struct why *why)
{
    struct company *company = &all->company;
    tickets_auto *tickets = NULL;
    char realm[256];
    enum outcome out = errand_tickets(all->errand, &company->dc, realm, &tickets, why);

    if (out)
        return out;
    if ((out = tickets_service(tickets, &company->ticket, "HTTP", host, why)))
        return fail_in(why, "getting the ticket for %s", host);
    return negotiate_open(company->ticket.cache, may_delegate, ticket, why);
}

static enum outcome ask_login(struct certificates *all, const struct protocol *protocol,
                              const char *host, struct secret **login, struct why *why)
{
    char prompt[URL_HOST + USER_MOST + 32], user[USER_MOST];
    struct question name = { .kind = QUESTION_SHOWN,
                             .name = "certificate-user",
                             .prompt = prompt,
                             .suggestion = all->company.ticket.user },
                    word = { .kind = QUESTION_HIDDEN,
                             .name = "certificate-password",
                             .prompt = prompt };
    struct asker *asker = all->errand->asker;
    secret_auto *password = NULL;
    enum outcome out;

    (void)snprintf(prompt, sizeof prompt, "User name at %s: ", host);
    if ((out = asker_ask_text(asker, &name, user, sizeof user, why)))
        return out;
    (void)snprintf(prompt, sizeof prompt, "Password of %s at %s: ", user, host);
    if ((out = asker_ask(asker, &word, &password, why)))
        return out;
    return protocol->login(user, password, login, why);
}

enum outcome proof_find(struct certificates *all, const struct wanted *wanted, const char *base,
                        struct proof *proof, struct why *why)
{
    struct url parts;
    enum outcome out = web_url_check(base, &parts, why);

    if (out)
        return out;
    return wanted->by_password
               ? ask_login(all, wanted->protocol, parts.host, &proof->login, why)
               : find_ticket(all, parts.host, wanted->delegate, &proof->ticket, why);
}

enum outcome proof_renew(const struct token *token, const char *name,
                         const struct cert_person *person, struct proof *proof, struct why *why)
{
    enum outcome out = keep_list(token, &proof->kept, why);

    if (out)
        return out;
    keep_mark(&proof->kept, person);
    if (!(proof->old = certificate_good(&proof->kept, name)))
        return OUTCOME_OK;
    out = present_begin(token, &proof->old->id, proof->old->certificate, &proof->key, why);
    if (!out || why->reason != REASON_NO_KEY)
        return out;
    log_line(LOG_LEVEL_INFO, "%s", why->text);
    return OUTCOME_OK;
}
