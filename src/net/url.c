/* SPDX-License-Identifier: MIT */
#include "net/url.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static const char scheme[] = "https://";
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/* RFC 3986 2.2, 2.3 and "%"; a fragment is not wanted. */
static const char marks[] = "-._~:/?[]@!$&'()*+,;=%";

static void handle_free(CURLU **handle)
{
    curl_url_cleanup(*handle);
}

static void part_free(char **part)
{
    curl_free(*part);
}

#define handle_auto __attribute__((cleanup(handle_free))) CURLU
#define part_auto   __attribute__((cleanup(part_free))) char

static bool is_printable(const char *url)
{
    for (const char *c = url; *c; c++)
        if (!strchr(letters, *c) && !strchr(marks, *c))
            return false;
    return true;
}

/* A name of the DNS; libcurl has seen to addresses in brackets. */
static bool is_host(const char *host)
{
    size_t length = strlen(host);

    if (*host == '[')
        return true;
    for (size_t i = 0; i < length; i++)
        if (!strchr(letters, host[i]) && !strchr("-_.", host[i]))
            return false;
    return length > 0 && length < URL_HOST - 2 && *host != '.' && host[length - 1] != '.' &&
           !strstr(host, "..");
}

/* Does libcurl see the host as it is written? Not so with "%61", "0x7f.1" or a zone. */
static bool is_written(const char *url, const char *host)
{
    const char *at = url + sizeof scheme - 1;
    size_t length = strlen(host);

    return !strncasecmp(at, host, length) && strchr(":/?", at[length]); /* or the end */
}

static void keep(const char *host, unsigned port, struct url *parts)
{
    bool is_v6 = *host == '[';
    char shown_port[8] = "";

    (void)snprintf(parts->host, sizeof parts->host, "%s", host + is_v6);
    if (is_v6)
        parts->host[strlen(parts->host) - 1] = '\0';
    for (char *c = parts->host; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    parts->port = port;
    if (port != 443)
        (void)snprintf(shown_port, sizeof shown_port, ":%u", port);
    (void)snprintf(parts->origin, sizeof parts->origin, is_v6 ? "%s[%s]%s" : "%s%s%s", scheme,
                   parts->host, shown_port);
}

/* What is wrong with it; NULL: nothing. */
static const char *fault(const char *url, struct url *parts)
{
    part_auto *host = NULL, *port = NULL;
    handle_auto *handle = NULL;

    if (strlen(url) > URL_MOST)
        return "it is too long";
    if (!is_printable(url))
        return "it holds a fragment, or characters that no address has";
    if (strncasecmp(url, scheme, sizeof scheme - 1) != 0)
        return "it is not https";
    if (!(handle = curl_url()))
        return "there is no memory for it";
    CURLUcode code = curl_url_set(handle, CURLUPART_URL, url, CURLU_DISALLOW_USER);
    if (code == CURLUE_USER_NOT_ALLOWED)
        return "it names a user";
    if (code || curl_url_get(handle, CURLUPART_HOST, &host, 0) ||
        curl_url_get(handle, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT))
        return "it is malformed";
    unsigned long number = strtoul(port, NULL, 10);
    if (!number || number > 65535)
        return "it has no valid port";
    if (!is_host(host) || !is_written(url, host))
        return "it has no valid host";
    keep(host, (unsigned)number, parts);
    return NULL;
}

enum outcome web_url_check(const char *url, struct url *parts, struct why *why)
{
    char shown[URL_SHOWN];
    const char *wrong = fault(url, parts);

    if (!wrong)
        return OUTCOME_OK;
    url_show(url, shown);
    return fail(why, REASON_BAD_ANSWER, "the address \"%s\" is not used: %s", shown, wrong);
}

bool url_same_origin(const char *one, const char *other)
{
    struct url first, second;

    return !fault(one, &first) && !fault(other, &second) && !strcmp(first.origin, second.origin);
}

/* Where the host begins, if the URL has one at all: "scheme://" or "//". */
static const char *find_host(const char *url)
{
    size_t word = strspn(url, letters);
    const char *rest = url + word + (word && url[word] == ':');

    return word < 16 && !strncmp(rest, "//", 2) && (!word || rest[-1] == ':') ? rest + 2 : NULL;
}

void url_show(const char *url, char shown[URL_SHOWN])
{
    const char *found = find_host(url), *host = found ? found : url;
    size_t head = (size_t)(host - url), authority = strcspn(host, "/?#\\");
    const char *end = host + strcspn(host, "?#");

    /* Whatever stands before the last @ may be a password. */
    for (size_t i = authority; i > 0; i--)
        if (host[i - 1] == '@') {
            host += i;
            break;
        }
    if (!found && strchr(url, '@'))
        host = end;
    (void)snprintf(shown, URL_SHOWN, "%.*s%.*s%s", (int)head, url,
                   (int)(end - host) < 200 ? (int)(end - host) : 200, host,
                   *end || end - host > 200 ? "..." : "");
    text_clean(shown);
}
