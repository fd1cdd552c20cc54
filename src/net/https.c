/* SPDX-License-Identifier: MIT */
#include "net/https.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/exchange.h"

enum { SLICE_MS = 100 };

static const struct {
    CURLcode code;
    enum reason reason;
} reasons[] = {
    { CURLE_COULDNT_RESOLVE_HOST, REASON_NO_DNS },
    { CURLE_COULDNT_RESOLVE_PROXY, REASON_NO_DNS },
    { CURLE_COULDNT_CONNECT, REASON_NO_SERVER },
    { CURLE_OPERATION_TIMEDOUT, REASON_TIME_OUT },
    { CURLE_SSL_CONNECT_ERROR, REASON_NO_TLS },
    { CURLE_GOT_NOTHING, REASON_CONNECTION_LOST },
    { CURLE_SEND_ERROR, REASON_CONNECTION_LOST },
    { CURLE_RECV_ERROR, REASON_CONNECTION_LOST },
    { CURLE_PARTIAL_FILE, REASON_CONNECTION_LOST },
    { CURLE_WEIRD_SERVER_REPLY, REASON_BAD_ANSWER },
    { CURLE_UNSUPPORTED_PROTOCOL, REASON_BAD_ANSWER },
    { CURLE_BAD_CONTENT_ENCODING, REASON_BAD_ANSWER },
    { CURLE_FILESIZE_EXCEEDED, REASON_BAD_ANSWER },
    { CURLE_PROXY, REASON_PROXY_REFUSED },
    { CURLE_OUT_OF_MEMORY, REASON_NO_MEMORY },
};

enum outcome https_library(struct why *why)
{
    static bool is_ready;

    if (is_ready)
        return OUTCOME_OK;
    if (curl_global_sslset(CURLSSLBACKEND_GNUTLS, NULL, NULL) != CURLSSLSET_OK)
        return fail(why, REASON_BROKEN, "libcurl (%s) does not use GnuTLS", curl_version());
    if (curl_global_init(CURL_GLOBAL_DEFAULT))
        return fail(why, REASON_BROKEN, "libcurl does not start");
    is_ready = true;
    return OUTCOME_OK;
}

enum outcome https_open(const char *ca_file, const char *proxy, struct https **https,
                        struct why *why)
{
    https_auto *opened = calloc(1, sizeof *opened);
    enum outcome out;

    if (!opened)
        return fail_memory(why);
    if ((out = https_library(why)) || (out = proxy_choose(proxy, &opened->proxy, why)) ||
        (out = authorities_read(AUTHORITIES_OF_SYSTEM, ca_file, &opened->authorities, why)))
        return out;
    *https = opened;
    opened = NULL;
    return OUTCOME_OK;
}

static void hang_up(struct https *https)
{
    if (https->multi)
        (void)curl_multi_cleanup(https->multi);
    https->multi = NULL;
    *https->by_ticket = '\0';
}

void https_free(struct https **https)
{
    if (*https) {
        hang_up(*https);
        authorities_free(&(*https)->authorities);
    }
    free(*https);
    *https = NULL;
}

void https_answer_free(struct https_answer *answer)
{
    secret_free(&answer->body);
    secret_free(&answer->location);
    secret_free(&answer->cookie);
}

/* With the easy handle goes what libcurl has copied of the request and the answer. */
static void exchange_end(struct exchange *x)
{
    if (x->easy && x->https->multi)
        (void)curl_multi_remove_handle(x->https->multi, x->easy);
    curl_easy_cleanup(x->easy);
    x->easy = NULL;
    secret_free(&x->address);
    secret_free(&x->form);
    secret_free(&x->lines);
    secret_free(&x->ticket);
}

#define exchange_auto __attribute__((cleanup(exchange_end))) struct exchange

/* One of our callbacks knows better than libcurl why it ended. */
static enum outcome failed(const struct exchange *x, CURLcode code, struct why *why)
{
    enum reason reason = REASON_BROKEN;
    long proxy = 0;

    if (x->why.reason) {
        *why = x->why;
        return reason_outcome(why->reason);
    }
    (void)curl_easy_getinfo(x->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
    if (proxy >= 300 && !x->answer->sent)
        return fail(why, REASON_PROXY_REFUSED, "the proxy %s answers with the status %ld",
                    x->https->proxy.shown, proxy);
    if (code == CURLE_OUT_OF_MEMORY && x->answer->sent) /* it has 100 KiB for a line, no more */
        return fail(why, REASON_BAD_ANSWER, "a line of the headers is too long");
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].code == code)
            reason = reasons[i].reason;
    return fail(why, reason, "%s", *x->error ? x->error : curl_easy_strerror(code));
}

static enum outcome converse(struct exchange *x, long end_ms, struct asker *asker, struct why *why)
{
    CURLM *multi = x->https->multi;
    int running = 1, queued;
    enum outcome out;

    while (!curl_multi_perform(multi, &running) && running) {
        long left = end_ms - clock_ms();
        if ((out = asker_check(asker, why)))
            return out;
        if (left <= 0)
            return fail(why, REASON_TIME_OUT, "there is no whole answer in the time that there is");
        (void)curl_multi_poll(multi, NULL, 0, left < SLICE_MS ? (int)left : SLICE_MS, NULL);
    }
    const CURLMsg *end = curl_multi_info_read(multi, &queued);
    if (!end)
        return fail(why, REASON_BROKEN, "libcurl gave up without a word");
    return end->data.result ? failed(x, end->data.result, why) : exchange_take(x, why);
}

static enum outcome begin(struct https *https, struct exchange *x, int budget_ms, struct why *why)
{
    enum outcome out = exchange_set(x, why);

    if (out)
        return out;
    /* Of several addresses the first does not get all the time. */
    if (curl_easy_setopt(x->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)budget_ms) ||
        (!https->multi && !(https->multi = curl_multi_init())) ||
        curl_multi_add_handle(https->multi, x->easy))
        return fail_memory(why);
    return OUTCOME_OK;
}

static enum outcome exchange(struct https *https, struct exchange *x, int budget_ms,
                             struct asker *asker, struct why *why)
{
    struct negotiate *ticket = x->request->ticket;
    long begun = clock_ms();
    enum outcome out = ticket ? negotiate_prepare(ticket, x->url.host, why) : OUTCOME_OK;

    if (out || (out = begin(https, x, budget_ms, why)) ||
        (out = converse(x, begun + budget_ms, asker, why)))
        return fail_in(why, "asking %s", x->url.host);
    log_line(LOG_LEVEL_INFO, "%s answered with the status %d and %zu bytes in %ld ms", x->url.host,
             x->answer->status, secret_length(x->answer->body), clock_ms() - begun);
    return OUTCOME_OK;
}

enum outcome https_do(struct https *https, const struct https_request *request, int budget_ms,
                      struct asker *asker, struct https_answer *answer, struct why *why)
{
    exchange_auto x = { .https = https, .request = request, .answer = answer };
    enum outcome out;

    *answer = (struct https_answer){ .date = -1 };
    if ((out = web_url_check(request->url, &x.url, why)))
        return out;
    if (!(out = exchange(https, &x, budget_ms, asker, why)))
        return out;
    /* A connection where something went wrong is not used again. */
    exchange_end(&x);
    hang_up(https);
    https_answer_free(answer);
    return out;
}
