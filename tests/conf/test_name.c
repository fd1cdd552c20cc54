/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "conf/name.h"

static struct why why;

static void good_users(void **state)
{
    static const char *const names[] = {
        "alice",
        "a",
        "alice@corp.example",
        "o'neill",
        "first.last",
        "two words",
        "svc-x$",
        "m\xc3\xbcller",
        "alice@mail.corp.example",
        "100%",
        "a!b#c&d",
        "-x",
        "{curly}",
        "back`tick",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        if (name_check_user(names[i], &why))
            fail_msg("%s: %s", names[i], why.text);
}

static void bad_users(void **state)
{
    static const struct {
        const char *name, *words;
    } rows[] = {
        { "", "is empty" },
        { "alice@@corp.example", "user@domain" },
        { "a@b.c@d.e", "user@domain" },
        { "@corp.example", "user@domain" },
        { "alice@", "user@domain" },
        { " alice", "a space" },
        { "alice ", "a space" },
        { " ", "a space" },
        { "ali\nce", "control characters" },
        { "ali\tce", "control characters" },
        { "ali\033[2Jce", "control characters" },
        { "\x7f", "control characters" },
        { "M\xfcller", "control characters" },
        { "\xe2\x80\xae"
          "ecila",
          "control characters" },
        { "a*", "holds a *" },
        { "(a)(b=c)", "holds a =" },
        { "a)(|(b=*", "holds a |" },
        { "a\\2a", "holds a \\" },
        { "krbtgt/CORP.EXAMPLE", "holds a /" },
        { "CORP\\alice", "holds a \\" },
        { "a,b", "holds a ," },
        { "a;b", "holds a ;" },
        { "a:b", "holds a :" },
        { "a+b", "holds a +" },
        { "a<b>", "holds a <" },
        { "a\"b", "holds a \"" },
        { "[a]", "holds a [" },
        { "a?b", "holds a ?" },
        { "alice@corp", "\"corp\" is not a domain's name" },
        { "alice@corp.example.", "not a domain's name" },
        { "alice@-corp.example", "not a domain's name" },
        { "alice@corp .example", "not a domain's name" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        test_reason(name_check_user(rows[i].name, &why), &why, REASON_BAD_NAME, rows[i].words);
}

static void long_users(void **state)
{
    static char name[10001];

    (void)state;
    memset(name, 'a', sizeof name - 1);
    test_reason(name_check_user(name, &why), &why, REASON_BAD_NAME, "more than 256 bytes");
    name[NAME_USER_MOST + 1] = '\0';
    test_reason(name_check_user(name, &why), &why, REASON_BAD_NAME, "more than 256 bytes");
    name[NAME_USER_MOST] = '\0';
    assert_int_equal(name_check_user(name, &why), 0);
}

static void domains(void **state)
{
    static const char *const good[] = { "a.b", "corp.example", "CORP.EXAMPLE", "x-1.2.example" };
    static const char *const bad[] = { "",      "a",     ".",     "a.",           ".a",
                                       "a..b",  "-a.b",  "a-.b",  "a.b-",         "a_b.c",
                                       "a b.c", "a/b.c", "a.b\n", "m\xc3\xbc.de", "a.b:88",
                                       "[::1]" };
    char name[300];

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        if (!name_is_domain(good[i]))
            fail_msg("%s is refused", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (name_is_domain(bad[i]))
            fail_msg("%s is accepted", bad[i]);
    memset(name, 'a', sizeof name);
    (void)strcpy(name + 63, ".b");
    assert_true(name_is_domain(name));
    memset(name, 'a', 64);
    (void)strcpy(name + 64, ".b");
    assert_false(name_is_domain(name));
    for (size_t i = 0; i < 253; i++)
        name[i] = i % 2 ? '.' : 'a';
    name[253] = '\0';
    assert_true(name_is_domain(name));
    (void)strcpy(name + 253, ".a");
    assert_false(name_is_domain(name));
}

static void identities(void **state)
{
    static const char *const good[] = { "a", "work", "Admin-2", "x_y.z", "a..b" };
    static const char *const bad[] = {
        "", ".", "..", ".x", "a/b", "../x", "a b", "a\n", "m\xc3\xbcller", "a]b", "a\\b"
    };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        if (!name_is_identity(good[i]))
            fail_msg("%s is refused", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (name_is_identity(bad[i]))
            fail_msg("%s is accepted", bad[i]);
    assert_true(name_is_identity("0123456789abcdef0123456789abcdef"));
    assert_false(name_is_identity("0123456789abcdef0123456789abcdef0"));
}

FACTS(FACT(good_users, "name_check_user: names as companies give them are taken"),
      FACT(bad_users, "name_check_user: what cannot be a name is refused and says why"),
      FACT(long_users, "name_check_user: 256 bytes are taken, 257 and 10 kB are not"),
      FACT(domains, "name_is_domain: two labels or more of letters, digits and hyphens"),
      FACT(identities, "name_is_identity: a word that can name a file"))
