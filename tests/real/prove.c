/* SPDX-License-Identifier: MIT
 *
 * For prove.test: gets a ticket from the KDC at an address with the password on standard input,
 * then has it proved. Usage: prove HOST ADDRESS REALM USER KEYTAB|- CA_FILE|-. Exit status as the
 * command.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kerberos/pin.h"
#include "work/prove.h"

static void step(struct asker *asker, const char *line)
{
    (void)asker;
    (void)line;
}

static bool cancelled(struct asker *asker)
{
    (void)asker;
    return false;
}

static struct asker asker = { .step = step, .cancelled = cancelled };

static enum outcome get_and_prove(char **argv, const struct secret *password, struct why *why)
{
    tickets_auto *tickets = NULL;
    struct dc dc = { 0 };
    struct ticket ticket;
    char other[256];
    enum outcome out;

    (void)snprintf(dc.host, sizeof dc.host, "%s", argv[1]);
    dc.address.v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(389) };
    (void)inet_pton(AF_INET, argv[2], &dc.address.v4.sin_addr);
    if ((out = pin_realm(argv[3], argv[2], why)) || (out = tickets_open(&tickets, why)))
        return out;
    struct tickets_kdc kdc = {
        .name = dc.host, .realm = argv[3], .asker = &asker, .budget_ms = 5000
    };
    struct ticket_request request = { .user = argv[4],
                                      .realm = argv[3],
                                      .kdc = dc.host,
                                      .password = password,
                                      .asker = &asker,
                                      .budget_ms = 5000 };
    memcpy(&kdc.address, &dc.address, sizeof dc.address);
    memcpy(&request.address, &dc.address, sizeof dc.address);
    tickets_point(tickets, &kdc);
    if ((out = tickets_get(tickets, &request, &ticket, other, why)))
        return out;
    (void)printf("a ticket of %s\n", ticket.principal);
    struct prove_request prove_it = { .dc = &dc,
                                      .ticket = &ticket,
                                      .keytab = *argv[5] == '-' ? -1 : open(argv[5], O_RDONLY),
                                      .ca_file = *argv[6] == '-' ? NULL : argv[6],
                                      .budget_ms = 5000 };
    return prove(tickets, &prove_it, &asker, why);
}

int main(int argc, char **argv)
{
    secret_auto *password = secret_new(1024);
    struct why why = { 0 };

    if (argc != 7 || !password)
        return 2;
    ssize_t n = read(0, secret_space(password), 1024);
    secret_grow(password, n > 0 ? (size_t)n : 0);
    enum outcome out = get_and_prove(argv, password, &why);
    (void)printf("%s: %s\n", out ? reason_word(why.reason) : "proved", why.text);
    return outcome_exit_status(out);
}
