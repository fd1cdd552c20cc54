/* SPDX-License-Identifier: MIT
 *
 * sign-in: where is the domain, is the password right, who is it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "work/errand.h"

enum { REALMS_MOST = 3 }; /* how often a KDC may send us on to another realm */

static enum outcome ask_password(struct errand *errand, const struct login *login,
                                 struct secret **password, struct why *why)
{
    char prompt[600];
    struct question question = { .kind = QUESTION_HIDDEN, .name = "password", .prompt = prompt };
    const char *at = login->enterprise ? "" : "@";

    (void)snprintf(prompt, sizeof prompt, "Password for %s%s%s: ", login->user, at,
                   *at ? login->domain : "");
    enum outcome out = asker_ask(errand->asker, &question, password, why);
    if (out)
        return fail_in(why, "asking for the password");
    size_t length = secret_length(*password);
    if (!length || memchr(secret_peek(*password), '\0', length) ||
        memchr(secret_peek(*password), '\n', length)) {
        secret_free(password);
        return fail(why, REASON_BAD_PASSWORD, "%s",
                    length ? "the password holds a NUL or a line break"
                           : "the password is empty");
    }
    return OUTCOME_OK;
}

static enum outcome get_ticket(struct errand *errand, const struct login *login,
                               const struct dc *dc, const struct secret *password,
                               struct ticket *ticket, char *other_realm, struct why *why)
{
    tickets_auto *tickets = NULL;
    char realm[256];
    enum outcome out;

    *other_realm = '\0';
    if ((out = errand_kerberos(dc, realm, &tickets, why)))
        return out;
    struct ticket_request request = {
        .user = login->user,
        .realm = realm,
        .enterprise = login->enterprise,
        .kdc = dc->host,
        .password = password,
        .lifetime_s = conf_seconds(errand->conf, errand->identity, SETTING_LIFETIME),
        .renewable_s = conf_seconds(errand->conf, errand->identity, SETTING_RENEWABLE),
        .forwardable = conf_flag(errand->conf, errand->identity, SETTING_FORWARDABLE),
        .ccache = errand_text(errand, SLOT_CCACHE),
        .asker = errand->asker,
        .budget_ms = errand_left(errand),
    };
    memcpy(&request.address, &dc->address, sizeof dc->address);
    if ((out = tickets_get(tickets, &request, ticket, other_realm, why)))
        return fail_in(why, "getting a ticket for %s", login->user);
    facts_ticket(errand, ticket);
    return OUTCOME_OK;
}

/* The account may be at home in another realm of the company; that one is confirmed first, since
 * the answer that names it is not yet proved. */
static enum outcome get_ticket_anywhere(struct errand *errand, struct login *login,
                                        struct dc *dc, const struct secret *password,
                                        struct ticket *ticket, struct why *why)
{
    char other[256];
    enum outcome out = OUTCOME_OK;

    for (int i = 0; i < REALMS_MOST; i++) {
        out = get_ticket(errand, login, dc, password, ticket, other, why);
        if (!out || !*other)
            return out;
        if (!name_is_domain(other))
            return fail(why, REASON_BAD_ANSWER, "%s names the realm %s", dc->host, other);
        if ((out = errand_confirm(errand, other, dc->host, why)) ||
            (out = errand_locate(errand, other, dc, why)))
            return out;
    }
    return out;
}

/* Splits the setting's list; the copy is cut up. */
static void split_list(char *list, const char *words[PERSON_EXTRAS + 1])
{
    size_t count = 0;

    for (char *word; count < PERSON_EXTRAS && (word = strsep(&list, ", "));)
        if (*word)
            words[count++] = word;
    words[count] = NULL;
}

static enum outcome read_directory(struct errand *errand, const struct dc *dc,
                                   const struct ticket *ticket, struct why *why)
{
    const char *ca = conf_text(errand->conf, errand->identity, SETTING_CA_FILE);
    const char *protection = conf_text(errand->conf, errand->identity, SETTING_PROTECTION);
    const char *extras[PERSON_EXTRAS + 1];
    server_auto *server = NULL;
    person_auto *person = NULL;
    enum outcome out;

    struct server_request open = { .dc = dc,
                                   .ccache = ticket->cache,
                                   .protection = *protection == 'l'   ? SERVER_LDAPS
                                                 : protection[1] == 't' ? SERVER_STARTTLS
                                                                        : SERVER_SEAL,
                                   .ca_file = *ca ? ca : NULL,
                                   .budget_ms = errand_left(errand) };
    if ((out = server_open(&open, errand->asker, &server, why)))
        return out;
    message_add(errand->result, SLOT_PROTECTION, protection);
    message_add_number(errand->result, SLOT_PROTECTION_BITS, server_strength(server));
    char *list = strdup(conf_text(errand->conf, errand->identity, SETTING_ATTRIBUTES));
    if (!list)
        return fail_memory(why);
    split_list(list, extras);
    out = person_read(server,
                      &(struct person_request){ .account = ticket->user,
                                                .domain = dc->domain,
                                                .extras = extras,
                                                .budget_ms = errand_left(errand) },
                      errand->asker, &person, why);
    free(list);
    if (!out)
        facts_person(errand, person);
    return out;
}

enum outcome verb_sign_in(struct errand *errand, struct why *why)
{
    struct login login = { 0 };
    struct ticket ticket;
    struct dc dc;
    secret_auto *password = NULL;
    enum outcome out;

    if ((out = login_locate(errand, &login, &dc, why)) ||
        (out = ask_password(errand, &login, &password, why)) ||
        (out = get_ticket_anywhere(errand, &login, &dc, password, &ticket, why)))
        return out;
    secret_free(&password);
    facts_dc(errand, &dc);
    if (message_number(errand->request, SLOT_TICKET_ONLY, 0))
        facts_remembered(errand);
    else if ((out = read_directory(errand, &dc, &ticket, why)))
        out = fail_in(why, "signed in as %s, but reading the directory", ticket.principal);
    facts_now(errand);
    return out;
}
