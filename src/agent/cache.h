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

/* What was changed until now was our own doing. Takes NULL. */
void cache_settle(struct cache_watch *watch);

/* False for a kind whose changes nobody tells (KEYRING, KCM), or that cannot be watched. */
bool cache_is_seen(const struct cache_watch *watch);

#endif
