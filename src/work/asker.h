/* SPDX-License-Identifier: MIT
 *
 * The worker's asker: steps and questions go over the wire, answers and the cancel come back.
 */
#ifndef WORK_ASKER_H
#define WORK_ASKER_H

#include "base/asker.h"
#include "wire/wire.h"

struct wire_asker {
    struct asker asker;
    struct wire *wire;
    long *deadline_ms; /* moved on while a person thinks; may be NULL */
    bool cancelled;    /* by the person, or because nobody is there any more */
    bool unattended;   /* nobody is there from the beginning: no question is asked */
};

struct wire_asker wire_asker(struct wire *wire);

/* Puts a KEYCHAIN message to the front; its KEPT, which may tell of a failure, is the caller's. */
enum outcome wire_asker_keychain(struct wire_asker *asker, struct message *question,
                                 struct message **kept, struct why *why);

#endif
