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
};

struct wire_asker wire_asker(struct wire *wire);

#endif
