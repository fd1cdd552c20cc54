/* SPDX-License-Identifier: MIT
 *
 * What happens to an identity goes to those who want to know: fronts that watch, the session bus,
 * the person, hooks.
 */
#ifndef AGENT_NEWS_H
#define AGENT_NEWS_H

#include "agent/identity.h"

enum news {
#define SIGNAL(news, ...) NEWS_##news,
#include "agent/interface.def"
};

/* There is one more identity. */
void news_added(struct identity *identity);

/* The facts are others than before. */
void news_changed(struct identity *identity);

/* The verb has done what it is for. */
void news_ended(struct identity *identity, enum verb verb);

/* A server of the company answers again. */
void news_network_up(struct identity *identity);

/* The password ends then (milliseconds since 1970 UTC). */
void news_password_ends(struct identity *identity, int64_t end);

/* Not every place has the password, says an errand of ours. */
void news_places_open(struct identity *identity);

/* As notify_certificate says. */
void news_certificate(struct identity *identity, const char *name, int64_t end, enum reason reason);

/* No ticket without the person: why tells what became of the last try. */
void news_password_needed(struct identity *identity, const struct why *why);

#endif
