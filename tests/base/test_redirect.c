/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "base/redirect.h"

#define STATE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_"

static void reads(void **nothing)
{
    static const struct {
        const char *uri;
        bool good;
    } rows[] = {
        { "org.chatelaine:/callback?state=" STATE, true },
        { "org.chatelaine:/callback?code=c&state=" STATE "&iss=x", true },
        { "org.chatelaine:/callback?code=%00&state=" STATE "#rest", true }, /* not looked at here */
        /* Another address. */
        { "", false },
        { "org.chatelaine:/callback", false },
        { "org.chatelaine:/callback#?state=" STATE, false },
        { "org.chatelaine:/callback/?state=" STATE, false },
        { "org.chatelaine://callback?state=" STATE, false },
        { "Org.Chatelaine:/callback?state=" STATE, false },
        { " org.chatelaine:/callback?state=" STATE, false },
        { "https://org.chatelaine:/callback?state=" STATE, false },
        /* No state that could be ours: a name in a folder is made of it. */
        { "org.chatelaine:/callback?", false },
        { "org.chatelaine:/callback?state=", false },
        { "org.chatelaine:/callback?State=" STATE, false },
        { "org.chatelaine:/callback?#state=" STATE, false },
        { "org.chatelaine:/callback?state=" STATE "A", false },
        { "org.chatelaine:/callback?state=bcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_", false },
        { "org.chatelaine:/callback?state=" STATE "&state=" STATE, false },
        { "org.chatelaine:/callback?state=../aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
        { "org.chatelaine:/callback?state=%2e%2e%2faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          false },
        { "org.chatelaine:/callback?state=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-%00", false },
        { "org.chatelaine:/callback?state=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-+", false },
        { "org.chatelaine:/callback?state=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-.", false },
    };
    char state[REDIRECT_STATE];

    (void)nothing;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (redirect_state(rows[i].uri, state) != rows[i].good)
            fail_msg("%s", rows[i].uri);
        if (rows[i].good)
            assert_string_equal(state, STATE);
    }
}

static void too_long(void **nothing)
{
    static const char head[] = REDIRECT_URI "?state=" STATE "&code=";
    static char uri[REDIRECT_MOST + 1];
    char state[REDIRECT_STATE];

    (void)nothing;
    memset(uri, 'c', REDIRECT_MOST);
    memcpy(uri, head, sizeof head - 1);
    assert_false(redirect_state(uri, state));
    uri[REDIRECT_MOST - 1] = '\0';
    assert_true(redirect_state(uri, state));
}

static void is_state(void **nothing)
{
    (void)nothing;
    assert_true(redirect_is_state(STATE));
    assert_false(redirect_is_state("agent"));
    assert_false(redirect_is_state(""));
    assert_false(redirect_is_state(STATE "/"));
    assert_false(redirect_is_state("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN/-_"));
}

FACTS(FACT(reads, "redirect_state: to the letter, with one state of ours"),
      FACT(too_long, "redirect_state: not of more than 8191 bytes"),
      FACT(is_state, "redirect_is_state: 43 characters of base64url"))
