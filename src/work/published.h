/* SPDX-License-Identifier: MIT
 *
 * What a provider has published, from one errand to the next, in
 * $XDG_STATE_HOME/chatelaine/IDENTITY.published (mode 0600, no secret). It is believed no more than
 * what comes from the network: who takes it reads it by the same rules.
 */
#ifndef WORK_PUBLISHED_H
#define WORK_PUBLISHED_H

#include "base/text.h"

enum published_what { PUBLISHED_DISCOVERY, PUBLISHED_KEYS, PUBLISHED_COUNT };

enum { PUBLISHED_AGE_S = 3600, PUBLISHED_AGAIN_S = 60 };

/* NULL wherever it is taken: nothing is kept. */
struct published;

/* Opens and reads the file, before files are fenced off. What cannot be used is as if it were not
 * there. With anew, what is there is not given out. */
void published_open(const char *identity, bool anew, struct published **published);

/* Writes what is new. */
void published_close(struct published **published);

/* Of this issuer or address, an hour old at most; NULL: none. Borrowed, until the next keep. */
const struct text *published_find(const struct published *published, enum published_what what,
                                  const char *of);
void published_keep(struct published *published, enum published_what what, const char *of,
                    const char *bytes, size_t length);

/* May the keys be asked for again, because one is not among them? Once a minute. */
bool published_may_ask(struct published *published);

/* Who went by it has failed: the next one asks anew. */
void published_doubt(struct published *published);

#endif
