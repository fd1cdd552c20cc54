/* SPDX-License-Identifier: MIT
 *
 * Elements of BER (X.690) in foreign bytes: one-byte tags, definite lengths, never past the end.
 */
#ifndef BASE_DER_H
#define BASE_DER_H

#include <stdbool.h>

/* Bytes that are borrowed and not yet read. */
struct der {
    const unsigned char *at, *end;
};

/* Takes the next element off in: its tag, and what it holds. False if it is malformed. */
bool der_take(struct der *in, unsigned long *tag, struct der *inside);

/* The same, and false for another tag; in is then past that element. */
bool der_take_as(struct der *in, unsigned long tag, struct der *inside);

#endif
