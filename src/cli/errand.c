/* SPDX-License-Identifier: MIT
 *
 * Runs a verb: the agent does it, if there is one; else a worker of our own, and what it found out
 * is remembered here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/answer.h"
#include "cli/beside.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "conf/name.h"
#include "wire/marks.h"
#include "wire/partner.h"
#include "wire/socket.h"
#include "wire/state.h"

enum { SLICE_MS = 200, CANCEL_MS = 2000, KEYCHAIN_MS = 70000, AGENT_MS = 60000, DEAF_MS = 5000 };

/* One conversation with one worker. */
struct talk {
    const struct options *options;
    const struct message *request; /* of a worker of our own */
    struct partner worker;
    struct mark mark; /* of a stored password that the worker was given */
    int left_ms;      /* of the worker's own time */
    bool by_agent;
    long began_ms; /* with the agent */
    bool heard;    /* anything */
    bool cancelled;
    bool too_late;      /* to cancel: a password is being changed */
    char step[256];     /* what it is at, "" before the first */
    struct why failure; /* of the last question, which had no answer */
};

/* A sign-in can do without what is remembered, and writes it anew. */
static enum outcome remembered(const struct options *options, struct message *request,
                               struct why *why)
{
    message_auto *facts = message_new(MESSAGE_REQUEST);

    if (!facts)
        return fail_memory(why);
    enum outcome out = state_load(options->identity, facts, why);
    if (!out)
        message_add_facts(request, facts);
    else if (options->verb == VERB_SIGN_IN || options->verb == VERB_DOCTOR)
        (void)fprintf(stderr, "chatelaine: %s %s\n", reason_sentence(why->reason), why->text);
    else
        return out;
    return OUTCOME_OK;
}

/* Says so once, then gives the worker a moment to end cleanly. One that has ended meanwhile may
 * have left its result. */
static void cancel(struct talk *talk)
{
    message_auto *message = message_new(MESSAGE_CANCEL);
    struct why why;

    talk->cancelled = true;
    if (talk->left_ms > CANCEL_MS)
        talk->left_ms = CANCEL_MS;
    if (message)
        (void)wire_send(&talk->worker.wire, message, &why);
}

/* There is no answer, for a reason of ours: the worker hears of it, and ends what it began. */
static enum outcome no_answer(struct talk *talk, struct why *why)
{
    message_auto *none = message_new(MESSAGE_ANSWER);

    if (talk->failure.reason != REASON_NOBODY_TO_ASK) {
        cancel(talk);
        return OUTCOME_OK;
    }
    return none ? wire_send(&talk->worker.wire, none, why) : fail_memory(why);
}

static enum outcome reply(struct talk *talk, const struct message *question, struct why *why)
{
    secret_auto *answer = NULL;
    message_auto *message = message_new(MESSAGE_ANSWER);

    if (!message)
        return fail_memory(why);
    talk->failure = (struct why){ .reason = REASON_NONE };
    if (answer_find(talk->options, question, &answer, &talk->failure))
        return no_answer(talk, why);
    message_add_secret(message, SLOT_ANSWER, answer);
    return wire_send(&talk->worker.wire, message, why);
}

static void take_event(struct talk *talk, const char *name, const char *line)
{
    if (!strcmp(name, "tell") && line && !talk->options->json)
        terminal_tell(line);
    talk->too_late |= !strcmp(name, "changing");
    mark_event(&talk->mark, name);
}

/* Asks the keychain's helper for the worker. */
static enum outcome ask_keychain(const struct talk *talk, struct message *question,
                                 struct message **kept, struct why *why)
{
    partner_auto keyring = { 0 };
    long end_ms = clock_ms() + KEYCHAIN_MS;
    enum outcome out;

    if ((out = state_may_ask(talk->request, question, why)) ||
        (out = partner_start(&keyring, PROGRAM_KEYRING, WIRE_WORKER, why)) ||
        (out = wire_send(&keyring.wire, question, why)))
        return out;
    while (!out && !*kept && !terminal_cancelled() && clock_ms() < end_ms)
        out = wire_recv(&keyring.wire, SLICE_MS, kept, why);
    if (!out && !*kept)
        out = fail(why, REASON_TIME_OUT, "the keychain's helper does not answer");
    return out ? fail_in(why, "asking the keychain") : OUTCOME_OK;
}

