/* SPDX-License-Identifier: MIT
 *
 * One part of the worker alone, for the bench, as the worker calls it:
 *   part locate DOMAIN
 *   part look-up USER DOMAIN HOST ADDRESS CACHE: with a ticket that is there
 * Exit status 0 if it went well.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "directory/locate.h"
#include "directory/person.h"
#include "kerberos/pin.h"
#include "kerberos/tickets.h"

enum { BUDGET_MS = 30000, LDAP_PORT_NUMBER = 389 };

static int locate(char **words, struct asker *asker, struct why *why)
{
    struct locate_request request = { .domain = words[0], .budget_ms = BUDGET_MS };
    struct dc dc;

    if (locate_dc(&request, asker, &dc, why))
        return 1;
    return printf("%s %s\n", dc.host, dc.dc_site) < 0;
}

/* As work/ticket.c does. */
static enum outcome open_at(const struct server_request *request, const char *realm,
                            const char *address, const struct ticket *ticket, struct asker *asker,
                            struct server **server, struct why *why)
{
    tickets_auto *tickets = NULL;
    struct tickets_kdc kdc = {
        .name = request->dc->host, .realm = realm, .asker = asker, .budget_ms = BUDGET_MS
    };
    enum outcome out;

    memcpy(&kdc.address, &request->dc->address, sizeof request->dc->address);
    if ((out = server_begin(request, asker, server, why)) ||
        (out = pin_realm(realm, address, why)) || (out = tickets_open(&tickets, why)))
        return out;
    tickets_point(tickets, &kdc);
    if ((out = tickets_service(tickets, ticket, "ldap", request->dc->host, why)))
        return out;
    return server_finish(*server, request, asker, why);
}

static int look_up(char **words, struct asker *asker, struct why *why)
{
    struct dc dc = { .address.v4 = { .sin_family = AF_INET, .sin_port = htons(LDAP_PORT_NUMBER) } };
    struct ticket ticket = { .end = 0 };
    struct server_request at = { .dc = &dc, .ccache = words[4], .budget_ms = BUDGET_MS };
    struct person_request whom = { .account = words[0],
                                   .domain = words[1],
                                   .budget_ms = BUDGET_MS };
    server_auto *server = NULL;
    person_auto *person = NULL;
    char realm[256] = "";

    (void)snprintf(dc.host, sizeof dc.host, "%s", words[2]);
    (void)snprintf(ticket.cache, sizeof ticket.cache, "%s", words[4]);
    for (size_t i = 0; words[1][i] && i < sizeof realm - 1; i++)
        realm[i] = (char)(words[1][i] >= 'a' && words[1][i] <= 'z' ? words[1][i] - 'a' + 'A'
                                                                   : words[1][i]);
    if (inet_pton(AF_INET, words[3], &dc.address.v4.sin_addr) != 1 ||
        open_at(&at, realm, words[3], &ticket, asker, &server, why) ||
        person_read(server, &whom, asker, &person, why))
        return 1;
    return printf("%s %zu\n", server_mechanism(server), person->group_count) < 0;
}

static void no_step(struct asker *asker, const char *line)
{
    (void)asker;
    (void)line;
}

static bool not_cancelled(struct asker *asker)
{
    (void)asker;
    return false;
}

int main(int count, char **words)
{
    struct asker asker = { .step = no_step, .cancelled = not_cancelled };
    struct why why = { 0 };
    int status = 2;

    if (count == 3 && !strcmp(words[1], "locate"))
        status = locate(words + 2, &asker, &why);
    else if (count == 7 && !strcmp(words[1], "look-up"))
        status = look_up(words + 2, &asker, &why);
    if (status)
        (void)fprintf(stderr, "part: %s\n", status == 2 ? "see the beginning of part.c" : why.text);
    return status;
}
