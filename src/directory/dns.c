/* SPDX-License-Identifier: MIT */
#include "directory/dns.h"

#include <arpa/nameser.h>
#include <ctype.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/utsname.h>

#include "base/text.h"
#include "base/clock.h"
#include "directory/dns_ask.h"

static void answers_free(struct dns_question *questions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(questions[i].answer);
}

static void read_list(struct dns_list *list, const struct dns_question *question)
{
    list->servers.count = 0;
    if (!*list->name)
        list->outcome = fail(&list->why, REASON_NO_DOMAIN, "not asked");
    else if (!question->answer && *question->strange)
        list->outcome = fail(&list->why, REASON_BAD_ANSWER,
                             "the answer of the name server %s about %s cannot be read",
                             question->strange, list->name);
    else if (!question->answer)
        list->outcome = fail(&list->why, REASON_NO_DNS,
                             "no name server of resolv.conf answers about %s", list->name);
    else
        list->outcome = dns_srv_parse(question->answer, question->length, list->name,
                                      &list->servers, &list->why);
    dns_srv_order(&list->servers);
}

enum outcome dns_lists(struct dns_list *lists, size_t count, struct dns_server *host, int budget_ms,
                       struct asker *asker, struct why *why)
{
    struct dns_question questions[DNS_QUESTIONS] = { 0 };

    if (count > DNS_QUESTIONS - 2)
        count = DNS_QUESTIONS - 2;
    for (size_t i = 0; i < count; i++)
        questions[i] = (struct dns_question){ .name = lists[i].name, .type = ns_t_srv };
    questions[count] =
        (struct dns_question){ .name = host->host, .type = ns_t_a, .optional = true };
    questions[count + 1] =
        (struct dns_question){ .name = host->host, .type = ns_t_aaaa, .optional = true };
    enum outcome out = dns_ask(questions, count + 2, budget_ms, asker, why);
    for (size_t i = 0; i < count; i++)
        read_list(&lists[i], &questions[i]);
    for (size_t i = count; i < count + 2; i++)
        if (questions[i].answer)
            dns_address_parse(questions[i].answer, questions[i].length, host);
    answers_free(questions, count + 2);
    return out;
}

enum outcome dns_fill(struct dns_servers *servers, int budget_ms, struct asker *asker,
                      struct why *why)
{
    struct dns_question questions[2 * DNS_AT_ONCE] = { 0 };
    struct dns_server *asked[DNS_AT_ONCE];
    size_t used = 0;

    for (size_t i = 0; i < servers->count && i < DNS_AT_ONCE; i++)
        if (!servers->server[i].addresses) {
            const char *host = servers->server[i].host;
            questions[2 * used] = (struct dns_question){ .name = host, .type = ns_t_a };
            questions[2 * used + 1] =
                (struct dns_question){ .name = host, .type = ns_t_aaaa, .optional = true };
            asked[used++] = &servers->server[i];
        }
    enum outcome out = used ? dns_ask(questions, 2 * used, budget_ms, asker, why) : OUTCOME_OK;
    for (size_t i = 0; i < 2 * used; i++)
        if (questions[i].answer)
            dns_address_parse(questions[i].answer, questions[i].length, asked[i / 2]);
    answers_free(questions, 2 * used);
    return out;
}

enum outcome dns_srv(const char *name, int budget_ms, struct asker *asker,
                     struct dns_servers *servers, struct why *why)
{
    struct dns_question question = { .name = name, .type = ns_t_srv };
    struct dns_list list = { .name = name };
    long end_ms = clock_ms() + budget_ms;
    enum outcome out = dns_ask(&question, 1, budget_ms, asker, why);

    servers->count = 0;
    if (!out)
        read_list(&list, &question);
    answers_free(&question, 1);
    if (out)
        return out;
    *servers = list.servers;
    *why = list.why;
    return list.outcome ? list.outcome : dns_fill(servers, (int)(end_ms - clock_ms()), asker, why);
}

static int compare(const void *left, const void *right)
{
    const struct dns_server *a = left, *b = right;

    /* RFC 2782: within a priority, those of weight 0 come first before the draw. */
    return a->priority != b->priority ? a->priority - b->priority : a->weight - b->weight;
}

/* Index of the one drawn from first..end by weight. */
static size_t draw(const struct dns_servers *servers, size_t first, size_t end)
{
    uint32_t sum = 0, running = 0, random = 0;

    for (size_t i = first; i < end; i++)
        sum += servers->server[i].weight;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        return first;
    random %= sum + 1;
    for (size_t i = first; i < end; i++) {
        running += servers->server[i].weight;
        if (running >= random)
            return i;
    }
    return first;
}

void dns_srv_order(struct dns_servers *servers)
{
    qsort(servers->server, servers->count, sizeof *servers->server, compare);
    for (size_t i = 0; i < servers->count; i++) {
        size_t end = i + 1;
        while (end < servers->count && servers->server[end].priority == servers->server[i].priority)
            end++;
        size_t chosen = draw(servers, i, end);
        struct dns_server server = servers->server[chosen];
        memmove(&servers->server[i + 1], &servers->server[i],
                (chosen - i) * sizeof *servers->server);
        servers->server[i] = server;
    }
}

enum outcome dns_resolve(struct dns_server *server, struct why *why)
{
    struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV };
    struct addrinfo *list = NULL;
    char port[8];

    (void)snprintf(port, sizeof port, "%u", server->port);
    if (getaddrinfo(server->host, port, &hints, &list))
        return fail(why, REASON_NO_SERVER, "%s has no address", server->host);
    server->addresses = 0;
    for (struct addrinfo *each = list; each && server->addresses < DNS_ADDRESSES;
         each = each->ai_next)
        if (each->ai_addrlen <= sizeof *server->address)
            memcpy(&server->address[server->addresses++], each->ai_addr, each->ai_addrlen);
    freeaddrinfo(list);
    return OUTCOME_OK;
}

static void add_candidate(struct dns_candidates *candidates, const char *domain)
{
    if (candidates->count == DNS_CANDIDATES || !dns_is_name(domain))
        return;
    for (size_t i = 0; i < candidates->count; i++)
        if (!strcasecmp(candidates->domain[i], domain))
            return;
    char *copy = candidates->domain[candidates->count++];
    (void)snprintf(copy, DNS_NAME, "%s", domain);
    for (; *copy; copy++)
        *copy = (char)tolower((unsigned char)*copy);
}

enum outcome dns_search_domains(struct dns_candidates *candidates, struct why *why)
{
    struct __res_state state = { 0 };
    struct utsname host;

    candidates->count = 0;
    if (res_ninit(&state))
        return fail(why, REASON_NO_DNS, "resolv.conf cannot be used");
    for (int i = 0; i < MAXDNSRCH && state.dnsrch[i]; i++)
        add_candidate(candidates, state.dnsrch[i]);
    res_nclose(&state);
    if (!uname(&host) && strchr(host.nodename, '.'))
        add_candidate(candidates, strchr(host.nodename, '.') + 1);
    return OUTCOME_OK;
}
