/* SPDX-License-Identifier: MIT */
#include "cli/keys.h"

enum { ESCAPE = 0x1b, NUMBER_MOST = 100 };

static enum key take_plain(struct keys *keys, unsigned char byte)
{
    if (byte == ESCAPE)
        keys->state = KEYS_ESCAPE;
    if (byte == '\r' || byte == '\n')
        return KEY_ENTER;
    if (byte < '0' || byte > '9')
        return KEY_NONE;
    keys->number = byte - '0';
    return KEY_DIGIT;
}

/* The last byte of a sequence says which key it was. */
static enum key named(unsigned char byte, int number)
{
    switch (byte) {
    case 'A':
        return KEY_UP;
    case 'B':
        return KEY_DOWN;
    case 'H':
        return KEY_FIRST;
    case 'F':
        return KEY_LAST;
    case '~':
        return number == 1 || number == 7   ? KEY_FIRST
               : number == 4 || number == 8 ? KEY_LAST
                                            : KEY_NONE;
    default:
        return KEY_NONE;
    }
}

static enum key take_sequence(struct keys *keys, unsigned char byte)
{
    if (byte >= '0' && byte <= '9' && keys->number < NUMBER_MOST)
        keys->number = keys->number * 10 + byte - '0';
    if (byte >= 0x20 && byte < 0x40)
        return KEY_NONE;
    keys->state = KEYS_PLAIN;
    return named(byte, keys->number);
}

enum key keys_take(struct keys *keys, unsigned char byte)
{
    switch (keys->state) {
    case KEYS_ESCAPE:
        keys->number = 0;
        keys->state = byte == '['      ? KEYS_SEQUENCE
                      : byte == 'O'    ? KEYS_ONE_MORE
                      : byte == ESCAPE ? KEYS_ESCAPE
                                       : KEYS_PLAIN;
        return KEY_NONE;
    case KEYS_SEQUENCE:
        return take_sequence(keys, byte);
    case KEYS_ONE_MORE:
        keys->state = KEYS_PLAIN;
        return named(byte, 0);
    case KEYS_PLAIN:
        break;
    }
    return take_plain(keys, byte);
}

static void type_digit(struct choice *choice, int digit)
{
    int number = choice->typed * 10 + digit;

    if (number > choice->count)
        number = digit;
    if (number < 1 || number > choice->count)
        return;
    choice->typed = number;
    choice->at = number - 1;
}

void choice_move(struct choice *choice, enum key key, int digit)
{
    if (key == KEY_DIGIT)
        type_digit(choice, digit);
    else if (key != KEY_NONE)
        choice->typed = 0;
    if (key == KEY_UP)
        choice->at = (choice->at + choice->count - 1) % choice->count;
    else if (key == KEY_DOWN)
        choice->at = (choice->at + 1) % choice->count;
    else if (key == KEY_FIRST)
        choice->at = 0;
    else if (key == KEY_LAST)
        choice->at = choice->count - 1;
}
