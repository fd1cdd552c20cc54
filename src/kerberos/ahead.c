/* SPDX-License-Identifier: MIT
 *
 * libkrb5 renews in one call that does not return before the KDC has answered. So each call has a
 * stack of its own, and leaves it whenever it would wait (swapcontext(3)): one runs at a time, all
 * in the same process and context, and only the send hook (carry.c) is ever left in the middle.
 */
#include "kerberos/ahead.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "kerberos/cache.h"

/* MOST: krb5kdc lets five connections wait (listen(2)), and one that is too many comes in a second
 * later. PAGE: of any architecture. */
enum { MOST = 5, PAGE = 64 << 10, STACK = 256 << 10 };

struct ahead {
    struct ahead *next;
    struct tickets *tickets;
    struct kdc kdc;
    struct pollfd waits; /* for this; fd -1: it has ended */
    bool given_up;
    ucontext_t own, others; /* where it goes on, and who let it run */
    char *stack;            /* below it a page that ends who goes too deep */
    krb5_ccache cache;
    struct ticket ticket; /* as it was when the request was made */
    krb5_creds creds;     /* in its place */
    enum outcome outcome;
    struct why why;
};

static enum outcome renew(struct tickets *tickets, krb5_ccache cache, const char *principal,
                          krb5_creds *creds, struct why *why)
{
    krb5_context context = tickets->context;
    krb5_principal client = NULL;
    krb5_error_code code = krb5_cc_get_principal(context, cache, &client);

    if (!code)
        code = krb5_get_renewed_creds(context, creds, client, cache, NULL);
    krb5_free_principal(context, client);
    return code ? carry_fail(tickets, code, principal, why) : OUTCOME_OK;
}

/* Until it ends or has to wait. */
static void run(struct ahead *ahead)
{
    ahead->tickets->running = ahead;
    (void)swapcontext(&ahead->others, &ahead->own);
    ahead->tickets->running = NULL;
}

/* makecontext(3) hands over numbers alone. */
static void begin(unsigned high, unsigned low)
{
    struct ahead *ahead = (struct ahead *)((uintptr_t)high << 32 | low);

    ahead->outcome =
        renew(ahead->tickets, ahead->cache, ahead->ticket.principal, &ahead->creds, &ahead->why);
    ahead->waits.fd = -1;
}

/* In place of poll(2), for one that is under way. */
static int wait_aside(struct kdc *kdc, struct pollfd *pfd, int timeout_ms)
{
    struct ahead *ahead = kdc->data;

    (void)timeout_ms;
    ahead->waits = *pfd;
    if (!ahead->given_up)
        (void)swapcontext(&ahead->own, &ahead->others);
    if (ahead->given_up)
        kdc->budget_ms = 0;
    return !ahead->given_up;
}

static void ahead_free(struct ahead **ahead)
{
    struct ahead *old = *ahead;

    if (!old)
        return;
    old->given_up = true;
    if (old->waits.fd >= 0)
        run(old);
    if (old->cache)
        (void)krb5_cc_close(old->tickets->context, old->cache);
    krb5_free_cred_contents(old->tickets->context, &old->creds);
    if (old->stack)
        (void)munmap(old->stack, STACK);
    free(old);
    *ahead = NULL;
}
#define ahead_auto __attribute__((cleanup(ahead_free))) struct ahead

static bool make_stack(struct ahead *ahead)
{
    void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);

    if (stack == MAP_FAILED)
        return false;
    ahead->stack = stack;
    if (mprotect(stack, PAGE, PROT_NONE) || getcontext(&ahead->own))
        return false;
    ahead->own.uc_stack = (stack_t){ .ss_sp = ahead->stack, .ss_size = STACK };
    ahead->own.uc_link = &ahead->others;
    makecontext(&ahead->own, (void (*)(void))begin, 2, (unsigned)((uintptr_t)ahead >> 32),
                (unsigned)(uintptr_t)ahead);
    return true;
}

/* There is room for one more, and it is not there yet. */
static bool is_wanted(const struct tickets *tickets, const char *cache)
{
    size_t waiting = 0;

    for (const struct ahead *ahead = tickets->ahead; ahead; ahead = ahead->next) {
        waiting += ahead->waits.fd >= 0;
        if (!strcmp(ahead->ticket.cache, cache))
            return false;
    }
    return waiting < MOST;
}

