/* SPDX-License-Identifier: MIT
 *
 * The table of verbs: what each needs and may do.
 */
#ifndef WIRE_VERBS_H
#define WIRE_VERBS_H

#include <stdbool.h>

enum verb {
#define FRONT_VERB(name, ...)  VERB_##name,
#define WORKER_VERB(name, ...) VERB_##name,
#include "wire/verbs.def"
    VERB_COUNT
};

/* Each has those before it, too. */
enum verb_libraries { LIBRARIES_NONE, LIBRARIES_KERBEROS, LIBRARIES_WEB, LIBRARIES_CERT };
/* LOCAL and KEYRING, which no row has: the ticket cache is behind a local socket, in the kernel.
 * THREADS: libcurl looks up names in one, and a key is made in one. KEYS: security keys that are
 * plugged in, now or later, for a sign-in that may ask for one. */
enum verb_confinement {
    CONFINEMENT_NETWORK = 1,
    CONFINEMENT_CACHE = 2,
    CONFINEMENT_LOCAL = 4,
    CONFINEMENT_KEYRING = 8,
    CONFINEMENT_PROGRAMS = 16,
    CONFINEMENT_THREADS = 32,
    CONFINEMENT_KEYS = 64
};

struct verb_row {
    const char *word, *synopsis, *sentence;
    enum verb_libraries libraries;
    unsigned confinement;          /* what it may do */
    unsigned seconds, cpu_seconds; /* limits */
};

const struct verb_row *verb_row(enum verb verb);
bool verb_find(const char *word, enum verb *verb);

/* Where somebody asks for it: is it done in the directory beside a provider, too? */
bool verb_is_for_both(enum verb verb);

#endif
