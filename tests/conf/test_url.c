/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "base/text.h"
#include "conf/url.h"

static struct why why;
static struct url url;

static const char *const alice[URL_VARIABLES] = {
    [URL_USER] = "alice",
    [URL_MAIL] = "alice.o'neil+x@corp.example",
    [URL_UPN] = "alice@corp.example",
    [URL_NETBIOS] = "CORP",
    [URL_HOME] = "\\\\files.corp.example\\home$\\Alice Example",
    [URL_DOMAIN] = "corp.example",
    [URL_DC] = "dc1.corp.example",
    [URL_SITE] = "HQ",
};

static void built(void **state)
{
    static const struct {
        const char *setting, *text, *server, *path;
    } rows[] = {
        { "smb://files/team", "smb://files/team", "files", "team" },
        { "smb://files.corp.example/team/", "smb://files.corp.example/team", "files.corp.example",
          "team" },
        { "smb://files/team/%{user}/x", "smb://files/team/alice/x", "files", "team/alice/x" },
        { "smb://files/home-%{user}$", "smb://files/home-alice$", "files", "home-alice$" },
        { "smb://files-%{site}.%{domain}/a", "smb://files-HQ.corp.example/a",
          "files-HQ.corp.example", "a" },
        { "smb://%{dc}/%{netbios}", "smb://dc1.corp.example/CORP", "dc1.corp.example", "CORP" },
        { "smb://f/a/%{mail}", "smb://f/a/alice.o%27neil%2Bx%40corp.example", "f",
          "a/alice.o'neil+x@corp.example" },
        { "smb://f/Team A/%{upn}", "smb://f/Team%20A/alice%40corp.example", "f",
          "Team A/alice@corp.example" },
        { "smb://f/Team%20A/%c3%9cbung", "smb://f/Team%20A/%C3%9Cbung", "f", "Team A/Übung" },
        { "smb://f/Übung&;`$(x)", "smb://f/%C3%9Cbung%26%3B%60$%28x%29", "f", "Übung&;`$(x)" },
        { "smb://f/100%25", "smb://f/100%25", "f", "100%" },
        { "smb://f/...a/..b", "smb://f/...a/..b", "f", "...a/..b" },
        { "%{home}", "smb://files.corp.example/home$/Alice%20Example", "files.corp.example",
          "home$/Alice Example" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(url_check(rows[i].setting, &why), 0);
        assert_int_equal(url_build(rows[i].setting, alice, &url, &why), 0);
        assert_string_equal(url.text, rows[i].text);
        assert_string_equal(url.server, rows[i].server);
        assert_string_equal(url.path, rows[i].path);
    }
}

static const struct {
    const char *setting, *words;
} refused[] = {
    { "", "it is empty" },
    { "files/team", "expected smb://server/share/folder or %{home}" },
    { "http://files/team", "expected smb://" },
    { "SMB://files/team", "expected smb://" },
    { "file:///etc/passwd", "expected smb://" },
    { "smb:files/team", "expected smb://" },
    { " smb://files/team", "expected smb://" },
    { "%{user}", "expected smb://" },
    { "%{home}/x", "expected smb://" },
    { "-smb://files/team", "expected smb://" },
    { "smb://files", "a name in the path is empty" },
    { "smb://files/", "a name in the path is empty" },
    { "smb:///team", "the server must be a name" },
    { "smb://alice@files/team", "a user or a password" },
    { "smb://CORP;alice:pw@files/team", "a user or a password" },
    { "smb://alice%40files/team", "a user or a password" },
    { "smb://files:445/team", "without a port" },
    { "smb://192.0.2.1/team", "Kerberos knows no addresses" },
    { "smb://[2001:db8::1]/team", "the server must be a name" },
    { "smb://fi les/team", "the server must be a name" },
    { "smb://-files/team", "the server must be a name" },
    { "smb://files./team", "the server must be a name" },
    { "smb://fi\nles/team", "the server must be a name" },
    { "smb://files/te\nam", "control characters" },
    { "smb://files/te%0aam", "control characters" },
    { "smb://files/te\xffm", "is not UTF-8" },
    { "smb://files/team?x", "one of ? # \\" },
    { "smb://files/team#x", "one of ? # \\" },
    { "smb://files\\team", "one of ? # \\" },
    { "smb://files/a|b", "holds one of" },
    { "smb://files/a%2fb", "holds one of" },
    { "smb://files/a%5cb", "holds one of" },
    { "smb://files/*", "holds one of" },
    { "smb://files//team", "is empty" },
    { "smb://files/team//", "is empty" },
    { "smb://files/../team", "ends with a space or a dot" },
    { "smb://files/team/.", "ends with a space or a dot" },
    { "smb://files/team/%2e%2e", "ends with a space or a dot" },
    { "smb://files/team/.. ", "ends with a space or a dot" },
    { "smb://files/ team", "begins with a space" },
    { "smb://files/%00", "a NUL" },
    { "smb://files/%", "a % begins neither" },
    { "smb://files/%4", "a % begins neither" },
    { "smb://files/%zz", "a % begins neither" },
    { "smb://files/%{nobody}", "a %{NAME} in it is not known" },
    { "smb://files/%{user", "a %{NAME} in it is not known" },
    { "smb://files/%{}", "a %{NAME} in it is not known" },
    { "smb://files/%{home}", "%{home} is a whole URL" },
    { "smb://%{user}/team", "%{user} may not name the server" },
    { "smb://%{mail}/team", "%{mail} may not name the server" },
};

static void bad_settings(void **state)
{
    char large[10001];

    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        test_reason(url_check(refused[i].setting, &why), &why, REASON_BAD_SETTING,
                    refused[i].words);
        assert_int_not_equal(url_build(refused[i].setting, alice, &url, &why), 0);
    }
    memset(large, 'x', sizeof large);
    memcpy(large, "smb://f/", 8);
    large[10000] = '\0';
    test_reason(url_check(large, &why), &why, REASON_BAD_SETTING, "more than 1024 bytes");
    large[8 + 81] = '\0';
    test_reason(url_check(large, &why), &why, REASON_BAD_SETTING, "more than 80 bytes");
}

