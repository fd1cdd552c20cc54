/* SPDX-License-Identifier: MIT
 *
 * Whoever works for a person says where it is, asks, and hears of a cancel, through this. The
 * worker's asker sits on the wire; a test brings its own.
 */
#ifndef BASE_ASKER_H
#define BASE_ASKER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/outcome.h"
#include "base/secret.h"

enum question_kind {
    QUESTION_HIDDEN, /* a secret, typed without echo */
    QUESTION_SHOWN,  /* a line of text */
    QUESTION_CHOICE, /* one of the choices; the answer is its number from 1 */
    QUESTION_WAIT,   /* nothing to type: the empty answer comes after so many seconds; or, with a
                        state, the URI with which a browser has come back */
    QUESTION_QR,     /* a page to be shown as a QR code, then as QUESTION_SHOWN */
    QUESTION_KINDS
};

enum { QUESTION_CHOICES = 16, QUESTION_WAIT_MOST_S = 120, ANSWER_MOST = 8192 };

/* Borrowed by the call; NULL where there is nothing to say. */
struct question {
    enum question_kind kind;
    const char *name;             /* stable word: "password", "domain" */
    const char *prompt;           /* one line for the person */
    const char *suggestion;       /* what an empty answer means */
    const char *page;             /* address for the browser, or to be shown as a QR code */
    const char *state;            /* of WAIT: with which the browser comes back */
    int seconds;                  /* of WAIT without a state: how long */
    const struct secret *picture; /* of that: a QR code, see wire/messages.def */
    const char *choices[QUESTION_CHOICES + 1];
};

struct asker {
    void (*step)(struct asker *asker, const char *line);
    enum outcome (*ask)(struct asker *asker, const struct question *question,
                        struct secret **answer, struct why *why);
    bool (*cancelled)(struct asker *asker);
    void (*event)(struct asker *asker, const char *name, const char *line);
};

/* Tells the person which step this is, in one line. */
void asker_step(struct asker *asker, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Tells the person something to keep, in one line. */
void asker_tell(struct asker *asker, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Tells the program in front that something happened: "changing" means that from now on a cancel
 * comes too late, until the next question. */
void asker_event(struct asker *asker, const char *name);

/* Asks; the answer, at most ANSWER_MOST bytes, is the caller's. CANCELLED if there is none. */
enum outcome asker_ask(struct asker *asker, const struct question *question, struct secret **answer,
                       struct why *why);

/* Asks for text that is no secret; an empty answer gives the suggestion. */
enum outcome asker_ask_text(struct asker *asker, const struct question *question, char *answer,
                            size_t size, struct why *why);

/* One that nobody hears, and that is never cancelled: for the last word after a cancel. */
struct asker asker_deaf(void);

/* CANCELLED once the person wants no more of it. Calls that block poll this. */
enum outcome asker_check(struct asker *asker, struct why *why);

#endif
