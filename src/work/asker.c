/* SPDX-License-Identifier: MIT */
#include "work/asker.h"

#include "base/clock.h"
#include "base/log.h"
#include "work/errand.h"

static void step(struct asker *asker, const char *line)
{
    struct wire_asker *mine = (struct wire_asker *)asker;
    message_auto *message = message_new(MESSAGE_STEP);
    struct why why;

    log_line(LOG_LEVEL_INFO, "%s", line);
    if (!message)
        return;
    message_add(message, SLOT_LINE, line);
    if (wire_send(mine->wire, message, &why))
        mine->cancelled = true;
}

static void event(struct asker *asker, const char *name, const char *line)
{
    struct wire_asker *mine = (struct wire_asker *)asker;
    message_auto *message = message_new(MESSAGE_EVENT);
    struct why why;

    log_line(LOG_LEVEL_INFO, "%s %s", name, line);
    if (!message)
        return;
    message_add(message, SLOT_EVENT, name);
    message_add(message, SLOT_LINE, line);
    if (wire_send(mine->wire, message, &why))
        mine->cancelled = true;
}

static struct message *question_message(const struct question *question)
{
    struct message *message = message_new(MESSAGE_QUESTION);

    if (!message)
        return NULL;
    message_add(message, SLOT_QUESTION, question->name);
    message_add_number(message, SLOT_QUESTION_KIND, question->kind);
    message_add(message, SLOT_LINE, question->prompt);
    message_add(message, SLOT_SUGGESTION, question->suggestion);
    for (int i = 0; i < QUESTION_CHOICES && question->choices[i]; i++)
        message_add(message, SLOT_CHOICE, question->choices[i]);
    return message;
}

/* Waits for the answer, or for the cancel. */
static enum outcome await(struct wire_asker *asker, struct secret **answer, struct why *why)
{
    message_auto *message = NULL;
    enum outcome out;

    while (!message)
        if ((out = wire_recv(asker->wire, -1, &message, why)))
            return out;
    if (message_kind(message) != MESSAGE_ANSWER) {
        asker->cancelled = true;
        return fail(why, REASON_CANCELLED, "cancelled by the person");
    }
    *answer = message_secret(message, SLOT_ANSWER);
    return *answer ? OUTCOME_OK : fail_memory(why);
}

static enum outcome ask(struct asker *asker, const struct question *question,
                        struct secret **answer, struct why *why)
{
    struct wire_asker *mine = (struct wire_asker *)asker;
    message_auto *message = question_message(question);
    long begin = clock_ms();
    enum outcome out;

    if (!message)
        return fail_memory(why);
    if ((out = asker_check(asker, why)) || (out = wire_send(mine->wire, message, why)))
        return out;
    errand_watch(0);
    out = await(mine, answer, why);
    if (mine->deadline_ms) {
        *mine->deadline_ms += clock_ms() - begin;
        errand_watch(*mine->deadline_ms);
    }
    return out;
}

/* Anything that comes now can only be a cancel, or the end of the other side. */
static bool cancelled(struct asker *asker)
{
    struct wire_asker *mine = (struct wire_asker *)asker;
    message_auto *message = NULL;
    struct why why;

    if (!mine->cancelled && (wire_recv(mine->wire, 0, &message, &why) || message))
        mine->cancelled = true;
    return mine->cancelled;
}

struct wire_asker wire_asker(struct wire *wire)
{
    return (struct wire_asker){
        .asker = { .step = step, .ask = ask, .cancelled = cancelled, .event = event }, .wire = wire
    };
}
