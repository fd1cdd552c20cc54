/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "net/proxy.h"

static struct why why;

static void set(const char *https_proxy, const char *no_proxy)
{
    static const char *const all[] = { "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY" };

    for (size_t i = 0; i < COUNT(all); i++)
        (void)unsetenv(all[i]);
    if (https_proxy)
        (void)setenv("https_proxy", https_proxy, 1);
    if (no_proxy)
        (void)setenv("no_proxy", no_proxy, 1);
}

static void setting(void **state)
{
    struct proxy proxy;

    (void)state;
    set("http://env.example:1", "no.example");
    assert_int_equal(proxy_choose("http://proxy.example:3128", &proxy, &why), 0);
    assert_string_equal(proxy.url, "http://proxy.example:3128");
    assert_string_equal(proxy.except, "");
    assert_int_equal(proxy_choose("direct", &proxy, &why), 0);
    assert_string_equal(proxy.url, "");
}

static void environment(void **state)
{
    struct proxy proxy;

    (void)state;
    set("http://me:SECRET@env.example:1", "no.example");
    assert_int_equal(proxy_choose("", &proxy, &why), 0);
    assert_string_equal(proxy.url, "http://me:SECRET@env.example:1");
    assert_string_equal(proxy.except, "no.example");
    assert_string_equal(proxy.shown, "http://env.example:1");
    set(NULL, NULL);
    assert_int_equal(proxy_choose("", &proxy, &why), 0);
    assert_string_equal(proxy.url, "");
    (void)setenv("HTTPS_PROXY", "large.example:2", 1);
    (void)setenv("NO_PROXY", "*", 1);
    assert_int_equal(proxy_choose("", &proxy, &why), 0);
    assert_string_equal(proxy.url, "large.example:2");
    assert_string_equal(proxy.except, "*");
}

static void refused(void **state)
{
    static const char *const values[] = {
        "https://proxy.example:1",
        "socks5h://proxy.example:1",
        "http://proxy.example",
        "http://user:SECRET@proxy.example",
        "proxy.example",
        "http://proxy.example:0",
        "http://:1",
        "http://proxy.example:1x",
        "file:///etc/passwd",
    };
    struct proxy proxy;

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        set(values[i], NULL);
        test_reason(proxy_choose("", &proxy, &why), &why, REASON_BAD_SETTING,
                    "https_proxy: expected http://HOST:PORT");
        assert_null(strstr(why.text, "SECRET"));
    }
}

FACTS(FACT(setting, "proxy_choose: the setting, whatever the environment says"),
      FACT(environment, "proxy_choose: the environment, with its exceptions"),
      FACT(refused,
           "proxy_choose: no other than an http proxy with its port, and no secret is told"))