static void hostile_values(void **state)
{
    static const char *const values[] = {
        "",   "..",  ".",   "a/b",   "../../etc", "a\\b", "a\nb", "a\rb", "a\033[2J", "a:b",
        "a*", "a?b", "a|b", "\"a\"", "<a>",       "a ",   " a",   "a.",   "a\xff",    "\u202ea",
    };
    const char *hostile[URL_VARIABLES] = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        hostile[URL_USER] = values[i];
        test_reason(url_build("smb://files/team/%{user}", hostile, &url, &why), &why,
                    REASON_SHARE_VALUE, "");
        assert_true(text_is_clean(why.text, strlen(why.text)));
    }
    hostile[URL_USER] = NULL;
    test_reason(url_build("smb://files/team/%{user}", hostile, &url, &why), &why,
                REASON_SHARE_VALUE, "nothing is known for %{user}");
    hostile[URL_USER] = "%2e%2e;$(id)`id`'&%{mail}@#";
    assert_int_equal(url_build("smb://f/t/%{user}", hostile, &url, &why), 0);
    assert_string_equal(url.text,
                        "smb://f/t/%252e%252e%3B$%28id%29%60id%60%27%26%25%7Bmail%7D%40%23");
}

static void hostile_servers(void **state)
{
    static const struct {
        enum url_variable variable;
        const char *setting, *value;
    } rows[] = {
        { URL_DOMAIN, "smb://files.%{domain}/x", "corp" },
        { URL_DOMAIN, "smb://files.%{domain}/x", "corp.example/y" },
        { URL_DOMAIN, "smb://files.%{domain}/x", "a@evil.example" },
        { URL_DOMAIN, "smb://files.%{domain}/x", "corp.example:1" },
        { URL_DC, "smb://%{dc}/x", "192.0.2.1" },
        { URL_SITE, "smb://%{site}.corp.example/x", "evil.example" },
        { URL_SITE, "smb://%{site}.corp.example/x", "evil/" },
        { URL_SITE, "smb://%{site}.corp.example/x", "-x" },
        { URL_SITE, "smb://%{site}.corp.example/x", "Köln" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *values[URL_VARIABLES] = { 0 };
        values[rows[i].variable] = rows[i].value;
        test_reason(url_build(rows[i].setting, values, &url, &why), &why, REASON_SHARE_VALUE, "");
    }
}

static void long_values(void **state)
{
    char value[300], setting[200] = "smb://f/t";
    const char *values[URL_VARIABLES] = { [URL_USER] = value };

    (void)state;
    memset(value, 'u', sizeof value);
    value[257] = '\0';
    test_reason(url_build("smb://f/t/%{user}", values, &url, &why), &why, REASON_SHARE_VALUE,
                "%{user} is too long");
    value[256] = '\0';
    assert_int_equal(url_build("smb://f/t/%{user}", values, &url, &why), 0);
    for (int i = 0; i < 4; i++)
        (void)strcat(setting, "/%{user}");
    test_reason(url_build(setting, values, &url, &why), &why, REASON_SHARE_VALUE, "it is too long");
    test_reason(url_build("smb://f/t/%{user}%{user}%{user}%{user}%{user}", values, &url, &why),
                &why, REASON_SHARE_VALUE, "it is too long");
}

static void homes(void **state)
{
    static const struct {
        const char *home, *text;
    } good[] = {
        { "\\\\files\\alice", "smb://files/alice" },
        { "\\\\files\\home$\\alice\\", "smb://files/home$/alice" },
        { "\\\\files\\h\\Jürgen Groß", "smb://files/h/J%C3%BCrgen%20Gro%C3%9F" },
        { "\\\\files\\h\\%2e%2e", "smb://files/h/%252e%252e" },
        { "\\\\files\\h\\%{user}", "smb://files/h/%25%7Buser%7D" },
    };
    static const char *const bad[] = {
        "",
        "H:\\alice",
        "alice",
        "\\\\files",
        "\\\\files\\",
        "\\\\\\alice",
        "\\files\\alice",
        "//files/alice",
        "\\\\files\\a/b",
        "\\\\files\\..\\x",
        "\\\\files\\x\\..",
        "\\\\?\\C:\\x",
        "\\\\.\\pipe\\x",
        "\\\\192.0.2.1\\x",
        "\\\\files:445\\x",
        "\\\\a@files\\x",
        "\\\\files\\x\ny",
        "\\\\files\\x\\\\y",
        "smb://files/x",
        "\\\\files@SSL\\x",
    };
    const char *values[URL_VARIABLES] = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        values[URL_HOME] = good[i].home;
        assert_int_equal(url_build("%{home}", values, &url, &why), 0);
        assert_string_equal(url.text, good[i].text);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        values[URL_HOME] = bad[i];
        test_reason(url_build("%{home}", values, &url, &why), &why, REASON_SHARE_VALUE, "home");
    }
    values[URL_HOME] = NULL;
    test_reason(url_build("%{home}", values, &url, &why), &why, REASON_SHARE_VALUE,
                "tells no home folder");
}

FACTS(FACT(built, "url_build: values are filled in, and what needs it is encoded"),
      FACT(bad_settings, "url_check: other schemes, users, ports, addresses, .. are refused"),
      FACT(hostile_values, "url_build: a value never leaves the name that it stands in"),
      FACT(hostile_servers, "url_build: a value names no other server"),
      FACT(long_values, "url_build: values and paths that are too long are refused"),
      FACT(homes, "url_build: the home folder is \\\\\\\\server\\\\share\\\\folder, or refused"))
