/* SPDX-License-Identifier: MIT
 *
 * The life of an identity in a made-up world: its own clock, workers that answer at once. Time goes
 * from one timer to the next.
 */
#include "test.h"

#include <string.h>

#include "agent/cache.h"
#include "agent/client.h"
#include "agent/identity.h"
#include "agent/news.h"
#include "agent/run.h"

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
    struct run run;
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

void news_changed(struct identity *identity)
{
    (void)identity;
}

void news_ended(struct identity *identity, enum verb verb)
{
    (void)identity, (void)verb;
}

void news_event(struct identity *identity, enum news news)
{
    (void)identity, (void)news;
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

void runs_free(struct identity *identity)
{
    identity->run = NULL;
}

void run_renew(struct run *run)
{
    (void)run;
}

struct message *run_request(struct identity *identity, enum verb verb)
{
    struct message *request = message_new(MESSAGE_REQUEST);

    message_add(request, SLOT_VERB, verb_row(verb)->word);
    message_add(request, SLOT_IDENTITY, identity->name);
    return request;
}

enum outcome run_start(struct identity *identity, struct message **request, struct client *client,
                       struct why *why)
{
    (void)client;
    if (world.cannot_start)
        return fail(why, REASON_BROKEN, "no worker");
    assert_null(identity->run);
    assert_true(verb_find(message_text(*request, SLOT_VERB), &world.run.verb));
    world.count[world.run.verb]++;
    message_free(request);
    identity->run = &world.run;
    return OUTCOME_OK;
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

static void finish(void)
{
    identities_close(&agent);
    conf_free(&agent.conf);
    agent.event = sd_event_unref(agent.event);
}

static void week(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.password_end = begin + 60 * day;
    go(identity, 14 * day, 2);
    assert_true(world.has_ticket && world.end > world.now);
    assert_in_range(world.count[VERB_SIGN_IN], 2, 4);
    assert_in_range(world.count[VERB_RENEW], 50, 90);
    assert_in_range(world.count[VERB_REFRESH], 3 * 14, 5 * 14);
    assert_int_equal(world.count[VERB_STATUS], 1);
    assert_int_equal(world.asks_person, 0);
    finish();
}

static void warnings(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.password_end = begin + 20 * day;
    go(identity, 25 * day, 3);
    assert_int_equal(world.warnings, 5 + 24);
    finish();
}

static void no_keychain(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.keychain = REASON_NO_KEYCHAIN;
    world.renewable_end = world.end;
    go(identity, 3 * day, 2); /* readings that are due must not make it spin */
    assert_string_equal(message_text(identity->facts, SLOT_STATE), "expired");
    assert_int_equal(world.count[VERB_SIGN_IN], 2);
    assert_int_equal(world.asks_person, 1);
    finish();
}

static void offline(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    int logs = world.logs;
    world.online = false;
    go(identity, 7 * day, 9);
    assert_in_range(world.logs - logs, 1, 4);
    assert_in_range(world.count[VERB_SIGN_IN] + world.count[VERB_RENEW], 300, 7 * 24 * 8);
    world.online = true;
    identities_nudge(&agent);
    go(identity, SECOND, 60);
    assert_true(world.end > world.now);
    finish();
}

static void refused(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.renewable_end = world.now; /* the KDC knows better than the ticket says */
    go(identity, 10LL * HOUR, 4);
    assert_int_equal(world.count[VERB_SIGN_IN], 2);
    assert_true(world.end > world.now);
    finish();
}

static void signed_out(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.has_ticket = false;
    world.stays_out = true;
    identity->look = true;
    identity_wake(identity);
    int before = world.count[VERB_SIGN_IN];
    go(identity, 7 * day, 1);
    assert_int_equal(world.count[VERB_SIGN_IN], before);
    finish();
}

static void destroyed(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, MINUTE, 60);
    world.has_ticket = false; /* kdestroy */
    identity->look = true;
    identity_wake(identity);
    go(identity, HOUR, 4);
    assert_string_equal(message_text(identity->facts, SLOT_STATE), "signed-out");
    assert_int_equal(world.count[VERB_SIGN_IN], 1); /* not fought */
    go(identity, 10LL * HOUR, 4);
    assert_int_equal(world.count[VERB_SIGN_IN], 2); /* but when it would have been renewed */
    finish();
}

static void adopted(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.keychain = REASON_NOT_STORED;
    go(identity, day, 4);
    assert_true(identity->stopped);
    world.has_ticket = true; /* kinit */
    world.end = world.now + 10LL * HOUR;
    world.renewable_end = world.now + day;
    identity->look = true;
    identity_wake(identity);
    go(identity, 9LL * HOUR, 4);
    assert_true(world.count[VERB_RENEW] >= 1);
    finish();
}

static void clock_jumps(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.keychain = REASON_NOT_STORED;
    world.now += day;
    identities_nudge(&agent);
    go(identity, MINUTE, 60);
    world.now -= day;
    identities_nudge(&agent);
    go(identity, MINUTE, 60);
    assert_string_equal(message_text(identity->facts, SLOT_STATE), "signed-in");
    go(identity, 8LL * HOUR, 4); /* and it is kept fresh as before */
    assert_true(world.count[VERB_RENEW] >= 1);
    finish();
}

static void clock_back_offline(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.online = false;
    go(identity, 12LL * HOUR, 12);
    world.now -= day;
    world.online = true;
    identities_nudge(&agent);
    go(identity, MINUTE, 60);
    assert_true(world.end > world.now);
    finish();
}

static void dead_worker(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.worker_dies = true;
    world.has_ticket = false;
    identity->look = true;
    identity_wake(identity);
    go(identity, 5 * MINUTE, 100);
    assert_false(identity_knows(identity)); /* what is known may be wrong */
    world.worker_dies = false;
    go(identity, 15 * MINUTE, 60);
    assert_string_equal(message_text(identity->facts, SLOT_STATE), "signed-out");
    world.worker_dies = true;
    go(identity, 2 * day, 9);
    finish();
}

static void no_worker(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.cannot_start = true;
    go(identity, 2 * day, 9);
    identity->look = true;
    identity_wake(identity);
    go(identity, day, 12);
    world.cannot_start = false;
    go(identity, HOUR, 9);
    assert_true(world.end > world.now);
    finish();
}

static void queue(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.waiting = 5; /* none of which can be started */
    world.now = identity->ticket_at;
    identity_wake(identity);
    assert_int_equal(world.waiting, 0);
    go(identity, MINUTE, 60);
    assert_int_equal(world.count[VERB_RENEW], 1);
    finish();
}

static void reading_failed(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.no_reading = true;
    go(identity, HOUR / 2, 6);
    assert_int_equal(world.count[VERB_SIGN_IN], 1);
    world.no_reading = false;
    go(identity, 2LL * HOUR, 6);
    assert_int_equal(world.count[VERB_SIGN_IN], 1);
    assert_int_equal(world.count[VERB_REFRESH], 1);
    finish();
}

static void keychain_later(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.keychain = REASON_KEYCHAIN_LOCKED;
    go(identity, HOUR, 60);
    assert_in_range(world.count[VERB_SIGN_IN], 2, 30);
    world.keychain = REASON_NONE;
    go(identity, 16 * MINUTE, 60);
    assert_true(world.end > world.now);
    finish();
}

FACTS(FACT(week, "identity: two weeks at the office, always a good ticket"),
      FACT(warnings, "identity: the end of the password is told on its days and hours, none twice"),
      FACT(no_keychain,
           "identity: without a keychain the person is asked for once, and it is quiet"),
      FACT(offline, "identity: a week without a network is quiet, and a network ends it"),
      FACT(refused, "identity: a renewal that is refused leads to a new ticket"),
      FACT(signed_out, "identity: who signed out stays signed out"),
      FACT(destroyed, "identity: a ticket that was destroyed is not fought for"),
      FACT(adopted, "identity: a ticket got elsewhere is kept fresh"),
      FACT(clock_jumps, "identity: the clock a day ahead and back leaves things as they were"),
      FACT(clock_back_offline, "identity: the clock set back does not make a retry late"),
      FACT(dead_worker, "identity: a look that failed is made again"),
      FACT(no_worker, "identity: without a worker it neither spins nor gives up"),
      FACT(queue, "identity: fronts whose errand cannot start do not hold up what is due"),
      FACT(reading_failed, "identity: a directory that was not read at sign-in is read later"),
      FACT(keychain_later, "identity: a keychain that is unlocked later is used then"))
