/* SPDX-License-Identifier: MIT
 *
 * Renewals that are due together. Who would renew now, what a run is and what waking means is made
 * up here.
 */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/own.h"
#include "agent/run.h"

enum { SOME = 5 };

struct run {
    int unused;
};

static struct {
    struct agent agent;
    struct identity identities[SOME];
    struct run runs[SOME];
    bool may[SOME], woken[SOME], refuses;
    char said[200]; /* the last request: its verb, its identity, those named next */
    bool had_worker;
    struct partner worker;
    int other_side;
    struct run *renewed;
    sd_event_time_handler_t timer; /* instead of an event loop */
    void *data;
    uint64_t delay;
    int timers;
} world;

static size_t number_of(const struct identity *identity)
{
    return (size_t)(identity - world.identities);
}

int64_t agent_now(void)
{
    return 0;
}

int sd_event_add_time_relative(sd_event *event, sd_event_source **source, clockid_t clock,
                               uint64_t usec, uint64_t accuracy, sd_event_time_handler_t handler,
                               void *data)
{
    (void)event, (void)clock, (void)accuracy;
    *source = (sd_event_source *)&world;
    world.timer = handler;
    world.data = data;
    world.delay = usec;
    world.timers++;
    return 0;
}

sd_event_source *sd_event_source_disable_unref(sd_event_source *source)
{
    assert_ptr_equal(source, &world);
    return NULL;
}

void run_renew(struct run *run)
{
    world.renewed = run;
}

bool identity_may_renew(const struct identity *identity, int64_t now)
{
    (void)now;
    return !identity->run && world.may[number_of(identity)];
}

void identity_wake(struct identity *identity)
{
    assert_null(identity->behind);
    world.woken[number_of(identity)] = true;
}

struct message *run_request(struct identity *identity, enum verb verb)
{
    struct message *request = message_new(MESSAGE_REQUEST);

    message_add(request, SLOT_VERB, verb_row(verb)->word);
    message_add(request, SLOT_IDENTITY, identity->name);
    return request;
}

static void note(const struct message *request)
{
    struct slot_value value;
    int n = snprintf(world.said, sizeof world.said, "%s %s:", message_text(request, SLOT_VERB),
                     message_text(request, SLOT_IDENTITY));

    for (size_t at = 0; message_next(request, &at, &value);)
        if (value.slot == SLOT_NEXT)
            n += snprintf(world.said + n, sizeof world.said - (size_t)n, " %s", value.text);
}

enum outcome run_start(struct identity *identity, struct message **request, struct client *client,
                       struct partner *worker, struct why *why)
{
    assert_null(client);
    note(*request);
    world.had_worker = worker;
    if (world.refuses)
        return fail(why, REASON_BROKEN, "no worker");
    message_free(request);
    if (worker)
        (void)partner_take(worker);
    identity->behind = NULL;
    identity->run = &world.runs[number_of(identity)];
    return OUTCOME_OK;
}

/* A worker whose renewal has just had its result. */
static void make_worker(void)
{
    struct why why;
    int fds[2];

    assert_int_equal(wire_pair(fds, &why), 0);
    world.worker = (struct partner){ .pid = 1, .wire = wire_begin(fds[0], WIRE_FRONT) };
    world.worker.wire.counts[MESSAGE_REQUEST] = world.worker.wire.counts[MESSAGE_RESULT] = 1;
    world.other_side = fds[1];
}

static int begin(void **state)
{
    static const char *const caches[SOME] = { "FILE:/tmp/a", "DIR::/tmp/b/tkt", "KEYRING:user:c",
                                              "FILE:/tmp/d", "KCM:1:e" };

    (void)state;
    memset(&world, 0, sizeof world);
    for (size_t i = 0; i < SOME; i++) {
        struct identity *identity = &world.identities[i];
        identity->agent = &world.agent;
        (void)snprintf(identity->name, sizeof identity->name, "%c", (char)('a' + i));
        identity->facts = message_new(MESSAGE_RESULT);
        message_add(identity->facts, SLOT_TICKET_CACHE, caches[i]);
        world.agent.identities[i] = identity;
        world.may[i] = true;
    }
    world.agent.identity_count = SOME;
    make_worker();
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < SOME; i++)
        message_free(&world.identities[i].facts);
    if (world.worker.pid)
        (void)close(world.worker.wire.fd);
    (void)close(world.other_side);
    return 0;
}

static struct run *start(size_t number, enum verb verb)
{
    struct why why;

    assert_int_equal(own_start(&world.identities[number], verb, &why), 0);
    return world.identities[number].run;
}

static void together(void **state)
{
    struct run *run = start(0, VERB_RENEW);

    (void)state;
    assert_string_equal(world.said, "renew a: b\tDIR::/tmp/b/tkt d\tFILE:/tmp/d");
    assert_false(world.had_worker);
    assert_ptr_equal(world.identities[1].behind, run);
    assert_ptr_equal(world.identities[3].behind, run);
    assert_null(world.identities[2].behind);
    assert_null(world.identities[4].behind);
}

