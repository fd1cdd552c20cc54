/* SPDX-License-Identifier: MIT */
#include "directory/dns_ask.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <poll.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum {
    QUERY_MOST = 512,
    MOST_MS = 3000,  /* for all of it, whatever the budget */
    UDP_MOST = 1232, /* bytes of an answer by UDP that no network cuts in pieces */
    NEXT_MS = 300,   /* without an answer, the next name server is asked as well */
    EXTRA_MS = 20,   /* and as long again as the needed answers took, for the optional ones */
    POLL_MS = 100,
    OPT_BYTES = 11,
};

struct query {
    unsigned char bytes[QUERY_MOST];
    int length;   /* 0: not asked, or given up */
    int refusals; /* so many servers said that they cannot answer */
};

struct asking {
    struct __res_state *state;
    struct dns_question *questions;
    struct query queries[DNS_QUESTIONS];
    size_t count;
    int fds[MAXNS];
    bool dead[MAXNS]; /* cannot be reached */
    int servers, next;
};

/* The name server that answered last: the next questions of this run go there first. */
static int first;

/* Writes the query; a length of 0 if the name cannot be asked. */
static void make_query(struct asking *asking, size_t i)
{
    /* RFC 6891: we take longer answers by UDP. */
    static const unsigned char opt[OPT_BYTES] = { 0, 0, ns_t_opt, UDP_MOST >> 8, UDP_MOST & 0xff };
    struct query *query = &asking->queries[i];
    const struct dns_question *question = &asking->questions[i];

    query->length = 0;
    if (!*question->name)
        return;
    int length = res_nmkquery(asking->state, ns_o_query, question->name, ns_c_in, question->type,
                              NULL, 0, NULL, query->bytes, QUERY_MOST - OPT_BYTES);
    if (length < NS_HFIXEDSZ)
        return;
    memcpy(query->bytes + length, opt, OPT_BYTES);
    query->bytes[NS_HFIXEDSZ - 1] = 1; /* one additional record */
    query->length = length + OPT_BYTES;
}

static const struct sockaddr *server_address(struct __res_state *state, int i, socklen_t *size)
{
    if (state->nsaddr_list[i].sin_family == AF_INET) {
        *size = sizeof state->nsaddr_list[i];
        return (struct sockaddr *)&state->nsaddr_list[i];
    }
    *size = sizeof *state->_u._ext.nsaddrs[i];
    return (struct sockaddr *)state->_u._ext.nsaddrs[i];
}

static bool is_open(const struct asking *asking, size_t i)
{
    return asking->queries[i].length && !asking->questions[i].answer;
}

static size_t open_count(const struct asking *asking, bool optional_too)
{
    size_t count = 0;

    for (size_t i = 0; i < asking->count; i++)
        count += is_open(asking, i) && (optional_too || !asking->questions[i].optional);
    return count;
}

static int dead_count(const struct asking *asking)
{
    int count = 0;

    for (int i = 0; i < asking->servers; i++)
        count += asking->dead[i];
    return count;
}

