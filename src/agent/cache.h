/* SPDX-License-Identifier: MIT
 *
 * Watches the ticket cache of an identity, where it is a file: someone may run kinit.
 */
#ifndef AGENT_CACHE_H
#define AGENT_CACHE_H

#include "agent/identity.h"

struct cache_watch;

/* The cache of this name; NULL: where libkrb5 would look. A change makes the identity look. */
void cache_watch(struct identity *identity, const char *name);
void cache_unwatch(struct cache_watch **watch);

/* An errand begins to work: how the cache is now. Takes NULL. */
void cache_note(struct cache_watch *watch);

/* It has ended. ours: what was changed meanwhile was its doing, and it told of it; else a change
 * makes the identity look. Takes NULL. */
void cache_settle(struct cache_watch *watch, bool ours);

/* False for a kind whose changes nobody tells (KEYRING, KCM), or that cannot be watched. */
bool cache_is_seen(const struct cache_watch *watch);

#endif
