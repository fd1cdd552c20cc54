/* SPDX-License-Identifier: MIT
 *
 * Within network: what we set in a connection, as data. How NetworkManager calls it and takes it is
 * in nm-settings-dbus(5).
 */
#ifndef NETWORK_ENTRY_H
#define NETWORK_ENTRY_H

#include <stdint.h>

#include "network/nm.h"
#include "network/profile.h"

enum entry_kind {
    ENTRY_TEXT,
    ENTRY_LIST, /* of one text */
    ENTRY_BYTES,
    ENTRY_URI, /* bytes with their NUL */
    ENTRY_NUMBER,
    ENTRY_PAIR /* a dictionary of one text, named by MARK_KEY */
};

#define MARK_KEY "org.chatelaine.certificate"

struct entry {
    const char *section, *key;
    enum entry_kind kind;
    const char *text;  /* of TEXT, LIST, URI and PAIR */
    const void *bytes; /* of BYTES */
    size_t length;
    uint32_t number;
};

enum { ENTRIES_MOST = 20 };

struct entries {
    struct entry all[ENTRIES_MOST];
    size_t count;
    char owner[300]; /* a text of its own */
};

/* Those of one section are together. Borrows from the profile. */
void entries_fill(struct entries *entries, const struct profile *profile);

/* Do we set that ourselves? Of a new connection we set its name, too. */
bool entry_is_ours(const char *section, const char *key);

/* Do we set all of it? */
bool section_is_ours(const char *section);

/* As a dictionary's entry of the open section. What sd-bus wants: negative, it failed. */
int entry_append(sd_bus_message *call, const struct entry *entry);

#endif
