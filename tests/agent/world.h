/* SPDX-License-Identifier: MIT
 *
 * A made-up world for one identity: its own clock, workers that answer at once. Time goes from one
 * timer to the next. What the agent's other files would do is done here.
 */
#ifndef AGENT_WORLD_H
#define AGENT_WORLD_H

#include "test.h"

#include <string.h>

#include "agent/cache.h"
#include "agent/call.h"
#include "agent/client.h"
#include "agent/identity.h"
#include "agent/news.h"
#include "agent/nm_agent.h"
#include "agent/own.h"
#include "agent/run.h"
#include "agent/shares.h"
#include "agent/told.h"
#include "agent/unlock.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };
static const int64_t day = 24LL * HOUR, begin = 1800000000000;

struct run {
    enum verb verb;
};
struct cache_watch {
    int unused;
};

/* The world. Times are milliseconds. */
static struct {
    int64_t now, end, renewable_end, life, read_at, password_end;
    bool online, has_ticket, stays_out, worker_dies, no_reading, cannot_start;
    enum reason keychain; /* what comes of asking it; NONE: a good password */
    int waiting;          /* fronts */
    int count[VERB_COUNT], wakes, logs, warnings, asks_person;
    int places_told, changes;
    enum reason certificate; /* of which the person was told */
    int64_t certificate_end;
    char certificate_name[64];
    struct run run, aside_run;
    struct message *aside; /* what it was asked for */
    int abandoned;
    struct cache_watch watch;
} world;

int64_t agent_now(void)
{
    return world.now;
}

uint32_t agent_random(void)
{
    return UINT32_MAX / 2;
}

void agent_log(const char *identity, const char *verb, enum outcome outcome, const struct why *why)
{
    (void)identity, (void)verb, (void)outcome, (void)why;
    world.logs++;
}

void news_added(struct identity *identity)
{
    (void)identity;
}

void news_changed(struct identity *identity)
{
    (void)identity;
    world.changes++;
}

void news_ended(struct identity *identity, enum verb verb)
{
    (void)identity, (void)verb;
}

void news_network_up(struct identity *identity)
{
    (void)identity;
}

void news_password_ends(struct identity *identity, int64_t end)
{
    (void)identity, (void)end;
    world.warnings++;
}

void news_password_needed(struct identity *identity, const struct why *why)
{
    (void)identity, (void)why;
    world.asks_person++;
}

void news_certificate(struct identity *identity, const char *name, int64_t end, enum reason reason)
{
    (void)identity;
    world.certificate = reason;
    world.certificate_end = end;
    (void)snprintf(world.certificate_name, sizeof world.certificate_name, "%s", name);
}

void news_places_open(struct identity *identity)
{
    (void)identity;
    world.places_told++;
}

void told_load(struct identity *identity)
{
    (void)identity;
}

void told_set(struct identity *identity, struct warning warning)
{
    identity->warned = warning;
}

void nm_agent_update(struct agent *unused)
{
    (void)unused;
}

void unlock_update(struct agent *unused)
{
    (void)unused;
}

void cache_watch(struct identity *identity, const char *name)
{
    (void)name;
    identity->cache = &world.watch;
}

void cache_unwatch(struct cache_watch **watch)
{
    *watch = NULL;
}

void cache_settle(struct cache_watch *watch, bool ours)
{
    (void)watch, (void)ours;
}

bool cache_is_seen(const struct cache_watch *watch)
{
    return watch;
}

/* A front that waits, and whose errand cannot be started. */
bool clients_next(struct identity *identity)
{
    (void)identity;
    return world.waiting && world.waiting--;
}

/* Nobody watches. */
void clients_tell(struct identity *identity)
{
    (void)identity;
}

/* Nobody calls by the bus. */
bool calls_next(struct identity *identity)
{
    (void)identity;
    return false;
}

void calls_ended(struct identity *identity, enum outcome outcome, const struct why *why)
{
    (void)identity, (void)outcome, (void)why;
}

void agent_end(struct agent *agent)
{
    (void)agent;
}

void runs_free(struct identity *identity)
{
    identity->run = NULL;
}

void run_renew(struct run *run)
{
    (void)run;
}

enum outcome own_start(struct identity *identity, enum verb verb, struct why *why)
{
    if (world.cannot_start)
        return fail(why, REASON_BROKEN, "no worker");
    assert_null(identity->run);
    world.run.verb = verb;
    world.count[verb]++;
    identity->run = &world.run;
    return OUTCOME_OK;
}

/* Errands of shares: the last one, until who tests it ends it. */
struct message *run_request(struct identity *identity, enum verb verb)
{
    struct message *request = message_new(MESSAGE_REQUEST);

    message_add(request, SLOT_VERB, verb_row(verb)->word);
    message_add(request, SLOT_IDENTITY, identity->name);
    return request;
}

enum outcome run_aside(struct identity *identity, struct message **request, struct run **run,
                       run_ended *ended, struct why *why)
{
    enum verb verb = VERB_COUNT;

    (void)identity, (void)ended;
    if (world.cannot_start)
        return fail(why, REASON_BROKEN, "no worker");
    message_free(&world.aside);
    world.aside = *request;
    *request = NULL;
    *run = &world.aside_run;
    assert_true(verb_find(message_text(world.aside, SLOT_VERB), &verb));
    world.count[verb]++;
    return OUTCOME_OK;
}

