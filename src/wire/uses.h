/* SPDX-License-Identifier: MIT
 *
 * What was told of which certificate, in certificates/uses of our folder of state (mode 0600, no
 * secret): for all identities, as two of them may not have the same connection.
 */
#ifndef WIRE_USES_H
#define WIRE_USES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/outcome.h"

enum {
    USES_MOST = 64,
    USE_WHAT = 17,
    USE_NAME = 33,
    USE_UUID = 37,
    USE_DIGEST = 65,
    USE_WHERE = 257,
    USE_LINE = 768 /* more than all of one */
};

/* One connection of NetworkManager. */
struct use_row {
    char what[USE_WHAT]; /* wifi, wired */
    char uuid[USE_UUID]; /* by which NetworkManager knows it */
    char identity[USE_NAME], certificate[USE_NAME];
    char wanted[USE_DIGEST]; /* of what we want to be there */
    char digest[USE_DIGEST]; /* of what was there when we had written it; "": we may not have come
                                to that */
    char where[USE_WHERE];   /* "": there is one of that kind */
};

struct uses {
    struct use_row all[USES_MOST];
    size_t count;
};

/* In the folder certificates. An absent file has none. state-damaged, other-owner. */
enum outcome uses_read(int folder, struct uses *uses, struct why *why);

/* On the disk when this is OK. */
enum outcome uses_write(int folder, const struct uses *uses, struct why *why);

/* The lines of the file. False if they are damaged, and there are none then. */
bool uses_parse(struct uses *uses, const char *lines, size_t length);

/* NULL: none. */
struct use_row *uses_find(struct uses *uses, const char *uuid);

/* The row of that connection, or a new one, empty but for that; NULL: there is no room. */
struct use_row *uses_add(struct uses *uses, const char *uuid);
void uses_drop(struct uses *uses, const char *uuid);

#endif
