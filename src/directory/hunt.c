/* SPDX-License-Identifier: MIT */
#include "directory/hunt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "directory/netlogon.h"

enum {
    AT_ONCE = 5,   /* servers asked at the start */
    NEXT_MS = 100, /* then one more each so long */
    LOOK_UP_MS =
        300, /* a further look-up in the DNS is put off so long, if others are being asked */
    RESEND_MS = 400, /* a datagram may get lost */
    GRACE_MS = 5,    /* least wait for one of the own site, once another has answered */
    POLL_MS = 100,   /* most between two looks for a cancel */
    FAILURES = 700,  /* bytes of text about them */
};

struct hunt *hunt_new(const struct locate_request *request, struct asker *asker)
{
    struct hunt *hunt = calloc(1, sizeof *hunt);

    if (!hunt)
        return NULL;
    hunt->request = request;
    hunt->asker = asker;
    hunt->share_ms = HUNT_SHARE_MS;
    hunt->end_ms = clock_ms() + request->budget_ms;
    hunt->failures = text_new(FAILURES);
    if (!hunt->failures)
        hunt_free(&hunt);
    return hunt;
}

static void ping_end(struct ping *ping)
{
    if (ping->fd >= 0)
        (void)close(ping->fd);
    ping->fd = -1;
}

void hunt_free(struct hunt **hunt)
{
    if (!*hunt)
        return;
    for (size_t i = 0; i < (*hunt)->ping_count; i++)
        ping_end(&(*hunt)->pings[i]);
    text_free(&(*hunt)->failures);
    free(*hunt);
    *hunt = NULL;
}

int hunt_left_ms(const struct hunt *hunt)
{
    long left = hunt->end_ms - clock_ms();

    return left > 0 ? (int)left : 0;
}

static void note_failure(struct hunt *hunt, const struct ping *ping, const char *text)
{
    char address[DNS_ADDRESS_TEXT];

    hunt->failed++;
    dns_address_text(&ping->address, address);
    text_add(hunt->failures, "%s%s (%s): %s", text_length(hunt->failures) ? "; " : "",
             hunt->servers[ping->server].server.host, address, text);
}

static void ping_fail(struct hunt *hunt, struct ping *ping, const char *text)
{
    note_failure(hunt, ping, text);
    ping_end(ping);
}

static void ping_send(struct hunt *hunt, struct ping *ping)
{
    unsigned char bytes[NETLOGON_REQUEST];
    size_t length = netlogon_ask(hunt->request->domain, ping->id, bytes);

    ping->last_ms = clock_ms();
    if (send(ping->fd, bytes, length, MSG_NOSIGNAL) < 0)
        ping_fail(hunt, ping, strerror(errno));
}

static void ping_start(struct hunt *hunt, size_t server, const union dns_address *address)
{
    unsigned random = 0;

    if (hunt->ping_count == HUNT_PINGS || hunt_is_denied(hunt, address))
        return;
    struct ping *ping = &hunt->pings[hunt->ping_count++];
    *ping = (struct ping){ .server = server, .address = *address, .first_ms = clock_ms() };
    bool is_random = getrandom(&random, sizeof random, 0) == sizeof random;
    ping->id = (int)(random >> 2) + 1;
    ping->fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (!is_random || ping->fd < 0 || connect(ping->fd, &address->any, dns_address_size(address)))
        ping_fail(hunt, ping, strerror(errno));
    else
        ping_send(hunt, ping);
}

static void copy_unresolved(struct hunt *hunt, struct dns_servers *batch, size_t *indices)
{
    batch->count = 0;
    for (size_t i = 0; i < hunt->server_count && batch->count < DNS_AT_ONCE; i++)
        if (!hunt->servers[i].asked && !hunt->servers[i].server.addresses &&
            (hunt->servers[i].own_site || !hunt->own_only)) {
            indices[batch->count] = i;
            batch->server[batch->count++] = hunt->servers[i].server;
        }
}

/* Looks up the addresses of this server, and of the next ones in the same flight. A server that the
 * administrator named may also be in /etc/hosts. */
