/* SPDX-License-Identifier: MIT
 *
 * Looks for our items. Before anything is searched the default collection must be unlocked: with a
 * locked one KeePassXC finds nothing, and asks the person only because it was searched.
 * gnome-keyring finds what is locked, too, and asks nobody: there one look at an open item is
 * enough.
 */
#ifndef KEYCHAIN_SEARCH_H
#define KEYCHAIN_SEARCH_H

#include "keychain/item.h"
#include "keychain/service.h"

/* What a search must match (a{ss}, floating), with this id, or NULL: any. No attribute is a
 * secret. */
GVariant *item_attributes(const struct item *item, const char *id);

/* Opens the default collection, once. None is ever made: no-keychain. */
enum outcome search_collection(struct service *service, struct why *why);

/* The paths of all that match, unlocked; they are the caller's. None is OK, and certain: the
 * collection is open then. KEYCHAIN_ASKS: it is open, and the person would have to allow it. */
enum outcome search_items(struct service *service, const struct item *item, char ***items,
                          struct why *why);

#endif