void run_abandon(struct run *run)
{
    assert_ptr_equal(run, &world.aside_run);
    world.abandoned++;
}

static struct message *facts(void)
{
    struct message *result = message_new(MESSAGE_RESULT);
    bool good = world.has_ticket && world.end > world.now;

    message_add(result, SLOT_PRINCIPAL, "alice@AD.LAB.TEST");
    message_add(result, SLOT_STATE,
                good               ? "signed-in"
                : world.has_ticket ? "expired"
                                   : "signed-out");
    if (world.has_ticket) {
        message_add_number(result, SLOT_TICKET_END, world.end / SECOND);
        message_add_number(result, SLOT_RENEWABLE_END, world.renewable_end / SECOND);
    }
    if (world.read_at)
        message_add_number(result, SLOT_READ_AT, world.read_at / SECOND);
    if (world.password_end)
        message_add_number(result, SLOT_PASSWORD_END, world.password_end / SECOND);
    if (world.stays_out)
        message_add_number(result, SLOT_STAYS_SIGNED_OUT, 1);
    return result;
}

static enum outcome read_directory(struct why *why)
{
    if (world.no_reading)
        return fail(why, REASON_NO_SERVER, "no LDAP");
    world.read_at = world.now;
    return OUTCOME_OK;
}

static enum outcome work(enum verb verb, struct why *why)
{
    if (verb == VERB_STATUS)
        return world.has_ticket ? OUTCOME_OK : fail(why, REASON_NOT_SIGNED_IN, "none");
    if (!world.online)
        return fail(why, REASON_NO_DC, "nobody answers");
    if (verb == VERB_REFRESH)
        return read_directory(why);
    if (verb == VERB_SIGN_IN && world.keychain)
        return fail(why, world.keychain, "keychain");
    if (verb == VERB_RENEW && (world.end <= world.now || world.renewable_end <= world.now))
        return fail(why, REASON_REFUSED, "too late");
    if (verb == VERB_SIGN_IN)
        world.renewable_end = world.now + 7 * day;
    world.has_ticket = true;
    world.end =
        world.now + world.life < world.renewable_end ? world.now + world.life : world.renewable_end;
    return verb == VERB_SIGN_IN ? read_directory(why) : OUTCOME_OK;
}

/* The worker ends. */
static void end_run(struct identity *identity)
{
    enum verb verb = identity->run->verb;
    message_auto *result = NULL;
    struct why why;
    enum outcome out =
        world.worker_dies ? fail(&why, REASON_WORKER_DIED, "killed") : work(verb, &why);

    if (!world.worker_dies && (!out || verb == VERB_STATUS ||
                               (verb == VERB_SIGN_IN && world.has_ticket && world.no_reading)))
        result = facts();
    identity->run = NULL;
    identity_ended(identity, verb, false, out, &why, NULL, result);
}

/* Goes on from timer to timer. None comes more often than so many times in an hour, on average, and
 * the agent never spins. */
static void go(struct identity *identity, int64_t span, int most_an_hour)
{
    int64_t until = world.now + span;
    int wakes = 0;

    for (;;) {
        uint64_t at, now;
        for (int i = 0; identity->run; i++) {
            assert_true(i < 10);
            end_run(identity);
        }
        if (!identity->timer)
            break;
        assert_true(sd_event_source_get_time(identity->timer, &at) >= 0);
        assert_true(sd_event_now(identity->agent->event, CLOCK_BOOTTIME, &now) >= 0);
        int64_t delay = at > now ? (int64_t)(at - now) / 1000 + 1 : 0;
        if (world.now + delay > until)
            break;
        world.now += delay;
        wakes++;
        assert_true((int64_t)wakes * HOUR <= most_an_hour * (span + 2LL * HOUR));
        identity_wake(identity);
    }
    world.now = until;
    world.wakes += wakes;
}

static struct agent agent;

static struct identity *start(void)
{
    memset(&world, 0, sizeof world);
    world.now = begin;
    world.life = 10LL * HOUR;
    world.online = true;
    agent = (struct agent){ .conf = conf_new() };
    assert_non_null(agent.conf);
    assert_true(sd_event_new(&agent.event) >= 0);
    struct identity *identity = identity_find(&agent, "default");
    identity_wake(identity);
    return identity;
}

/* Signed in, by these settings. */
static inline struct identity *start_with(const char *settings)
{
    struct identity *identity = start();
    struct why why;

    assert_int_equal(
        conf_read(agent.conf, "f", settings, strlen(settings), WHO_ADMINISTRATOR, &why), 0);
    world.has_ticket = true;
    world.end = world.now + world.life;
    go(identity, SECOND, 1000);
    return identity;
}

static void finish(void)
{
    identities_close(&agent);
    message_free(&world.aside);
    conf_free(&agent.conf);
    agent.event = sd_event_unref(agent.event);
}

#endif