static void look_up(struct hunt *hunt, size_t index)
{
    struct dns_server *server = &hunt->servers[index].server;
    struct dns_servers batch;
    size_t indices[DNS_AT_ONCE] = { 0 };
    struct why why;

    if (!hunt_is_static(hunt)) {
        copy_unresolved(hunt, &batch, indices);
        (void)dns_fill(&batch, hunt_left_ms(hunt), hunt->asker, &why);
        for (size_t i = 0; i < batch.count; i++)
            hunt->servers[indices[i]].server = batch.server[i];
    }
    if (!server->addresses && dns_resolve(server, &why)) {
        hunt->failed++;
        text_add(hunt->failures, "%s%s", text_length(hunt->failures) ? "; " : "", why.text);
    }
}

/* Asks the server at all its addresses. */
static void server_start(struct hunt *hunt, size_t index)
{
    struct hunted *hunted = &hunt->servers[index];

    if (!hunted->server.addresses)
        look_up(hunt, index);
    hunted->asked = true;
    for (size_t i = 0; i < hunted->server.addresses; i++)
        ping_start(hunt, index, &hunted->server.address[i]);
}

/* Less is sooner: nameless ones, then those of the own site. */
static int rank(const struct hunted *hunted)
{
    return hunted->nameless ? 0 : hunted->own_site ? 1 : 2;
}

/* The one to be asked next; server_count if there is none. */
static size_t next_server(const struct hunt *hunt)
{
    size_t best = hunt->server_count;

    for (size_t i = 0; i < hunt->server_count; i++)
        if (!hunt->servers[i].asked && (hunt->servers[i].own_site || !hunt->own_only) &&
            (best == hunt->server_count || rank(&hunt->servers[i]) < rank(&hunt->servers[best])))
            best = i;
    return best;
}

static size_t active(const struct hunt *hunt)
{
    size_t count = 0;

    for (size_t i = 0; i < hunt->ping_count; i++)
        count += hunt->pings[i].fd >= 0 &&
                 (!hunt->own_only || hunt->servers[hunt->pings[i].server].own_site);
    return count;
}

/* Starts what is due; *since is when the last one was started. Gives the time of the next one. */
static long start_servers(struct hunt *hunt, long *since)
{
    for (;;) {
        size_t next = next_server(hunt), busy = active(hunt);
        if (next == hunt->server_count)
            return *since + NEXT_MS;
        bool is_ready = hunt->servers[next].server.addresses > 0;
        long due = *since + (is_ready ? NEXT_MS : LOOK_UP_MS);
        if (busy >= (is_ready ? AT_ONCE : 1) && clock_ms() < due)
            return due;
        server_start(hunt, next);
        *since = clock_ms();
    }
}

static void copy_site(char site[DC_SITE], const char *from)
{
    size_t length = strlen(from);

    /* What cannot be asked for in the DNS is of no use. */
    if (length < DC_SITE && dns_is_name(from))
        memcpy(site, from, length + 1);
    else
        *site = '\0';
}

static void make_dc(const struct ping *ping, const struct netlogon *answer, struct dc *dc)
{
    *dc = (struct dc){ .address = ping->address,
                       .closest = answer->flags & NETLOGON_CLOSEST,
                       .writable = answer->flags & NETLOGON_WRITABLE,
                       .took_ms = (int)(clock_ms() - ping->last_ms) };
    memcpy(dc->host, answer->host, sizeof dc->host);
    memcpy(dc->domain, answer->domain, sizeof dc->domain);
    memcpy(dc->forest, answer->forest, sizeof dc->forest);
    (void)snprintf(dc->netbios, sizeof dc->netbios, "%.*s", DC_SITE - 1, answer->netbios_domain);
    copy_site(dc->dc_site, answer->dc_site);
    copy_site(dc->client_site, answer->client_site);
    copy_site(dc->next_site, answer->next_site);
}

/* True if no other DC can be a better one. */
static bool is_near(const struct hunt *hunt, const struct ping *ping, const struct dc *dc)
{
    if (dc->closest || !*dc->client_site || hunt_is_static(hunt))
        return true;
    return hunt->servers[ping->server].own_site && hunt->site &&
           (!strcasecmp(hunt->site, dc->client_site) || hunt->own_only ||
            hunt->request->site_forced);
}

