/* SPDX-License-Identifier: MIT
 *
 * For tests/agent/test_fleet.c: many computers, each with the agent's own certificates.c. Timers
 * are of a made-up clock, and the worker does at once what base/due.h says.
 */
#ifndef AGENT_FLEET_H
#define AGENT_FLEET_H

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/certificates.h"
#include "agent/news.h"
#include "agent/run.h"
#include "agent/unlock.h"
#include "agent/web.h"
#include "base/due.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };
enum { WEEK = 7, LIFE = 365, RESUME = 238, LAST = 273, MINUTES = (LAST - RESUME) * 24 * 60 };
static const int64_t day = 24LL * HOUR, begin = 1800000000000; /* of a Monday, as it is here */
#define NEVER INT64_MAX

struct run {
    bool asks, renews;
};

struct sd_event_source {
    int64_t at;
    sd_event_time_handler_t handler;
};

struct computer {
    struct identity identity;
    struct sd_event_source timer;
    struct run run;
    int64_t ends, power; /* when the errand ends; when it is switched on or off */
    bool is_on, has_network;
    int64_t until; /* what the worker's file says of the authority */
    unsigned failures, serial;
    int64_t issued, end; /* of its certificate; 0 */
    size_t place;        /* in the heap */
};

static struct {
    int64_t now;
    struct agent agent;
    struct computer *all, **heap;
    int count, heaped;
    int64_t away, back, cut, joined;   /* the authority, the network */
    int *answered, *vain;              /* requests a minute, from the day RESUME on */
    int first_sign_in, renewed, ended; /* the busiest minute; how many */
    int64_t longest;                   /* from when it could be renewed, and should have been */
} world;

static uint32_t draw(void)
{
    static uint64_t state = 88172645463325252;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}

int64_t agent_now(void)
{
    return world.now;
}

uint32_t agent_random(void)
{
    return draw();
}

void agent_log(const char *identity, const char *verb, enum outcome outcome, const struct why *why)
{
    (void)identity, (void)verb, (void)outcome, (void)why;
}

void news_changed(struct identity *identity)
{
    (void)identity;
}

void news_certificate(struct identity *identity, const char *name, int64_t end, enum reason reason)
{
    (void)identity, (void)name, (void)end, (void)reason;
}

void unlock_update(struct agent *agent)
{
    (void)agent;
}

bool web_is(const struct identity *identity)
{
    (void)identity;
    return false;
}

void run_abandon(struct run *run)
{
    (void)run;
}

static struct computer *computer_of(struct identity *identity)
{
    return (struct computer *)(void *)identity; /* its first member */
}

int sd_event_add_time_relative(sd_event *event, sd_event_source **source, clockid_t clock,
                               uint64_t usec, uint64_t accuracy, sd_event_time_handler_t handler,
                               void *data)
{
    struct computer *computer = computer_of(data);

    (void)event, (void)clock;
    computer->timer.at = world.now + (int64_t)((usec + draw() % (accuracy + 1)) / 1000);
    computer->timer.handler = handler;
    *source = &computer->timer;
    return 0;
}

sd_event_source *sd_event_source_disable_unref(sd_event_source *source)
{
    if (source)
        source->at = NEVER;
    return NULL;
}

struct message *run_request(struct identity *identity, enum verb verb)
{
    (void)identity, (void)verb;
    return message_new(MESSAGE_REQUEST);
}

enum outcome run_aside(struct identity *identity, struct message **request, struct run **run,
                       run_ended *ended, struct why *why)
{
    struct computer *computer = computer_of(identity);
    const char *action = message_text(*request, SLOT_ACTION);

    (void)ended, (void)why;
    computer->run.asks = strcmp(action, "status") != 0;
    computer->run.renews = !strcmp(action, "renew");
    message_free(request);
    *run = &computer->run;
    computer->ends = world.now + SECOND + draw() % SECOND;
    return OUTCOME_OK;
}

static bool is_between(int64_t from, int64_t to)
{
    return world.now >= from && world.now < to;
}

static int64_t due(const struct computer *computer)
{
    uint32_t part = due_part(&computer->serial, sizeof computer->serial);

    return due_renewal(computer->issued / SECOND, computer->end / SECOND, 0, part) * SECOND;
}

static void count(int *minutes)
{
    int64_t minute = (world.now - begin) / MINUTE - RESUME * 24LL * 60;

    if (minute >= 0 && minute < MINUTES)
        minutes[minute]++;
}

static void issue(struct computer *computer)
{
    int64_t since = computer->end ? due(computer) : 0;

    count(world.answered);
    if (is_between(world.away, NEVER) && since < world.back)
        since = world.back;
    if (is_between(world.cut, NEVER) && since < world.joined)
        since = world.joined;
    if (computer->end) {
        world.renewed++;
        world.ended += world.now >= computer->end;
        world.longest = world.now - since > world.longest ? world.now - since : world.longest;
    }
    computer->serial = draw();
    computer->issued = world.now;
    computer->end = world.now + LIFE * day;
    computer->failures = 0;
}

/* As the worker would: what it does, and why not. */
static enum outcome ask(struct computer *computer, struct why *why)
{
    bool is_good = computer->end > world.now;
    int64_t left = is_good ? (computer->end - world.now) / SECOND : 0;

