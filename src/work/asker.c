/* SPDX-License-Identifier: MIT */
#include "work/asker.h"

#include "base/clock.h"
#include "base/log.h"
#include "work/errand.h"

static void say_step(struct wire_asker *mine, const char *line)
{
    message_auto *message = message_new(MESSAGE_STEP);
    struct why why;

    if (!message)
        return;
    message_add(message, SLOT_LINE, line);
    if (wire_send(mine->wire, message, &why))
        mine->cancelled = true;
}

static void step(struct asker *asker, const char *line)
{
    struct wire_asker *mine = (struct wire_asker *)asker;

    log_line(LOG_LEVEL_INFO, "%s", line);
    if (!mine->unattended)
        say_step(mine, line);
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
    message_add(message, SLOT_PAGE, question->page);
    message_add(message, SLOT_CALLBACK, question->state);
    if (question->kind == QUESTION_WAIT && !question->state)
        message_add_number(message, SLOT_SECONDS, question->seconds);
    if (question->picture)
        message_add_secret(message, SLOT_PICTURE, question->picture);
    for (int i = 0; i < QUESTION_CHOICES && question->choices[i]; i++)
        message_add(message, SLOT_CHOICE, question->choices[i]);
    return message;
}

/* Waits for the answer, or for the cancel. */
static enum outcome await(struct wire_asker *asker, enum message_kind kind, struct message **answer,
                          struct why *why)
{
    enum outcome out;

    *answer = NULL;
    while (!*answer)
        if ((out = wire_recv(asker->wire, -1, answer, why)))
            return out;
    if (message_kind(*answer) == kind)
        return OUTCOME_OK;
    asker->cancelled = true;
    message_free(answer);
    return fail(why, REASON_CANCELLED, "cancelled by the person");
}

/* The errand's time stands still meanwhile: somebody may be thinking. */
static enum outcome converse(struct wire_asker *asker, struct message *question,
                             enum message_kind kind, struct message **answer, struct why *why)
{
    long begin = clock_ms();
    enum outcome out;

    if ((out = asker_check(&asker->asker, why)) || (out = wire_send(asker->wire, question, why)))
        return out;
    errand_watch(0);
    out = await(asker, kind, answer, why);
    if (asker->deadline_ms) {
        *asker->deadline_ms += clock_ms() - begin;
        errand_watch(*asker->deadline_ms);
    }
    return out;
}

static enum outcome ask(struct asker *asker, const struct question *question,
                        struct secret **answer, struct why *why)
{
    struct wire_asker *mine = (struct wire_asker *)asker;
    message_auto *message = question_message(question), *reply = NULL;
    enum outcome out;

    if (!message)
        return fail_memory(why);
    if (mine->unattended)
        return fail(why, REASON_NOBODY_TO_ASK, "%s", question->prompt);
    if ((out = converse(mine, message, MESSAGE_ANSWER, &reply, why)))
        return out;
    if (!message_has(reply, SLOT_ANSWER))
        return fail(why, REASON_NOBODY_TO_ASK, "%s", question->prompt);
    *answer = message_secret(reply, SLOT_ANSWER);
    return *answer ? OUTCOME_OK : fail_memory(why);
}

enum outcome wire_asker_keychain(struct wire_asker *asker, struct message *question,
                                 struct message **kept, struct why *why)
{
    return converse(asker, question, MESSAGE_KEPT, kept, why);
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
