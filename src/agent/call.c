/* SPDX-License-Identifier: MIT */
#include "agent/call.h"

#include <stdio.h>
#include <string.h>

#include "agent/own.h"

#define ERROR_PREFIX "org.chatelaine.Error."

/* In the order in which they came. */
static struct call {
    sd_bus_message *message;
    struct identity *identity;
    enum verb verb;
    bool runs;
} calls[CALLS_MOST];
static size_t call_count;

int call_refuse(sd_bus_message *call, const struct why *why)
{
    char name[sizeof ERROR_PREFIX + 64];

    (void)snprintf(name, sizeof name, "%s%s", ERROR_PREFIX, reason_word(why->reason));
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c;
    return sd_bus_reply_method_errorf(call, name, "%s %s", reason_sentence(why->reason), why->text);
}

void call_take(sd_bus_message *call, struct identity *identity, enum verb verb)
{
    struct why why;

    if (call_count == CALLS_MOST) {
        (void)fail(&why, REASON_SAME_ERRAND, "%d calls wait already", CALLS_MOST);
        (void)call_refuse(call, &why);
        return;
    }
    calls[call_count++] =
        (struct call){ .message = sd_bus_message_ref(call), .identity = identity, .verb = verb };
    own_yield(identity);
    identity_wake(identity);
}

/* Answers those whose errand has run. */
static void answer(struct identity *identity, enum outcome outcome, const struct why *why)
{
    size_t left = 0;

    for (size_t i = 0; i < call_count; i++) {
        struct call *call = &calls[i];
        if (call->identity != identity || !call->runs) {
            calls[left++] = *call;
            continue;
        }
        (void)(outcome ? call_refuse(call->message, why)
                       : sd_bus_reply_method_return(call->message, ""));
        (void)sd_bus_message_unref(call->message);
    }
    call_count = left;
}

static void start(struct identity *identity, enum verb verb)
{
    struct why why;
    enum outcome out = own_start(identity, verb, &why);

    if (out)
        answer(identity, out, &why);
}

bool calls_next(struct identity *identity)
{
    const struct call *first = NULL;

    for (size_t i = 0; i < call_count; i++) {
        struct call *call = &calls[i];
        if (call->identity != identity || call->runs)
            continue;
        first = first ? first : call;
        call->runs = call->verb == first->verb;
    }
    if (first)
        start(identity, first->verb);
    return first;
}

void calls_ended(struct identity *identity, enum outcome outcome, const struct why *why)
{
    answer(identity, outcome, why);
}

bool calls_are_idle(void)
{
    return !call_count;
}

void calls_drop(void)
{
    for (size_t i = 0; i < call_count; i++)
        (void)sd_bus_message_unref(calls[i].message);
    call_count = 0;
}