    if (!computer->run.asks || (is_good && !computer->run.renews) ||
        (is_good && world.now < due(computer)))
        return OUTCOME_OK;
    if (!computer->has_network)
        return fail(why, REASON_NO_DC, "no network");
    if (computer->failures && computer->until > world.now)
        return fail(why, REASON_NO_SERVER, "let alone");
    if (!is_between(world.away, world.back)) {
        issue(computer);
        return OUTCOME_OK;
    }
    count(world.vain);
    computer->until = world.now + due_probe(++computer->failures, left, draw()) * SECOND;
    return fail(why, REASON_NO_SERVER, "away");
}

static void add_row(struct message *result, const char *state, int64_t since, int64_t end,
                    int64_t again)
{
    char numbers[3][24];
    const char *columns[CERTIFICATE_COLUMNS];
    const int64_t times[] = { since, end, again };

    for (unsigned i = 0; i < CERTIFICATE_COLUMNS; i++)
        columns[i] = "";
    for (unsigned i = 0; i < 3; i++)
        (void)snprintf(numbers[i], sizeof numbers[i], "%lld", (long long)(times[i] / SECOND));
    columns[CERTIFICATE_NAME] = "wifi";
    columns[CERTIFICATE_STATE] = state;
    columns[CERTIFICATE_BEGIN] = numbers[0];
    columns[CERTIFICATE_END] = numbers[1];
    columns[CERTIFICATE_AGAIN] = numbers[2];
    message_add_row(result, SLOT_CERTIFICATES, columns);
}

static void end_errand(struct computer *computer)
{
    message_auto *result = message_new(MESSAGE_RESULT);
    struct why why = { .reason = REASON_NONE };
    enum outcome out = ask(computer, &why);
    bool is_paused = computer->failures && computer->until > world.now;

    computer->ends = NEVER;
    if (out)
        add_row(result, "failed", 0, 0, is_paused ? computer->until : 0);
    if (computer->end > world.now)
        add_row(result, "valid", computer->issued, computer->end, due(computer));
    certificates_ended(&computer->identity, out, &why, result);
}

static int64_t morning(int64_t of_day)
{
    return begin + of_day * day + 8LL * HOUR + draw() % (2 * HOUR);
}

/* On for nine hours of each working day, of which those matter that are of the week in which it is
 * to be renewed, or later. */
static void switch_power(struct computer *computer)
{
    int64_t today = (world.now - begin) / day, first = (due(computer) - begin) / day / WEEK * WEEK;
    bool is_renewed = computer->issued > begin + RESUME * day;

    computer->is_on = !computer->is_on;
    if (computer->is_on) {
        computer->power = world.now + 9LL * HOUR;
        computer->has_network = !is_between(world.cut, world.joined);
        certificates_want(&computer->identity); /* with a ticket */
        return;
    }
    certificates_free(&computer->identity);
    computer->ends = NEVER;
    today += today % WEEK == 4 ? 3 : 1;
    computer->power = is_renewed ? NEVER : morning(today > first ? today : first);
}

static int64_t next_of(const struct computer *computer)
{
    int64_t next = computer->timer.at < computer->ends ? computer->timer.at : computer->ends;

    return next < computer->power ? next : computer->power;
}

static void put(struct computer *computer, int place)
{
    world.heap[place] = computer;
    computer->place = (size_t)place;
}

/* Its time has become another one. */
static void settle(struct computer *computer)
{
    int at = (int)computer->place;

    for (; at && next_of(world.heap[(at - 1) / 2]) > next_of(computer); at = (at - 1) / 2)
        put(world.heap[(at - 1) / 2], at);
    for (int child; (child = 2 * at + 1) < world.heaped; at = child) {
        if (child + 1 < world.heaped && next_of(world.heap[child + 1]) < next_of(world.heap[child]))
            child++;
        if (next_of(world.heap[child]) >= next_of(computer))
            break;
        put(world.heap[child], at);
    }
    put(computer, at);
}

/* The network is there again where people are at work. */
static void join(void)
{
    for (int i = 0; i < world.count; i++) {
        struct computer *computer = &world.all[i];
        world.agent.identities[0] = &computer->identity;
        computer->has_network = true;
        if (computer->is_on)
            certificates_retry(&computer->identity);
        settle(computer);
    }
}

static void step(struct computer *computer)
{
    world.agent.identities[0] = &computer->identity;
    if (world.now >= computer->power) {
        switch_power(computer);
    } else if (world.now >= computer->ends) {
        end_errand(computer);
    } else {
        computer->timer.at = NEVER; /* it is a oneshot */
        (void)computer->timer.handler(NULL, 0, &computer->identity);
    }
    settle(computer);
}

static void go(void)
{
    bool is_joined = world.joined == 0;

    while ((world.now = next_of(world.heap[0])) < begin + LAST * day) {
        if (!is_joined && world.now >= world.joined) {
            is_joined = true;
            world.now = world.joined;
            join();
            continue;
        }
        step(world.heap[0]);
    }
    world.now = begin + LAST * day;
}

#endif
