/* SPDX-License-Identifier: MIT */
#include "net/proxy.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

static const char *variable(const char *small, const char *large)
{
    const char *value = getenv(small);

    if (!value || !*value)
        value = getenv(large);
    return value ? value : "";
}

static bool is_http_proxy(const char *url)
{
    char *scheme = NULL, *port = NULL;
    CURLU *handle = curl_url();
    bool good =
        handle &&
        !curl_url_set(handle, CURLUPART_URL, url, CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) &&
        !curl_url_get(handle, CURLUPART_SCHEME, &scheme, 0) && !strcmp(scheme, "http") &&
        !curl_url_get(handle, CURLUPART_PORT, &port, 0) && strcmp(port, "0") != 0;

    curl_free(scheme);
    curl_free(port);
    curl_url_cleanup(handle);
    return good;
}

enum outcome proxy_choose(const char *setting, struct proxy *proxy, struct why *why)
{
    bool is_set = *setting;

    *proxy = (struct proxy){ .url = setting, .except = "" };
    if (!strcmp(setting, "direct"))
        proxy->url = "";
    if (!is_set) {
        proxy->url = variable("https_proxy", "HTTPS_PROXY");
        proxy->except = variable("no_proxy", "NO_PROXY");
    }
    if (!*proxy->url)
        return OUTCOME_OK;
    if (!is_http_proxy(proxy->url))
        return fail(why, REASON_BAD_SETTING, "%s: expected http://HOST:PORT",
                    is_set ? "proxy" : "https_proxy");
    url_show(proxy->url, proxy->shown);
    return OUTCOME_OK;
}
