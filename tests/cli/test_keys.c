/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "cli/keys.h"

#define MORE "\033[99999999999999999999"

static const struct {
    const char *what, *bytes;
    enum key key; /* that the last byte completes */
} rows[] = {
    { "up", "\033[A", KEY_UP },
    { "up, application mode", "\033OA", KEY_UP },
    { "up with a modifier", "\033[1;5A", KEY_UP },
    { "down", "\033[B", KEY_DOWN },
    { "Home of xterm", "\033[H", KEY_FIRST },
    { "Home of the Linux console", "\033[1~", KEY_FIRST },
    { "Home of rxvt", "\033[7~", KEY_FIRST },
    { "End of xterm", "\033OF", KEY_LAST },
    { "End of the Linux console", "\033[4~", KEY_LAST },
    { "End of rxvt", "\033[8~", KEY_LAST },
    { "page up", "\033[5~", KEY_NONE },
    { "F5", "\033[15~", KEY_NONE },
    { "left", "\033[D", KEY_NONE },
    { "a number without an end", MORE MORE MORE "~", KEY_NONE },
    { "up after half a sequence", "\033[1\033\033[A", KEY_UP },
    { "up after Escape", "\033\033[A", KEY_UP },
    { "A alone", "A", KEY_NONE },
    { "Escape alone", "\033", KEY_NONE },
    { "Alt and a digit", "\0332", KEY_NONE },
    { "Enter", "\r", KEY_ENTER },
    { "Enter as a line break", "\n", KEY_ENTER },
    { "a digit", "7", KEY_DIGIT },
    { "a letter of others", "\xc3\xa9", KEY_NONE },
};

static void sequences(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct keys keys = { .state = KEYS_PLAIN };
        enum key key = KEY_NONE;
        for (const char *c = rows[i].bytes; *c; c++)
            key = keys_take(&keys, (unsigned char)*c);
        if (key != rows[i].key)
            fail_msg("%s: key %d", rows[i].what, key);
    }
}

static void any_bytes(void **state)
{
    struct keys keys = { .state = KEYS_PLAIN };
    struct choice choice = { .count = 3 };
    unsigned random = 1;

    (void)state;
    for (int i = 0; i < 1000000; i++) {
        random = random * 1103515245U + 12345U;
        enum key key = keys_take(&keys, (unsigned char)(random >> 16));
        choice_move(&choice, key, keys.number);
        assert_in_range(choice.at, 0, 2);
    }
}

static void digits(void **state)
{
    static const struct {
        int count;
        const char *typed;
        int at;
    } typed[] = { { 3, "2", 1 },   { 3, "9", 0 },    { 3, "0", 0 },    { 3, "21", 0 },
                  { 3, "29", 1 },  { 16, "1", 0 },   { 16, "12", 11 }, { 16, "16", 15 },
                  { 16, "17", 6 }, { 16, "162", 1 }, { 16, "10", 9 },  { 16, "20", 1 } };

    (void)state;
    for (size_t i = 0; i < COUNT(typed); i++) {
        struct choice choice = { .count = typed[i].count };
        for (const char *c = typed[i].typed; *c; c++)
            choice_move(&choice, KEY_DIGIT, *c - '0');
        if (choice.at != typed[i].at)
            fail_msg("%s of %d: line %d", typed[i].typed, typed[i].count, choice.at);
    }
}

static void number_ends(void **state)
{
    struct choice choice = { .count = 16 };

    (void)state;
    choice_move(&choice, KEY_DIGIT, 1);
    choice_move(&choice, KEY_DOWN, 0);
    choice_move(&choice, KEY_DIGIT, 2);
    assert_int_equal(choice.at, 1);
}

FACTS(FACT(sequences, "keys_take: what terminals send for a key is that key, all else is none"),
      FACT(any_bytes, "choice_move: whatever comes, one of the lines"),
      FACT(digits, "choice_move: digits are a number as long as there is such a line"),
      FACT(number_ends, "choice_move: another key ends the number"))
