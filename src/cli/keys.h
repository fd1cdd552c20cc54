/* SPDX-License-Identifier: MIT
 *
 * The keys with which one of several lines is chosen, out of the bytes that a terminal sends for
 * them (ECMA-48; xterm, the Linux console and rxvt differ over Home and End).
 */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

#include <stdbool.h>

enum key { KEY_NONE, KEY_UP, KEY_DOWN, KEY_FIRST, KEY_LAST, KEY_ENTER, KEY_DIGIT };

struct keys {
    enum { KEYS_PLAIN, KEYS_ESCAPE, KEYS_SEQUENCE, KEYS_ONE_MORE } state;
    int number; /* in the sequence; of KEY_DIGIT, which one */
};

/* The key that this byte completes; all that is not known is KEY_NONE. */
enum key keys_take(struct keys *keys, unsigned char byte);

/* One of count lines, from 0, and the number that is being typed, 0: none. */
struct choice {
    int count, at, typed;
};

/* Moves there. Digits are a number as long as there is such a line, else the first of one. */
void choice_move(struct choice *choice, enum key key, int digit);

#endif