/* What is found is given to the worker once only. */
static enum outcome keychain(struct talk *talk, struct message *question, struct why *why)
{
    message_auto *kept = NULL;
    struct why failure;
    enum outcome out = ask_keychain(talk, question, &kept, &failure);

    if ((out = mark_kept(&talk->mark, mark_is_due(question), out, &failure, &kept, why)))
        return out;
    return wire_send(&talk->worker.wire, kept, why);
}

static void take_step(struct talk *talk, const char *line)
{
    (void)snprintf(talk->step, sizeof talk->step, "%s", line);
    if (!talk->options->json)
        terminal_step(line);
}

static enum outcome handle(struct talk *talk, struct message *message, struct why *why)
{
    if (message_kind(message) == MESSAGE_STEP)
        take_step(talk, message_text(message, SLOT_LINE));
    if (message_kind(message) == MESSAGE_EVENT)
        take_event(talk, message_text(message, SLOT_EVENT), message_text(message, SLOT_LINE));
    if (message_kind(message) == MESSAGE_BESIDE && !talk->by_agent)
        beside_remember(talk->options, talk->request, message);
    if (message_kind(message) == MESSAGE_KEYCHAIN)
        return keychain(talk, message, why);
    if (message_kind(message) != MESSAGE_QUESTION || talk->cancelled)
        return OUTCOME_OK;
    talk->too_late = false;
    return reply(talk, message, why);
}

/* The agent does not stir: it was stopped, perhaps. */
static bool is_deaf(const struct talk *talk)
{
    return talk->by_agent && !talk->heard && clock_ms() - talk->began_ms >= DEAF_MS;
}

/* Why there was no answer, this side knows best. */
static enum outcome own_failure(const struct talk *talk, struct why *why)
{
    *why = talk->failure;
    return reason_outcome(why->reason);
}

static enum outcome time_is_up(const struct talk *talk, struct why *why)
{
    const struct verb_row *row = verb_row(talk->options->verb);

    if (talk->cancelled && talk->failure.reason)
        return own_failure(talk, why);
    return fail(why,
                talk->too_late    ? REASON_CHANGE_UNKNOWN
                : talk->cancelled ? REASON_CANCELLED
                                  : REASON_TIME_OUT,
                "%s %s %u s", row->word,
                talk->cancelled ? "was cancelled within" : "took more than", row->seconds);
}

static enum outcome converse(struct talk *talk, struct message **result, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    while (!out && !*result) {
        message_auto *message = NULL;
        long begin = clock_ms();
        out = wire_recv(&talk->worker.wire, SLICE_MS, &message, why);
        talk->left_ms -= (int)(clock_ms() - begin);
        talk->heard |= message != NULL;
        if (!out && message && message_kind(message) == MESSAGE_RESULT) {
            *result = message;
            message = NULL;
        } else if (!out && message) {
            out = handle(talk, message, why);
        }
        if (!out && !*result && terminal_cancelled() && !talk->cancelled && !talk->too_late)
            cancel(talk);
        if (!out && !*result && is_deaf(talk))
            out = fail(why, REASON_NO_AGENT, "it does not answer");
        if (!out && !*result && talk->left_ms <= 0)
            out = time_is_up(talk, why);
    }
    return out;
}

/* What somebody has done meanwhile counts more than this errand. */
static enum outcome remember(const struct message *request, struct message **result,
                             struct why *why)
{
    struct why unsaved;

    if (!state_remember(request, *result, &unsaved))
        return OUTCOME_OK;
    if (unsaved.reason == REASON_NOT_SIGNED_IN) {
        *why = unsaved;
        message_free(result);
        return reason_outcome(why->reason);
    }
    (void)fprintf(stderr, "chatelaine: %s %s\n", reason_sentence(unsaved.reason), unsaved.text);
    return OUTCOME_OK;
}

/* A cache that only this process tree has is out of the agent's reach (keyrings(7)); what --verbose
 * wants to see would be in the agent's log; shares belong into the session of whoever asks, and one
 * that hangs holds up nobody else's errand, nor does a token that makes a key. */
