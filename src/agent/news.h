/* SPDX-License-Identifier: MIT
 *
 * What happens to an identity goes to those who want to know: fronts that watch, the session bus,
 * the person, hooks.
 */
#ifndef AGENT_NEWS_H
#define AGENT_NEWS_H

#include "agent/identity.h"

enum news {
    NEWS_SIGNED_IN,
    NEWS_SIGNED_OUT,
    NEWS_RENEWED,
    NEWS_PASSWORD_CHANGED,
    NEWS_NETWORK_UP,
    NEWS_PASSWORD_ENDS,
    NEWS_PASSWORD_NEEDED
};

/* The facts are others than before. */
void news_changed(struct identity *identity);

/* The verb has done what it is for. */
void news_ended(struct identity *identity, enum verb verb);

void news_event(struct identity *identity, enum news news);

/* The password ends then (milliseconds since 1970 UTC). */
void news_password_ends(struct identity *identity, int64_t end);

/* No ticket without the person: why tells what became of the last try. */
void news_password_needed(struct identity *identity, const struct why *why);

#endif
