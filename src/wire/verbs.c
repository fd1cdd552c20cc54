/* SPDX-License-Identifier: MIT */
#include "wire/verbs.h"

#include <string.h>

enum {
    NETWORK = CONFINEMENT_NETWORK,
    CACHE = CONFINEMENT_CACHE,
    PROGRAMS = CONFINEMENT_PROGRAMS,
    THREADS = CONFINEMENT_THREADS
};

static const struct verb_row rows[VERB_COUNT] = {
#define FRONT_VERB(name, word_, function, synopsis_, sentence_)                                    \
    [VERB_##name] = { .word = word_, .synopsis = synopsis_, .sentence = sentence_ },
#define WORKER_VERB(name, word_, function, libraries_, confinement_, seconds_, cpu_, synopsis_,    \
                    sentence_)                                                                     \
    [VERB_##name] = { .word = word_,                                                               \
                      .synopsis = synopsis_,                                                       \
                      .sentence = sentence_,                                                       \
                      .libraries = LIBRARIES_##libraries_,                                         \
                      .confinement = confinement_,                                                 \
                      .seconds = seconds_,                                                         \
                      .cpu_seconds = cpu_ },
#include "wire/verbs.def"
};

const struct verb_row *verb_row(enum verb verb)
{
    return &rows[verb];
}

bool verb_find(const char *word, enum verb *verb)
{
    for (int i = 0; i < VERB_COUNT; i++)
        if (!strcmp(rows[i].word, word)) {
            *verb = (enum verb)i;
            return true;
        }
    return false;
}

bool verb_is_for_both(enum verb verb)
{
    return verb == VERB_SIGN_IN || verb == VERB_CHANGE_PASSWORD || verb == VERB_REPAIR ||
           verb == VERB_SIGN_OUT;
}
