/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "net/cookie.h"

#define HOST "corp.okta.example"

/* The value, which lies in the line; NULL: none. */
static char *value_of(const char *line)
{
    size_t length = 0;
    const char *value = cookie_find(line, "sid", HOST, &length);

    if (!value)
        return NULL;
    assert_true(length && value > line && value + length <= line + strlen(line));
    return strndup(value, length);
}

static void gives(const char *line, const char *expected)
{
    char *value = value_of(line);

    if (!value || strcmp(value, expected) != 0)
        fail_msg("%s: %s", line, value ? value : "none");
    free(value);
}

static void values(void **state)
{
    static const char *const rows[][2] = {
        { "sid=102abc; Path=/; Secure; HttpOnly", "102abc" },
        { "sid=a;Secure", "a" },
        { " \tsid \t= a= \t; SECURE ", "a=" },
        { "sid=a; Secure=; Max-Age=3600", "a" },
        { "sid=a; =; ; ;;Secure", "a" },
        { "sid=a; Domain=" HOST "; Secure", "a" },
        { "sid=a; domain = CORP.okta.Example ; Secure", "a" },
        { "sid=a; Secure; Expires=Thu, 01-Jan-2030 00:00:10 GMT; SameSite=None", "a" },
        { "sid=!#$%&'()*+-./:<=>?@[]^_`{|}~; Secure", "!#$%&'()*+-./:<=>?@[]^_`{|}~" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        gives(rows[i][0], rows[i][1]);
}

static void none(void **state)
{
    static const char *const rows[] = {
        "",
        ";",
        "=",
        "sid",
        "sid=a",
        "sid=; Secure",
        "sid; Secure",
        "sid; a=b; Secure",
        "=sid; Secure",
        "sids=a; Secure",
        "si=a; Secure",
        "SID=a; Secure",
        "x=y; sid=a; Secure",
        "sid=a; Securely",
        "sid=a; NotSecure",
        "sid=a; x=Secure",
        "sid=\"\"; Secure",
        "sid=\"a\"; Secure",
        "sid=a b; Secure",
        "sid=a,b; Secure",
        "sid=a\\b; Secure",
        "sid=a\x01; Secure",
        "sid=a\tb; Secure",
        "sid=a\x7f; Secure",
        "sid=a\xc3\xa4; Secure",
        "sid=a\r\nEvil: yes; Secure",
        "sid=a; Secure; Domain=okta.example",
        "sid=a; Secure; Domain=." HOST,
        "sid=a; Secure; Domain=evil.example",
        "sid=a; Secure; Domain=x" HOST,
        "sid=a; Secure; Domain=",
        "sid=a; Secure; Domain",
        "sid=a; Secure; Domain=" HOST "; Domain=evil.example",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *value = value_of(rows[i]);
        if (value)
            fail_msg("%s: %s", rows[i], value);
    }
}

static void bounds(void **state)
{
    static char line[COOKIE_MOST + 100];

    (void)state;
    memcpy(line, "sid=", 4);
    memset(line + 4, 'x', COOKIE_MOST + 1);
    (void)strcpy(line + 4 + COOKIE_MOST + 1, "; Secure");
    assert_null(value_of(line));
    (void)strcpy(line + 4 + COOKIE_MOST, "; Secure");
    char *value = value_of(line);
    assert_non_null(value);
    assert_int_equal(strlen(value), COOKIE_MOST);
    free(value);
}

FACTS(FACT(values, "cookie_find: the value of a cookie for this host, over TLS"),
      FACT(none, "cookie_find: nothing of another one, of another host, in the clear, or unclean"),
      FACT(bounds, "cookie_find: no longer than it may be"))
