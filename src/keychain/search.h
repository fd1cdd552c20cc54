/* SPDX-License-Identifier: MIT
 *
 * Looks for our items. Before anything is searched the default collection must be unlocked: with a
 * locked one KeePassXC finds nothing, and asks the person only because it was searched.
 */
#ifndef KEYCHAIN_SEARCH_H
#define KEYCHAIN_SEARCH_H

#include "keychain/item.h"
#include "keychain/service.h"

/* What a search must match; the name goes along as xdg:schema. No attribute is a secret. */
extern const SecretSchema item_schema;

/* With this id, or NULL: any. The caller's. */
GHashTable *item_attributes(const struct item *item, const char *id);

void items_free(GList **items);
#define items_auto __attribute__((cleanup(items_free))) GList
void collection_free(SecretCollection **collection);
#define collection_auto __attribute__((cleanup(collection_free))) SecretCollection

/* The default collection, unlocked; none is ever made: no-keychain. */
enum outcome search_collection(struct service *service, SecretCollection **collection,
                               struct why *why);

/* All that match (SecretItem), unlocked; they are the caller's. None is OK. The collection must be
 * open. */
enum outcome search_items(struct service *service, const struct item *item, GList **items,
                          struct why *why);

#endif