static void not_those(void **state)
{
    (void)state;
    world.may[1] = false;
    world.identities[3].behind = &world.runs[4];
    (void)start(0, VERB_RENEW);
    assert_string_equal(world.said, "renew a:");
    assert_ptr_equal(world.identities[3].behind, &world.runs[4]);
}

static void kinds(void **state)
{
    (void)state;
    (void)start(2, VERB_RENEW);
    assert_string_equal(world.said, "renew c:");
    (void)start(4, VERB_RENEW);
    assert_string_equal(world.said, "renew e:");
}

static void other_verbs(void **state)
{
    (void)state;
    (void)start(0, VERB_SIGN_IN);
    assert_string_equal(world.said, "sign-in a:");
    assert_null(world.identities[1].behind);
}

static void no_worker(void **state)
{
    struct why why;

    (void)state;
    world.refuses = true;
    assert_int_equal(own_start(&world.identities[0], VERB_RENEW, &why), OUTCOME_BROKEN);
    for (size_t i = 0; i < SOME; i++)
        assert_null(world.identities[i].behind);
}

static void one_by_one(void **state)
{
    struct run *run = start(0, VERB_RENEW);

    (void)state;
    world.identities[0].run = NULL;
    own_pass(&world.agent, run, &world.worker);
    assert_string_equal(world.said, "renew b:");
    assert_true(world.had_worker);
    assert_int_equal(world.worker.pid, 0);
    assert_null(world.identities[1].behind);
    assert_ptr_equal(world.identities[3].behind, world.identities[1].run);
    own_release(&world.agent, run);
    for (size_t i = 0; i < SOME; i++)
        assert_false(world.woken[i]);
}

static void not_any_more(void **state)
{
    struct run *run = start(0, VERB_RENEW);

    (void)state;
    world.may[1] = false; /* its ticket is gone */
    own_pass(&world.agent, run, &world.worker);
    assert_string_equal(world.said, "renew d:");
    world.identities[3].run = NULL;
    own_release(&world.agent, &world.runs[3]);
    assert_true(world.woken[1]);
}

static void stays(struct run *run)
{
    *world.said = '\0';
    own_pass(&world.agent, run, &world.worker);
    assert_string_equal(world.said, "");
    assert_int_equal(world.worker.pid, 1);
    assert_ptr_equal(world.identities[1].behind, run);
    own_release(&world.agent, run);
    assert_true(world.woken[1] && world.woken[3]);
    assert_false(world.woken[0] || world.woken[2] || world.woken[4]);
    assert_null(world.identities[1].behind);
}

static void none_left(void **state)
{
    struct run *run = start(0, VERB_RENEW);

    (void)state;
    world.may[1] = world.may[3] = false;
    stays(run);
}

static void says_more(void **state)
{
    struct run *run = start(0, VERB_RENEW);

    (void)state;
    assert_int_equal(write(world.other_side, "C", 1), 1);
    stays(run);
}

static void agent_ends(void **state)
{
    struct run *run = start(0, VERB_RENEW);

    (void)state;
    world.agent.ending = true;
    stays(run);
}

/* Two fronts wait. */
static void yields(void **state)
{
    struct identity *identity = &world.identities[0];
    struct run *run = start(0, VERB_RENEW);

    (void)state;
    own_yield(identity);
    own_yield(identity);
    assert_int_equal(world.timers, 1);
    assert_true(world.delay > RUN_STALE_MS * 1000);
    assert_null(world.renewed);
    (void)world.timer(NULL, 0, world.data);
    assert_ptr_equal(world.renewed, run);
    assert_true(world.woken[0]);
    own_yield(identity);
    assert_int_equal(world.timers, 2);
}

static void yields_no_more(void **state)
{
    struct identity *identity = &world.identities[0];

    (void)state;
    own_yield(identity);
    assert_int_equal(world.timers, 0);
    (void)start(0, VERB_RENEW);
    own_yield(identity);
    identity->run = NULL; /* it has ended meanwhile */
    (void)world.timer(NULL, 0, world.data);
    assert_null(world.renewed);
    assert_true(world.woken[0]);
}

#define OWN(function, name)                                                                        \
    {                                                                                              \
        name, function, begin, end, NULL                                                           \
    }

FACTS(OWN(together, "own_start: a renewal takes along those that would do now"),
      OWN(not_those, "own_start: and nobody who would not, or is behind another one"),
      OWN(kinds, "own_start: nor caches of another kind: KEYRING and KCM stay apart"),
      OWN(other_verbs, "own_start: other errands take nobody along"),
      OWN(no_worker, "own_start: without a worker nobody is behind it"),
      OWN(one_by_one, "own_pass: the worker goes on with the next one, the others are behind that"),
      OWN(not_any_more, "own_pass: who does not want any more is left out, and woken at the end"),
      OWN(none_left, "own_pass: the last one keeps its worker"),
      OWN(says_more,
          "own_pass: a worker that says more is not kept, and the others have their turn"),
      OWN(yields, "own_yield: who waits for an errand of ours has it ended after a second"),
      OWN(yields_no_more, "own_yield: not where there is none, or it has ended by itself"),
      OWN(agent_ends, "own_pass: an agent that ends begins nothing"))
