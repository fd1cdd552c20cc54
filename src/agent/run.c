/* SPDX-License-Identifier: MIT */
#include "agent/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "agent/cache.h"
#include "agent/certificates.h"
#include "agent/client.h"
#include "agent/own.h"
#include "agent/web.h"
#include "base/clock.h"
#include "wire/marks.h"
#include "wire/state.h"

enum { CANCEL_MS = 2000, PATIENCE_MS = 500, KEYCHAIN_MS = 70000 };

struct run {
    struct identity *identity;
    struct run *next; /* of those that wait */
    enum verb verb;
    struct client *client; /* NULL: ours, or the front has gone */
    bool was_client, asked_keychain, asked_pin;
    struct message *request;
    struct partner worker, keyring;
    struct mark mark;
    sd_event_source *worker_io, *keyring_io, *timer;
    long began_ms;
    long left_ms, since_ms; /* of the worker's own time; 0: it stands still since then */
    run_ended *aside;       /* hears of the end: holds up no other errand of the identity; NULL */
    bool changing;          /* a password: it must not be ended now */
};

static int on_keyring(sd_event_source *source, int fd, uint32_t events, void *data);

/* Sources go before their descriptors: a number that is used again would be forgotten with them. */
static void end_programs(struct run *run)
{
    run->worker_io = sd_event_source_disable_unref(run->worker_io);
    run->keyring_io = sd_event_source_disable_unref(run->keyring_io);
    run->timer = sd_event_source_disable_unref(run->timer);
    partner_end(&run->worker);
    partner_end(&run->keyring);
}

static void run_free(struct run **run)
{
    struct run *old = *run;

    *run = NULL;
    if (!old)
        return;
    end_programs(old);
    mark_end(&old->mark);
    message_free(&old->request);
    free(old);
}

/* It is no longer the errand under way, nor one that waits. */
static void leave(struct run *run)
{
    struct identity *identity = run->identity;
    struct run **at = &identity->waiting;

    if (identity->run == run)
        identity->run = NULL;
    while (*at && *at != run)
        at = &(*at)->next;
    if (*at)
        *at = run->next;
}

bool run_asks_servers(const struct run *run)
{
    return verb_row(run->verb)->confinement & CONFINEMENT_NETWORK;
}

bool runs_change(const struct identity *identity)
{
    bool changing = identity->run && identity->run->changing;

    for (const struct run *run = identity->waiting; run && !changing; run = run->next)
        changing = run->changing;
    return changing;
}

void runs_free(struct identity *identity)
{
    run_free(&identity->run);
    while (identity->waiting) {
        struct run *run = identity->waiting;
        leave(run);
        run_free(&run);
    }
}

/* A person may think for hours: meanwhile other errands of the identity have their turn. */
static void step_aside(struct run *run)
{
    leave(run);
    run->next = run->identity->waiting;
    run->identity->waiting = run;
    identity_wake(run->identity);
}

static void step_back(struct run *run)
{
    if (run->identity->run || run->aside)
        return; /* both work, as the workers of two fronts without an agent would */
    leave(run);
    run->identity->run = run;
}

/* The worker's clock runs while it works, and stands still while it waits for us. */
static void clock_run(struct run *run)
{
    run->since_ms = clock_ms();
    (void)sd_event_source_set_time_relative(run->timer, (uint64_t)run->left_ms * 1000);
    (void)sd_event_source_set_enabled(run->timer, SD_EVENT_ONESHOT);
}

static void clock_stop(struct run *run)
{
    if (run->since_ms)
        run->left_ms -= clock_ms() - run->since_ms;
    if (run->left_ms < 1)
        run->left_ms = 1;
    run->since_ms = 0;
    (void)sd_event_source_set_enabled(run->timer, SD_EVENT_OFF);
}

/* The end: who needs its worker next, the state file, the identity and the front hear of it. */
static void finish(struct run *run, enum outcome out, struct why *why, struct message *result)
{
    struct identity *identity = run->identity;

    leave(run);
    run->worker_io = sd_event_source_disable_unref(run->worker_io);
    if (result)
        own_pass(identity->agent, run, &run->worker);
    if (out)
        out = partner_explain(&run->worker, verb_row(run->verb)->word, run->changing, why);
    else
        out = partner_result(result, why);
    out = run_keep(identity, run->request, &result, out, why);
    end_programs(run);
    mark_end(&run->mark);
    if (run->aside)
        run->aside(identity, out, why, result);
    else
        identity_ended(identity, run->verb, run->was_client, out, why, run->request, result);
    if (result && run->verb == VERB_STATUS)
        certificates_tell(identity, result);
    if (run->client) /* what it does to the cache from here on is seen */
        client_ended(run->client, out, why, result);
    own_release(identity->agent, run);
    run_free(&run);
}

