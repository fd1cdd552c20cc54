/* SPDX-License-Identifier: MIT */
#include "agent/own.h"

#include <string.h>

#include "agent/run.h"

enum { YIELD_MS = RUN_STALE_MS + 1 };

/* One worker is confined to what all its caches need: kinds that need the kernel's keys or a local
 * socket stay apart from the others. */
static size_t kind_of(const char *cache)
{
    static const char *const kinds[] = { "KEYRING:", "KCM:" };
    const size_t count = sizeof kinds / sizeof *kinds;

    for (size_t i = 0; i < count; i++)
        if (!strncmp(cache, kinds[i], strlen(kinds[i])))
            return i;
    return count;
}

static const char *cache_of(const struct identity *identity)
{
    return identity->facts ? message_text(identity->facts, SLOT_TICKET_CACHE) : NULL;
}

/* Names in the request those that go along. */
static void gather(const struct identity *first, struct message *request,
                   bool goes[IDENTITIES_MOST])
{
    const struct agent *agent = first->agent;
    const char *cache = cache_of(first);
    int64_t now = agent_now();

    for (size_t i = 0; i < agent->identity_count; i++) {
        const struct identity *other = agent->identities[i];
        const char *its = cache_of(other);
        goes[i] = other != first && cache && its && kind_of(its) == kind_of(cache) &&
                  !other->behind && identity_may_renew(other, now);
        if (goes[i])
            message_add_pair(request, SLOT_NEXT, other->name, its);
    }
}

enum outcome own_start(struct identity *identity, enum verb verb, struct why *why)
{
    message_auto *request = run_request(identity, verb);
    bool goes[IDENTITIES_MOST] = { false };

    if (!request)
        return fail_memory(why);
    if (verb == VERB_RENEW)
        gather(identity, request, goes);
    enum outcome out = run_start(identity, &request, NULL, NULL, why);
    for (size_t i = 0; !out && i < IDENTITIES_MOST; i++)
        if (goes[i])
            identity->agent->identities[i]->behind = identity->run;
    return out;
}

/* What has changed meanwhile, a ticket that is gone or a failure, takes an identity out. */
static struct identity *next_behind(struct agent *agent, const struct run *done)
{
    int64_t now = agent_now();

    for (size_t i = 0; i < agent->identity_count; i++)
        if (agent->identities[i]->behind == done && identity_may_renew(agent->identities[i], now))
            return agent->identities[i];
    return NULL;
}

static int on_yield(sd_event_source *source, uint64_t usec, void *data)
{
    struct identity *identity = data;

    (void)source, (void)usec;
    identity->yield = sd_event_source_disable_unref(identity->yield);
    if (identity->run)
        run_renew(identity->run);
    identity_wake(identity);
    return 0;
}

void own_yield(struct identity *identity)
{
    if (identity->run && !identity->yield)
        (void)sd_event_add_time_relative(identity->agent->event, &identity->yield, CLOCK_MONOTONIC,
                                         YIELD_MS * 1000, 1000, on_yield, identity);
}

void own_pass(struct agent *agent, const struct run *done, struct partner *worker)
{
    struct identity *next = next_behind(agent, done);
    message_auto *request = NULL;
    struct why why;

    if (!next || agent->ending || wire_again(&worker->wire, &why) ||
        !(request = run_request(next, VERB_RENEW)) || run_start(next, &request, NULL, worker, &why))
        return;
    for (size_t i = 0; i < agent->identity_count; i++)
        if (agent->identities[i]->behind == done)
            agent->identities[i]->behind = next->run;
}

void own_release(struct agent *agent, const struct run *done)
{
    struct identity *released[IDENTITIES_MOST];
    size_t count = 0;

    for (size_t i = 0; i < agent->identity_count; i++)
        if (agent->identities[i]->behind == done) {
            agent->identities[i]->behind = NULL;
            released[count++] = agent->identities[i];
        }
    for (size_t i = 0; i < count; i++)
        identity_wake(released[i]);
}
