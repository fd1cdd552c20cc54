/* SPDX-License-Identifier: MIT */
#include "base/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const struct {
    const char *name, *sentence;
    int status;
} outcomes[OUTCOME_COUNT] = {
#define OUTCOME(name, status, pam, sentence) [OUTCOME_##name] = { #name, sentence, status },
#include "base/outcome.def"
};

static const struct {
    const char *word, *sentence, *remedy;
    enum outcome outcome;
} reasons[REASON_COUNT] = {
#define REASON(name, outcome, word, sentence, remedy)                                              \
    [REASON_##name] = { word, sentence, remedy, OUTCOME_##outcome },
#include "base/outcome.def"
};

enum outcome fail(struct why *why, enum reason reason, const char *format, ...)
{
    va_list args;

    why->reason = reason;
    va_start(args, format);
    (void)vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    text_clean(why->text);
    return reasons[reason].outcome;
}

enum outcome fail_in(struct why *why, const char *format, ...)
{
    char inner[sizeof why->text];
    va_list args;

    (void)snprintf(inner, sizeof inner, "%s", why->text);
    va_start(args, format);
    int n = vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    if (n > 0 && (size_t)n < sizeof why->text && *inner)
        (void)snprintf(why->text + n, sizeof why->text - (size_t)n, ": %s", inner);
    text_clean(why->text);
    return reasons[why->reason].outcome;
}

enum outcome fail_as(struct why *why, enum reason reason)
{
    why->reason = reason;
    return reasons[reason].outcome;
}

enum outcome fail_memory(struct why *why)
{
    return fail(why, REASON_NO_MEMORY, "out of memory");
}

int outcome_exit_status(enum outcome outcome)
{
    return outcomes[outcome].status;
}

const char *outcome_name(enum outcome outcome)
{
    return outcomes[outcome].name;
}

const char *outcome_sentence(enum outcome outcome)
{
    return outcomes[outcome].sentence;
}

enum outcome reason_outcome(enum reason reason)
{
    return reasons[reason].outcome;
}

const char *reason_word(enum reason reason)
{
    return reasons[reason].word;
}

const char *reason_sentence(enum reason reason)
{
    return reasons[reason].sentence;
}

const char *reason_remedy(enum reason reason)
{
    return reasons[reason].remedy;
}

bool reason_parse(const char *word, enum reason *reason)
{
    for (int i = 0; i < REASON_COUNT; i++)
        if (!strcmp(reasons[i].word, word)) {
            *reason = (enum reason)i;
            return true;
        }
    return false;
}