/* Sends what is still open to the name server; false if it cannot be reached. */
static bool send_all(struct asking *asking, int server)
{
    socklen_t size;
    const struct sockaddr *address = server_address(asking->state, server, &size);

    if (asking->fds[server] < 0 && address)
        asking->fds[server] =
            socket(address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (asking->fds[server] < 0 || connect(asking->fds[server], address, size))
        return false;
    for (size_t i = 0; i < asking->count; i++)
        if (is_open(asking, i) && send(asking->fds[server], asking->queries[i].bytes,
                                       (size_t)asking->queries[i].length, MSG_NOSIGNAL) < 0)
            return false;
    return true;
}

/* By TCP, or without EDNS, libresolv asks: it blocks for a second a name server at most. */
static void ask_slowly(struct asking *asking, size_t i, bool by_tcp)
{
    struct query *query = &asking->queries[i];
    unsigned char *answer = malloc(NS_MAXMSG);
    unsigned long options = asking->state->options;

    query->bytes[NS_HFIXEDSZ - 1] = 0;
    if (by_tcp)
        asking->state->options |= RES_USEVC;
    asking->state->retrans = asking->state->retry = 1;
    int length = answer ? res_nsend(asking->state, query->bytes, query->length - OPT_BYTES, answer,
                                    NS_MAXMSG)
                        : -1;
    asking->state->options = options;
    query->length = 0;
    if (length < NS_HFIXEDSZ) {
        free(answer);
        return;
    }
    asking->questions[i].answer = answer;
    asking->questions[i].length = (size_t)length;
}

/* The question that this is the answer to (same id, name and type); count if none. */
static size_t find_question(const struct asking *asking, ns_msg *message)
{
    ns_rr question;

    if (ns_msg_count(*message, ns_s_qd) != 1 || ns_parserr(message, ns_s_qd, 0, &question))
        return asking->count;
    for (size_t i = 0; i < asking->count; i++)
        if (is_open(asking, i) && ns_get16(asking->queries[i].bytes) == ns_msg_id(*message) &&
            !strcasecmp(ns_rr_name(question), asking->questions[i].name) &&
            (int)ns_rr_type(question) == asking->questions[i].type)
            return i;
    return asking->count;
}

/* This server will not answer it; nor will any other one, when all of them have said so. */
static void note_refusal(struct asking *asking, size_t i)
{
    if (++asking->queries[i].refusals + dead_count(asking) >= asking->servers)
        asking->queries[i].length = 0;
}

/* An answer, by its id, with lengths that are wrong. */
static bool take_strange(struct asking *asking, int server, const unsigned char *bytes,
                         size_t length)
{
    union dns_address address = { 0 };
    socklen_t size;

    for (size_t i = 0; length >= NS_HFIXEDSZ && i < asking->count; i++)
        if (is_open(asking, i) && ns_get16(asking->queries[i].bytes) == ns_get16(bytes)) {
            const struct sockaddr *from = server_address(asking->state, server, &size);
            memcpy(&address, from, size);
            dns_address_text(&address, asking->questions[i].strange);
            note_refusal(asking, i);
            return false;
        }
    return true;
}

/* False if the server cannot answer, so that the next one is to be asked. */
static bool take_answer(struct asking *asking, int server, const unsigned char *bytes,
                        size_t length)
{
    ns_msg message;

    if (ns_initparse(bytes, (int)length, &message))
        return take_strange(asking, server, bytes, length);
    size_t i = find_question(asking, &message);
    if (i == asking->count || !ns_msg_getflag(message, ns_f_qr))
        return true;
    int code = ns_msg_getflag(message, ns_f_rcode);
    if (ns_msg_getflag(message, ns_f_tc) || code == ns_r_formerr) {
        ask_slowly(asking, i, code != ns_r_formerr);
        return true;
    }
    if (code != ns_r_noerror && code != ns_r_nxdomain) {
        note_refusal(asking, i);
        return false;
    }
    asking->questions[i].answer = malloc(length);
    if (asking->questions[i].answer)
        memcpy(asking->questions[i].answer, bytes, length);
    asking->questions[i].length = length;
    return true;
}

/* Waits and reads; false if the next server is to be asked now. */
static bool read_answers(struct asking *asking, int wait_ms)
{
    struct pollfd fds[MAXNS];
    unsigned char bytes[UDP_MOST];
    bool well = true;

    for (int i = 0; i < asking->servers; i++)
        fds[i] = (struct pollfd){ .fd = asking->dead[i] ? -1 : asking->fds[i], .events = POLLIN };
    if (poll(fds, (nfds_t)asking->servers, wait_ms) <= 0)
        return true;
    for (int i = 0; i < asking->servers; i++) {
        ssize_t length = fds[i].revents ? recv(asking->fds[i], bytes, sizeof bytes, 0) : 0;
        asking->dead[i] |= length < 0 && errno != EAGAIN && errno != EINTR;
        bool answers = length > 0 && take_answer(asking, i, bytes, (size_t)length);
        first = answers ? i : first;
        well &= !asking->dead[i] && (length <= 0 || answers);
    }
    return well;
}

static long least(long a, long b)
{
    return a < b ? a : b;
}

static enum outcome ask_all(struct asking *asking, int budget_ms, struct asker *asker,
                            struct why *why)
{
    long now = clock_ms(), start = now, end = now + least(budget_ms, MOST_MS), due = now;
    enum outcome out = OUTCOME_OK;
    bool needed = true;

    while (!(out = asker_check(asker, why)) && open_count(asking, true) &&
           dead_count(asking) < asking->servers && (now = clock_ms()) < end) {
        if (needed && !open_count(asking, false)) {
            needed = false;
            end = least(end, now + (now - start) + EXTRA_MS);
        }
        int server = asking->next;
        if (now >= due) {
            asking->dead[server] |= !send_all(asking, server);
            asking->next = (server + 1) % asking->servers;
            due = asking->dead[server] ? now : now + NEXT_MS;
        }
        long wait = least(least(due, end) - now, POLL_MS);
        /* The first of the round is not asked again in haste. */
        if (!read_answers(asking, wait > 0 ? (int)wait : 0) && asking->next != first)
            due = now;
    }
    return out;
}

enum outcome dns_ask(struct dns_question *questions, size_t count, int budget_ms,
                     struct asker *asker, struct why *why)
{
    struct __res_state state = { 0 };
    struct asking asking = { .state = &state, .questions = questions, .fds = { -1, -1, -1 } };

    if (res_ninit(&state) || !state.nscount)
        return fail(why, REASON_NO_DNS, "resolv.conf names no name server");
    asking.count = count < DNS_QUESTIONS ? count : DNS_QUESTIONS;
    asking.servers = state.nscount < MAXNS ? state.nscount : MAXNS;
    first %= asking.servers;
    asking.next = first;
    for (size_t i = 0; i < asking.count; i++)
        make_query(&asking, i);
    enum outcome out = ask_all(&asking, budget_ms, asker, why);
    for (int i = 0; i < asking.servers; i++)
        if (asking.fds[i] >= 0)
            (void)close(asking.fds[i]);
    res_nclose(&state);
    return out;
}
