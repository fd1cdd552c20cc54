/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "net/url.h"

static struct why why;

static void accepted(void **state)
{
    static const struct {
        const char *url, *host, *origin;
        unsigned port;
    } rows[] = {
        { "https://idp.example", "idp.example", "https://idp.example", 443 },
        { "https://idp.example/", "idp.example", "https://idp.example", 443 },
        { "HTTPS://IdP.Example:443/a?b=c&d=%20", "idp.example", "https://idp.example", 443 },
        { "https://idp.example:8443/", "idp.example", "https://idp.example:8443", 8443 },
        { "https://idp.example?x", "idp.example", "https://idp.example", 443 },
        { "https://localhost:1", "localhost", "https://localhost:1", 1 },
        { "https://127.0.0.1:65535/", "127.0.0.1", "https://127.0.0.1:65535", 65535 },
        { "https://[::1]/", "::1", "https://[::1]", 443 },
        { "https://[2001:db8::1]:9031/as/token.oauth2", "2001:db8::1", "https://[2001:db8::1]:9031",
          9031 },
        { "https://a_b-c.example/{tenantid}", NULL, NULL, 0 },
        { "https://idp.example/path/with@at:and,all;the!rest*~()'$+=", "idp.example",
          "https://idp.example", 443 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct url url;
        enum outcome out = web_url_check(rows[i].url, &url, &why);
        assert_int_equal(out, rows[i].host ? OUTCOME_OK : OUTCOME_STRANGE);
        if (out)
            continue;
        assert_string_equal(url.host, rows[i].host);
        assert_string_equal(url.origin, rows[i].origin);
        assert_int_equal(url.port, rows[i].port);
    }
}

static const struct {
    const char *url, *words;
} bad[] = {
    { "", "not https" },
    { "idp.example", "not https" },
    { "//idp.example/", "not https" },
    { "http://idp.example/", "not https" },
    { "ftp://idp.example/", "not https" },
    { "file:///etc/passwd", "not https" },
    { "gopher://idp.example/", "not https" },
    { "https:idp.example", "not https" },
    { "https:/idp.example", "not https" },
    { "javascript:alert(1)", "not https" },
    { "https://", "" },
    { "https:///", "" },
    { "https:///path", "" },
    { "https://:443/", "" },
    { "https://user@idp.example/", "names a user" },
    { "https://user:secret@idp.example/", "names a user" },
    { "https://@idp.example/", "" },
    { "https://idp.example@evil.example/", "names a user" },
    { "https://idp.example:0/", "port" },
    { "https://idp.example:65536/", "" },
    { "https://idp.example:99999999999/", "" },
    { "https://idp.example:-1/", "" },
    { "https://idp.example:+443/", "" },
    { "https://idp.example:44x/", "" },
    { "https://idp.example/#fragment", "fragment" },
    { "https://idp.example#@evil.example/", "fragment" },
    { "https://idp.example/\r\nHost: evil", "characters" },
    { "https://idp.example/a b", "characters" },
    { " https://idp.example/", "characters" },
    { "https://idp.example/\x7f", "characters" },
    { "https://idp.example\\@evil.example/", "characters" },
    { "https://idp.example/\xc3\xa4", "characters" },
    { "https://b\xc3\xbc"
      "cher.example/",
      "characters" },
    { "https://idp.example/\"<>", "characters" },
    { "https://idp..example/", "host" },
    { "https://.idp.example/", "host" },
    { "https://idp.example./", "host" },
    { "https://idp%2eexample/", "host" },
    { "https://%69dp.example/", "host" },
    { "https://idp.example%00.evil.example/", "" },
    { "https://idp.example,evil.example/", "" },
    { "https://0x7f.1/", "host" },
    { "https://2130706433/", "host" },
    { "https://127.1/", "host" },
    { "https://017700000001/", "host" },
    { "https://[::1/", "" },
    { "https://[::1]x/", "" },
    { "https://[fe80::1%25eth0]/", "host" },
    { "https://[idp.example]/", "" },
    { "https://[::ffff:127.0.0.1]/", NULL }, /* an address like others */
};

static void refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct url url;
        enum outcome out = web_url_check(bad[i].url, &url, &why);
        if (bad[i].words)
            test_reason(out, &why, REASON_BAD_ANSWER, bad[i].words);
        else
            assert_int_equal(out, 0);
        assert_null(out ? strstr(why.text, "secret") : NULL);
        assert_true(text_is_clean(why.text, strlen(why.text)));
    }
}

static void lengths(void **state)
{
    char url[URL_MOST + 2] = "https://idp.example/";
    struct url parts;

    (void)state;
    memset(url + strlen(url), 'x', URL_MOST - strlen(url));
    url[URL_MOST] = '\0';
    assert_int_equal(web_url_check(url, &parts, &why), 0);
    url[URL_MOST] = 'x';
    url[URL_MOST + 1] = '\0';
    test_reason(web_url_check(url, &parts, &why), &why, REASON_BAD_ANSWER, "too long");
    (void)snprintf(url, sizeof url, "https://%0*d.example/", 260, 0);
    test_reason(web_url_check(url, &parts, &why), &why, REASON_BAD_ANSWER, "host");
}

static void origins(void **state)
{
    static const struct {
        const char *one, *other;
        bool same;
    } rows[] = {
        { "https://a.example/x", "https://A.example:443/y?z", true },
        { "https://[::1]/x", "https://[::1]:443", true },
        { "https://a.example", "https://a.example:8443", false },
        { "https://a.example", "https://b.example", false },
        { "https://a.example", "https://a.example.b", false },
        { "https://a.example", "http://a.example", false },
        { "http://a.example", "http://a.example", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(url_same_origin(rows[i].one, rows[i].other), rows[i].same);
}

static void shown(void **state)
{
    static const struct {
        const char *url, *shown;
    } rows[] = {
        { "https://idp.example/path", "https://idp.example/path" },
        { "https://idp.example/path?code=SECRET", "https://idp.example/path..." },
        { "https://idp.example#SECRET", "https://idp.example..." },
        { "https://user:SECRET@idp.example/p@th", "https://idp.example/p@th" },
        { "https://user:SECRET@x@idp.example/", "https://idp.example/" },
        { "user:SECRET@idp.example", "" },
        { "https:SECRET@idp.example", "" },
        { "https:\\\\user:SECRET@idp.example", "" },
        { "\033[2J//evil", "?[2J//evil" },
        { "/login?x", "/login..." },
        { "", "" },
    };
    char text[URL_SHOWN], many[5000] = "https://idp.example/";

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        url_show(rows[i].url, text);
        assert_string_equal(text, rows[i].shown);
    }
    memset(many + strlen(many), 'x', 4000);
    url_show(many, text);
    assert_true(strlen(text) < 250 && !strcmp(text + strlen(text) - 3, "..."));
}

FACTS(FACT(accepted, "web_url_check: https with a host as it is written"),
      FACT(refused,
           "web_url_check: other schemes, users, ports, hosts in disguise, foreign characters"),
      FACT(lengths, "web_url_check: lengths are bounded"),
      FACT(origins, "url_same_origin: scheme, host and port"),
      FACT(shown, "url_show: no user, query or fragment, and clean text"))
