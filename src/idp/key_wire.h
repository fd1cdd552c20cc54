/* SPDX-License-Identifier: MIT
 *
 * Within idp: the way to one key, as libfido2 wants it, which ends when the person has had enough.
 */
#ifndef IDP_KEY_WIRE_H
#define IDP_KEY_WIRE_H

#include <fido.h>

#include "idp/key.h"

/* The path comes first: libfido2 hands over nothing else. */
struct key_wire {
    struct key_place place;
    const struct key_bus *bus;
    struct asker *asker;
    int fd, error;        /* errno; 0: none */
    bool cancelled, late; /* why the last read failed */
};

extern const fido_dev_io_t key_io;

#endif
