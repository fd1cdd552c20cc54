/* SPDX-License-Identifier: MIT
 *
 * The session bus, if there is one: none is started, and no program on it.
 */
#ifndef KEYCHAIN_BUS_H
#define KEYCHAIN_BUS_H

#include <gio/gio.h>

#include "base/outcome.h"

/* Who has a name on the bus. */
struct bus_owner {
    char name[256];   /* the unique name */
    char program[64]; /* as the kernel calls it */
    uid_t uid;
};

/* no-keychain if there is no bus or nobody has the name. The environment is emptied but for the
 * address of the bus and, for libsecret, the owner; g_bus_get then gives this connection. */
enum outcome bus_find(const char *name, GCancellable *stop, struct bus_owner *owner,
                      struct why *why);

#endif
