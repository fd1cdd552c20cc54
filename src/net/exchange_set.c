/* SPDX-License-Identifier: MIT */
#include "net/exchange.h"

#include <string.h>

/* The policy. Most are libcurl's defaults: here they are set and not assumed. */
static const struct {
    CURLoption option;
    long value;
} policy[] = {
    { CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2 | (long)CURL_SSLVERSION_MAX_DEFAULT },
    /* The server is judged by exchange_take.c before each request, more strictly than libcurl does,
     * which knows no use and no strength of certificates and would load every authority there is.
     */
    { CURLOPT_SSL_VERIFYPEER, 0 },
    { CURLOPT_SSL_VERIFYHOST, 0 },
    { CURLOPT_SSL_SESSIONID_CACHE, 0 },
    { CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
    { CURLOPT_HTTP09_ALLOWED, 0 },
    { CURLOPT_FOLLOWLOCATION, 0 },
    { CURLOPT_UNRESTRICTED_AUTH, 0 },
    { CURLOPT_DISALLOW_USERNAME_IN_URL, 1 },
    { CURLOPT_NETRC, CURL_NETRC_IGNORED },
    { CURLOPT_VERBOSE, 0 },
    { CURLOPT_NOPROGRESS, 1 },
    { CURLOPT_PROXYTYPE, CURLPROXY_HTTP },
    { CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC },
    { CURLOPT_HTTPPROXYTUNNEL, 1 },
    { CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
    /* Signals are the worker's own; nobody waits for a thread that looks up a name. */
    { CURLOPT_NOSIGNAL, 1 },
    { CURLOPT_QUICK_EXIT, 1 },
};

static bool set_policy(CURL *easy)
{
    for (size_t i = 0; i < sizeof policy / sizeof *policy; i++)
        if (curl_easy_setopt(easy, policy[i].option, policy[i].value))
            return false;
    return !curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https") &&
           !curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https") &&
           !curl_easy_setopt(easy, CURLOPT_CAINFO, NULL) &&
           !curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) &&
           !curl_easy_setopt(easy, CURLOPT_USERAGENT, "chatelaine/" VERSION);
}

/* An empty proxy: none, whatever the environment says. A length that is told is believed before the
 * body comes. */
static bool set_way(const struct exchange *x)
{
    const struct proxy *proxy = &x->https->proxy;
    curl_off_t most = (curl_off_t)x->request->most;

    return !curl_easy_setopt(x->easy, CURLOPT_MAXFILESIZE_LARGE, most) &&
           !curl_easy_setopt(x->easy, CURLOPT_URL, secret_peek(x->address)) &&
           !curl_easy_setopt(x->easy, CURLOPT_PROXY, proxy->url) &&
           !curl_easy_setopt(x->easy, CURLOPT_NOPROXY, proxy->except);
}

/* libcurl keeps a connection for those alone that show the same one. */
static bool set_certificate(const struct exchange *x)
{
    const char *url = x->request->certificate;

    return !url || (!curl_easy_setopt(x->easy, CURLOPT_SSLCERT, url) &&
                    !curl_easy_setopt(x->easy, CURLOPT_SSLKEY, url));
}

/* Borrowed by libcurl, which copies it only to send it. */
static bool set_body(const struct exchange *x)
{
    const struct secret *body = x->request->form ? x->form : x->request->body;

    return !curl_easy_setopt(x->easy, CURLOPT_POST, 1L) &&
           !curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                             (curl_off_t)secret_length(body)) &&
           !curl_easy_setopt(x->easy, CURLOPT_POSTFIELDS, secret_peek(body));
}

/* The query, behind the URL or the query that it has. */
static enum outcome make_address(struct exchange *x, struct why *why)
{
    static const struct field none[] = { { 0 } };
    const char *url = x->request->url;
    char prefix[URL_MOST + 2];

    size_t length = strlen(url); /* web_url_check has seen to it */
    memcpy(prefix, url, length + 1);
    if (x->request->query)
        (void)strcpy(prefix + length, strchr(url, '?') ? "&" : "?");
    x->address = fields_encode(prefix, x->request->query ? x->request->query : none);
    return x->address ? OUTCOME_OK : fail_memory(why);
}

static size_t count(const struct field *fields)
{
    size_t n = 0;

    while (fields && fields[n].name)
        n++;
    return n;
}

/* The caller's headers and ours; then a list as libcurl has them, whose texts lie in our secret.
 * The ticket has a place at its end, which is filled when the connection stands: libcurl reads the
 * list only after that, and leaves out a header without a value. */
static enum outcome make_headers(struct exchange *x, struct why *why)
{
    const struct https_request *request = x->request;
    struct field fields[HTTPS_HEADERS + 4] = { { 0 } };
    size_t n = count(request->headers), at = 0;
    enum outcome out;

    if (n > HTTPS_HEADERS)
        return fail(why, REASON_BROKEN, "%zu headers", n);
    if (n)
        memcpy(fields, request->headers, n * sizeof *fields);
    fields[n++] = (struct field){ "Accept", request->accept ? request->accept : "*/*", NULL };
    if (exchange_is_post(x)) {
        const char *type = request->form ? "application/x-www-form-urlencoded" : request->body_type;
        fields[n++] = (struct field){ "Content-Type", type, NULL };
        fields[n++] = (struct field){ "Expect", NULL, NULL }; /* libcurl is not to send one */
    }
    if ((out = fields_lines(fields, &x->lines, why)))
        return out;
    const char *lines = secret_peek(x->lines);
    for (size_t i = 0; i < n; i++) {
        x->headers[i] =
            (struct curl_slist){ (char *)lines + at, i + 1 < n ? &x->headers[i + 1] : NULL };
        at += strlen(lines + at) + 1;
    }
    if (request->ticket) {
        x->ticket_at = x->headers[n - 1].next = &x->headers[n];
        *x->ticket_at = (struct curl_slist){ (char *)"Authorization:", NULL };
    }
    return OUTCOME_OK;
}

enum outcome exchange_set(struct exchange *x, struct why *why)
{
    enum outcome out;

    if ((out = make_address(x, why)) || (out = make_headers(x, why)))
        return out;
    if (x->request->form && !(x->form = fields_encode("", x->request->form)))
        return fail_memory(why);
    if (!(x->easy = curl_easy_init()))
        return fail_memory(why);
    (void)curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->error);
    if (!set_policy(x->easy) || !set_way(x) || !set_certificate(x) ||
        (exchange_is_post(x) && !set_body(x)) ||
        (x->request->deletes && curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST, "DELETE")) ||
        curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers) || !exchange_listen(x))
        return fail(why, REASON_BROKEN, "libcurl refuses an option");
    return OUTCOME_OK;
}