/* Reads one answer; true, and *dc, if it ends the hunt. */
static bool ping_read(struct hunt *hunt, struct ping *ping, struct dc *dc)
{
    unsigned char bytes[NETLOGON_ANSWER];
    struct netlogon answer;
    struct why why = { 0 };
    ssize_t length = recv(ping->fd, bytes, sizeof bytes, MSG_TRUNC);

    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (length < 0)
        ping_fail(hunt, ping, strerror(errno));
    else if ((size_t)length > sizeof bytes)
        ping_fail(hunt, ping, "its answer to the ping is too long");
    else if (netlogon_parse(bytes, (size_t)length, ping->id, &answer, &why)) {
        hunt->strangers += why.reason == REASON_NO_DOMAIN;
        ping_fail(hunt, ping, why.text);
    } else if (strcasecmp(answer.domain, hunt->request->domain) != 0)
        ping_fail(hunt, ping, "it answers for another domain");
    else if (~answer.flags & (NETLOGON_LDAP | NETLOGON_KDC))
        ping_fail(hunt, ping, "it offers no LDAP or no Kerberos");
    else if (hunt_is_unwanted(hunt, answer.host))
        ping_fail(hunt, ping, "it is denied by setting, or failed before");
    else if (hunt->servers[ping->server].nameless && !hunt_is_known(hunt, answer.host))
        ping_fail(hunt, ping, "the DNS does not list it as a domain controller");
    else {
        make_dc(ping, &answer, dc);
        if (is_near(hunt, ping, dc))
            return true;
        if (!hunt->have_best)
            hunt->best = *dc;
        hunt->have_best = true;
        /* It may be asked again, should its site be the wanted one later. */
        hunt->servers[ping->server].asked = false;
        ping_end(ping);
    }
    return false;
}

/* Resends or gives up what is due; gives the ms until the next such thing. */
static int tend(struct hunt *hunt)
{
    long now = clock_ms(), wait = POLL_MS;

    for (size_t i = 0; i < hunt->ping_count; i++) {
        struct ping *ping = &hunt->pings[i];
        if (ping->fd < 0)
            continue;
        if (now - ping->first_ms >= hunt->share_ms)
            ping_fail(hunt, ping, "no answer");
        else if (now - ping->first_ms >= RESEND_MS && ping->last_ms == ping->first_ms)
            ping_send(hunt, ping);
        else if (ping->last_ms == ping->first_ms && ping->first_ms + RESEND_MS - now < wait)
            wait = ping->first_ms + RESEND_MS - now;
    }
    return (int)wait;
}

static bool wait_for_answer(struct hunt *hunt, int wait_ms, struct dc *dc)
{
    struct pollfd fds[HUNT_PINGS];

    for (size_t i = 0; i < hunt->ping_count; i++)
        fds[i] = (struct pollfd){ .fd = hunt->pings[i].fd, .events = POLLIN };
    if (poll(fds, hunt->ping_count, wait_ms) <= 0)
        return false;
    for (size_t i = 0; i < hunt->ping_count; i++)
        if (fds[i].revents && ping_read(hunt, &hunt->pings[i], dc))
            return true;
    return false;
}

static long least(long a, long b)
{
    return a < b ? a : b;
}

enum outcome hunt_run(struct hunt *hunt, bool *found, struct dc *dc, struct why *why)
{
    long since = clock_ms(), next_ms = since, grace_ms = 0;
    enum outcome out;

    *found = false;
    while (!(out = asker_check(hunt->asker, why)) && hunt_left_ms(hunt)) {
        long now = clock_ms();
        if (hunt->have_best && !hunt->own_only) {
            if (!grace_ms)
                grace_ms =
                    now + (hunt->best.took_ms / 2 > GRACE_MS ? hunt->best.took_ms / 2 : GRACE_MS);
            if (now >= grace_ms)
                break;
        } else {
            next_ms = start_servers(hunt, &since);
        }
        int wait = tend(hunt);
        if (!active(hunt) && next_server(hunt) == hunt->server_count)
            break;
        now = clock_ms();
        wait = (int)least(wait, hunt_left_ms(hunt));
        if (grace_ms)
            wait = (int)least(wait, grace_ms - now);
        else if (next_server(hunt) < hunt->server_count)
            wait = (int)least(wait, next_ms - now);
        if ((*found = wait_for_answer(hunt, wait > 0 ? wait : 0, dc)))
            break;
    }
    return out;
}
