/* SPDX-License-Identifier: MIT */
#include "base/asker.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void asker_step(struct asker *asker, const char *format, ...)
{
    char line[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    text_clean(line);
    asker->step(asker, line);
}

void asker_tell(struct asker *asker, const char *format, ...)
{
    char line[1024];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    text_clean(line);
    asker->event(asker, "tell", line);
}

void asker_event(struct asker *asker, const char *name)
{
    asker->event(asker, name, "");
}

enum outcome asker_ask(struct asker *asker, const struct question *question, struct secret **answer,
                       struct why *why)
{
    return asker->ask(asker, question, answer, why);
}

enum outcome asker_ask_text(struct asker *asker, const struct question *question, char *answer,
                            size_t size, struct why *why)
{
    secret_auto *typed = NULL;
    enum outcome out = asker_ask(asker, question, &typed, why);

    if (out)
        return out;
    if (secret_length(typed) >= size || !text_is_clean(secret_peek(typed), secret_length(typed)))
        return fail(why, REASON_BAD_REQUEST, "the answer to \"%s\" is too long or is no text",
                    question->prompt);
    const char *given = secret_peek(typed);
    (void)snprintf(answer, size, "%s",
                   !*given && question->suggestion ? question->suggestion : given);
    return OUTCOME_OK;
}

enum outcome asker_check(struct asker *asker, struct why *why)
{
    if (!asker->cancelled(asker))
        return OUTCOME_OK;
    return fail(why, REASON_CANCELLED, "cancelled by the person");
}

static bool never(struct asker *asker)
{
    (void)asker;
    return false;
}

struct asker asker_deaf(void)
{
    return (struct asker){ .cancelled = never };
}