/* Can be renewed at the KDC of the context. */
static bool can_renew(const struct tickets *tickets, const struct ticket *ticket)
{
    time_t now = time(NULL);

    return !strcmp(ticket->realm, tickets->realm) && ticket->end > now &&
           ticket->renewable_end > now;
}

void tickets_ahead(struct tickets *tickets, const char *name)
{
    ahead_auto *ahead = is_wanted(tickets, name) ? calloc(1, sizeof *ahead) : NULL;
    struct pollfd none = { .fd = -1 };
    struct why ignored;

    if (!ahead)
        return;
    *ahead = (struct ahead){ .tickets = tickets, .kdc = tickets->kdc, .waits = none };
    ahead->kdc.budget_ms = INT_MAX; /* whoever comes to it looks at the time */
    ahead->kdc.reserve_ms = 0;
    ahead->kdc.poll = wait_aside;
    ahead->kdc.data = ahead;
    if (krb5_cc_resolve(tickets->context, name, &ahead->cache) ||
        cache_check_kind(tickets->context, ahead->cache, &ignored) ||
        ticket_read(tickets->context, ahead->cache, &ahead->ticket, &ignored) ||
        !can_renew(tickets, &ahead->ticket) || !make_stack(ahead))
        return;
    run(ahead);
    ahead->next = tickets->ahead;
    tickets->ahead = ahead;
    ahead = NULL;
    (void)ahead_poll(&tickets->kdc, &none, 0);
}

int ahead_poll(struct kdc *kdc, struct pollfd *own, int timeout_ms)
{
    const struct tickets *tickets = kdc->data;
    struct pollfd fds[MOST + 1] = { *own };
    struct ahead *waiting[MOST + 1];
    nfds_t n = 1;

    for (struct ahead *ahead = tickets->ahead; ahead; ahead = ahead->next)
        if (ahead->waits.fd >= 0) {
            fds[n] = ahead->waits;
            waiting[n++] = ahead;
        }
    int ready = poll(fds, n, timeout_ms);
    for (nfds_t i = 1; ready > 0 && i < n; i++)
        if (fds[i].revents)
            run(waiting[i]);
    return ready > 0 ? fds[0].revents != 0 : ready;
}

struct kdc *ahead_kdc(struct tickets *tickets)
{
    return tickets->running ? &tickets->running->kdc : &tickets->kdc;
}

/* Takes it out of the list; NULL if there is none, or the cache has another ticket now. */
static struct ahead *take(struct tickets *tickets, const struct ticket *ticket)
{
    for (struct ahead **at = &tickets->ahead; *at; at = &(*at)->next) {
        struct ahead *ahead = *at;
        const struct ticket *then = &ahead->ticket;
        if (strcmp(then->cache, ticket->cache) != 0)
            continue;
        *at = ahead->next;
        if (strcmp(then->principal, ticket->principal) != 0 || then->end != ticket->end ||
            then->renewable_end != ticket->renewable_end)
            ahead_free(&ahead);
        return ahead;
    }
    return NULL;
}

/* Waits for its end, within the time of who waits. */
static enum outcome await(struct ahead *ahead, struct why *why)
{
    struct kdc *kdc = &ahead->tickets->kdc;
    enum outcome out;

    while (ahead->waits.fd >= 0) {
        kdc->port = ahead->kdc.port;
        if ((out = exchange_wait(kdc, ahead->waits.fd, ahead->waits.events, why)))
            return out;
        run(ahead);
    }
    *why = ahead->why;
    return ahead->outcome;
}

enum outcome ahead_renew(struct tickets *tickets, krb5_ccache cache, const struct ticket *ticket,
                         krb5_creds *creds, struct why *why)
{
    ahead_auto *ahead = take(tickets, ticket);
    enum outcome out = ahead ? await(ahead, why) : OUTCOME_OK;
    bool is_lost = out && ahead->waits.fd < 0 && why->reason == REASON_NO_DC;

    if (!ahead || is_lost) /* a KDC may have closed what waited too long for its taste */
        return renew(tickets, cache, ticket->principal, creds, why);
    *creds = ahead->creds;
    ahead->creds = (krb5_creds){ 0 };
    return out;
}

void ahead_end(struct tickets *tickets)
{
    while (tickets->ahead) {
        struct ahead *ahead = tickets->ahead;
        tickets->ahead = ahead->next;
        ahead_free(&ahead);
    }
}