static bool may_use_agent(const struct options *options, const struct message *request)
{
    static const char *const kinds[] = { "KEYRING:session", "KEYRING:process", "KEYRING:thread",
                                         "MEMORY:" };
    const char *ccache = message_text(request, SLOT_CCACHE);

    for (size_t i = 0; ccache && i < sizeof kinds / sizeof *kinds; i++)
        if (!strncmp(ccache, kinds[i], strlen(kinds[i])))
            return false;
    return options->log == LOG_LEVEL_ERROR && options->verb != VERB_SHARES &&
           options->verb != VERB_CERTIFICATE;
}

/* The agent does it. False if there is none, or if it hangs up at once: it works elsewhere. */
static bool by_agent(struct talk *talk, struct message *request, struct message **result,
                     enum outcome *out, struct why *why)
{
    text_auto *places = text_new(PLACES_MOST);
    fd_auto fd = -1;

    if (!places || !may_use_agent(talk->options, request) || socket_connect(&fd, why))
        return false;
    socket_places(places);
    message_add(request, SLOT_PLACES, text_peek(places));
    talk->worker.wire = wire_begin(fd, WIRE_FRONT);
    talk->left_ms += AGENT_MS;
    talk->by_agent = true;
    talk->began_ms = clock_ms();
    fd = -1;
    if (!(*out = wire_send(&talk->worker.wire, request, why)))
        *out = converse(talk, result, why);
    if (*out && why->reason == REASON_WORKER_DIED)
        *out = fail(why, talk->too_late ? REASON_CHANGE_UNKNOWN : REASON_WORKER_DIED,
                    "%s: the agent has ended", verb_row(talk->options->verb)->word);
    partner_end(&talk->worker);
    message_drop(request, SLOT_PLACES);
    return talk->heard || terminal_cancelled();
}

/* Settings that cannot be read, the worker tells of. */
static enum program program_for(const struct options *options)
{
    conf_auto *conf = NULL;
    struct why why;
    bool is_known = !settings_load(&conf, &why);

    return partner_program(options->verb, is_known && conf_is_web(conf, options->identity),
                           is_known && conf_by_certificate(conf, options->identity));
}

static enum outcome by_worker(struct talk *talk, struct message *request, struct message **result,
                              struct why *why)
{
    const struct verb_row *row = verb_row(talk->options->verb);
    enum outcome out;

    *talk = (struct talk){ .options = talk->options,
                           .request = request,
                           .left_ms = (int)row->seconds * 1000 };
    if ((out = remembered(talk->options, request, why)))
        return out;
    if (!(out = partner_start(&talk->worker, program_for(talk->options), WIRE_FRONT, why)) &&
        !(out = wire_send(&talk->worker.wire, request, why)))
        out = converse(talk, result, why);
    if (out && talk->failure.reason && why->reason == REASON_WORKER_DIED)
        out = own_failure(talk, why);
    else if (out)
        out = partner_explain(&talk->worker, *talk->step ? talk->step : row->word, talk->too_late,
                              why);
    partner_end(&talk->worker);
    mark_end(&talk->mark);
    return *result ? remember(request, result, why) : out;
}

static enum outcome take_result(const struct talk *talk, struct message **result, struct why *why)
{
    enum outcome out = partner_result(*result, why);

    if (!out || !talk->failure.reason ||
        (why->reason != REASON_CANCELLED && why->reason != talk->failure.reason))
        return out;
    message_free(result);
    return own_failure(talk, why);
}

enum outcome errand_run(const struct options *options, struct message **result, struct why *why)
{
    const int seconds = (int)verb_row(options->verb)->seconds;
    struct talk talk = { .options = options, .left_ms = seconds * 1000 };
    message_auto *request = NULL;
    enum outcome out;

    *result = NULL;
    terminal_begin();
    if ((out = errand_request(options, &request, why)))
        return out;
    if (!by_agent(&talk, request, result, &out, why))
        out = by_worker(&talk, request, result, why);
    terminal_step(NULL);
    return out ? out : take_result(&talk, result, why);
}
