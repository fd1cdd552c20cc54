/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "cli/screen.h"

static void fits(void **state)
{
    static const struct {
        const char *text;
        int columns, bytes;
    } rows[] = {
        { "", 10, 0 },
        { "alice", 10, 5 },
        { "alice", 5, 5 },
        { "alice", 4, 4 },
        { "alice", 0, 0 },
        { "alice", -1, 0 },
        { "M\xc3\xbcller", 2, 3 },            /* one column of two bytes */
        { "\xe6\xbc\xa2\xe6\xbc\xa2", 3, 3 }, /* two columns each */
        { "\xe6\xbc\xa2\xe6\xbc\xa2", 4, 6 }, /* */
        { "e\xcc\x81!", 1, 3 },               /* an accent of its own has none */
        { "\xf0\x9f\x94\x91", 1, 0 },         /* a key */
        { "\xf0\x9f\x94\x91", 2, 4 },         /* */
        { "\xf3\xb0\x80\x80", 1, 3 + 1 },     /* for private use: one */
        { "\xf4\x8f\xbf\xbf", 1, 0 },         /* no character: perhaps two */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (screen_fit(rows[i].text, rows[i].columns) != rows[i].bytes)
            fail_msg("row %zu: %d bytes", i, screen_fit(rows[i].text, rows[i].columns));
}

static void other_language(void **state)
{
    (void)state;
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    assert_int_equal(screen_fit("M\xc3\xbcller", 2), 3);
    assert_int_equal(unsetenv("LC_ALL"), 0);
}

static void no_terminal(void **state)
{
    (void)state;
    assert_int_equal(setenv("TERM", "xterm", 1), 0);
    assert_false(screen_can_draw(-1));
    assert_int_equal(screen_columns(-1), 0);
    assert_int_equal(screen_rows(-1), 0);
}

FACTS(FACT(fits, "screen_fit: whole characters, by the columns that they take"),
      FACT(other_language, "screen_fit: whatever the person's language"),
      FACT(no_terminal, "screen: what is no terminal cannot draw, and has no size"))