/* The keychain's answer, or that it has none, goes to the worker; what is found, once only. */
static enum outcome give_kept(struct run *run, struct message **kept, enum outcome out,
                              struct why *failure, struct why *why)
{
    run->keyring_io = sd_event_source_disable_unref(run->keyring_io);
    partner_end(&run->keyring);
    if ((out = mark_kept(&run->mark, !run->asked_pin, out, failure, kept, why)))
        return out;
    clock_run(run);
    return wire_send(&run->worker.wire, *kept, why);
}

static enum outcome start_keyring(struct run *run, struct message *question, struct why *why)
{
    sd_event *event = run->identity->agent->event;
    enum outcome out;

    if (run->keyring.pid)
        return fail(why, REASON_SAME_ERRAND, "two questions for the keychain at once");
    if ((out = state_may_ask(run->request, question, why)) ||
        (out = partner_start(&run->keyring, PROGRAM_KEYRING, WIRE_WORKER, why)) ||
        (out = wire_send(&run->keyring.wire, question, why)))
        return out;
    if (sd_event_add_io(event, &run->keyring_io, run->keyring.wire.fd, EPOLLIN, on_keyring, run) <
        0)
        return fail_memory(why);
    clock_stop(run);
    (void)sd_event_source_set_time_relative(run->timer, KEYCHAIN_MS * 1000);
    (void)sd_event_source_set_enabled(run->timer, SD_EVENT_ONESHOT);
    return OUTCOME_OK;
}

static enum outcome ask_keychain(struct run *run, struct message *question, struct why *why)
{
    message_auto *none = NULL;
    struct why failure;
    enum outcome out = start_keyring(run, question, &failure);

    run->asked_keychain = true;
    run->asked_pin = !out && !mark_is_due(question);
    return out ? give_kept(run, &none, out, &failure, why) : OUTCOME_OK;
}

static int on_keyring(sd_event_source *source, int fd, uint32_t events, void *data)
{
    struct run *run = data;
    message_auto *kept = NULL;
    struct why why, failure;
    enum outcome out = wire_recv(&run->keyring.wire, 0, &kept, &failure);

    (void)source, (void)fd, (void)events;
    if ((out || kept) && give_kept(run, &kept, out, &failure, &why))
        finish(run, reason_outcome(why.reason), &why, NULL);
    return 0;
}

/* Our own errands have nobody to ask: the worker does not ask them. */
static enum outcome take_question(struct run *run, struct why *why)
{
    run->changing = false;
    clock_stop(run);
    return run->client ? OUTCOME_OK
                       : fail(why, REASON_NOBODY_TO_ASK, "%s", verb_row(run->verb)->word);
}

static enum outcome handle(struct run *run, struct message *message, struct why *why)
{
    enum message_kind kind = message_kind(message);
    enum outcome out = OUTCOME_OK;

    if (kind == MESSAGE_KEYCHAIN)
        return ask_keychain(run, message, why);
    if (kind == MESSAGE_EVENT) {
        run->changing |= !strcmp(message_text(message, SLOT_EVENT), "changing");
        mark_event(&run->mark, message_text(message, SLOT_EVENT));
    }
    if (kind == MESSAGE_QUESTION)
        out = take_question(run, why);
    if (kind == MESSAGE_BESIDE)
        web_beside(run->identity, run->request, run->was_client, message);
    if (!out && run->client)
        client_hear(run->client, message);
    if (!out && kind == MESSAGE_QUESTION)
        step_aside(run);
    return out;
}

