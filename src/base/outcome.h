/* SPDX-License-Identifier: MIT
 *
 * How anything ends: an outcome, which tells who can act, and a why, which tells the rest in one
 * line. Both come from outcome.def. Zero is OK, so a chain of steps reads
 *     if ((out = first(why)) || (out = second(why)))
 */
#ifndef BASE_OUTCOME_H
#define BASE_OUTCOME_H

#include <stdbool.h>

enum outcome {
#define OUTCOME(name, status, pam, sentence) OUTCOME_##name,
#include "base/outcome.def"
    OUTCOME_COUNT
};

enum reason {
#define REASON(name, outcome, word, sentence, remedy) REASON_##name,
#include "base/outcome.def"
    REASON_COUNT
};

/* Owned by the caller. The text grows outward: each caller puts its step in front. It is one
 * line of clean UTF-8 (control characters become '?'), cut at the end if need be. */
struct why {
    enum reason reason;
    char text[1024];
};

/* Says why; gives the outcome that the reason belongs to. The text names step and server. */
enum outcome fail(struct why *why, enum reason reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts the step of the caller in front of the text; gives the outcome of why. */
enum outcome fail_in(struct why *why, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same text for another reason, which the caller knows better; gives its outcome. */
enum outcome fail_as(struct why *why, enum reason reason);

/* The same for lack of memory, which has no more to say. */
enum outcome fail_memory(struct why *why);

int outcome_exit_status(enum outcome outcome);
const char *outcome_name(enum outcome outcome); /* "DENIED" */
const char *outcome_sentence(enum outcome outcome);

enum outcome reason_outcome(enum reason reason);
const char *reason_word(enum reason reason); /* "wrong-password" */
const char *reason_sentence(enum reason reason);
const char *reason_remedy(enum reason reason);

/* The reason with this stable word; false if there is none. */
bool reason_parse(const char *word, enum reason *reason);

#endif