static int on_worker(sd_event_source *source, int fd, uint32_t events, void *data)
{
    struct run *run = data;
    struct why why;
    enum outcome out = OUTCOME_OK;
    bool more;

    (void)source, (void)fd, (void)events;
    do {
        message_auto *message = NULL;
        out = wire_recv(&run->worker.wire, 0, &message, &why);
        more = message;
        if (!out && message && message_kind(message) == MESSAGE_RESULT) {
            finish(run, OUTCOME_OK, &why, message);
            return 0;
        }
        if (!out && message)
            out = handle(run, message, &why);
    } while (!out && more);
    if (out)
        finish(run, out, &why, NULL);
    return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *data)
{
    struct run *run = data;
    message_auto *none = NULL;
    struct why why, failure;
    enum outcome out;

    (void)source, (void)usec;
    if (run->keyring.pid) {
        out = fail(&failure, REASON_TIME_OUT, "the keychain's helper does not answer");
        if (give_kept(run, &none, out, &failure, &why))
            finish(run, reason_outcome(why.reason), &why, NULL);
        return 0;
    }
    out = fail(&why, run->changing ? REASON_CHANGE_UNKNOWN : REASON_TIME_OUT,
               "%s took more than %u s", verb_row(run->verb)->word, verb_row(run->verb)->seconds);
    finish(run, out, &why, NULL);
    return 0;
}

static enum outcome begin(struct run *run, struct why *why)
{
    enum program program = web_program(run->identity, run->verb);
    sd_event *event = run->identity->agent->event;
    enum outcome out;

    run->left_ms = (long)verb_row(run->verb)->seconds * 1000;
    if (!run->worker.pid && (out = partner_start(&run->worker, program, WIRE_FRONT, why)))
        return out;
    run->worker.wire.patience_ms = PATIENCE_MS;
    if ((out = wire_send(&run->worker.wire, run->request, why)))
        return out;
    if (sd_event_add_io(event, &run->worker_io, run->worker.wire.fd, EPOLLIN, on_worker, run) < 0 ||
        sd_event_add_time_relative(event, &run->timer, CLOCK_MONOTONIC,
                                   (uint64_t)run->left_ms * 1000, 0, on_time, run) < 0)
        return fail_memory(why);
    run->began_ms = run->since_ms = clock_ms();
    return OUTCOME_OK;
}

static enum outcome start(struct run **run, struct message **request, struct why *why)
{
    enum outcome out;

    (*run)->request = *request;
    *request = NULL;
    if (!verb_find(message_text((*run)->request, SLOT_VERB), &(*run)->verb))
        out = fail(why, REASON_PROTOCOL, "no verb");
    else
        out = begin(*run, why);
    if (out)
        run_free(run);
    return out;
}

enum outcome run_start(struct identity *identity, struct message **request, struct client *client,
                       struct partner *worker, struct why *why)
{
    struct run *run = calloc(1, sizeof *run);

    if (!run)
        return fail_memory(why);
    cache_note(identity->cache);
    identity->behind = NULL;
    *run = (struct run){ .identity = identity, .client = client, .was_client = client != NULL };
    run->worker = partner_take(worker);
    enum outcome out = start(&run, request, why);
    identity->run = run;
    return out;
}

enum outcome run_aside(struct identity *identity, struct message **request, struct run **run,
                       run_ended *ended, struct why *why)
{
    enum outcome out;

    if (!(*run = calloc(1, sizeof **run)))
        return fail_memory(why);
    **run = (struct run){ .identity = identity, .aside = ended };
    if ((out = start(run, request, why)))
        return out;
    (*run)->next = identity->waiting;
    identity->waiting = *run;
    return OUTCOME_OK;
}

enum outcome run_say(struct run *run, struct message *message, struct why *why)
{
    bool cancel = message_kind(message) == MESSAGE_CANCEL;

    if (cancel && run->keyring.pid) {
        run->keyring_io = sd_event_source_disable_unref(run->keyring_io);
        partner_end(&run->keyring);
    }
    if (cancel) {
        clock_stop(run);
        if (run->left_ms > CANCEL_MS && !run->changing)
            run->left_ms = CANCEL_MS;
    }
    step_back(run);
    clock_run(run);
    return wire_send(&run->worker.wire, message, why);
}

void run_abandon(struct run *run)
{
    message_auto *cancel = message_new(MESSAGE_CANCEL);
    struct why why;

    run->client = NULL;
    if (run->changing || (cancel && !run_say(run, cancel, &why)))
        return;
    run->left_ms = 1; /* it does not hear any more */
    clock_run(run);
}

void run_renew(struct run *run)
{
    struct identity *identity = run->identity;

    if (run->was_client || run->asked_keychain || clock_ms() - run->began_ms < RUN_STALE_MS ||
        !run_asks_servers(run))
        return;
    leave(run);
    own_release(identity->agent, run);
    run_free(&run);
    cache_settle(identity->cache, false);
}
