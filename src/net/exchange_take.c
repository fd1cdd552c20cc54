/* SPDX-License-Identifier: MIT */
#include "net/exchange.h"

#include <ctype.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "net/cookie.h"
#include "net/wait.h"

enum { HEADERS_MOST = 64 << 10, BODY_FIRST = 16 << 10, GROUP_BITS = 2048, COOKIES = 32 };

static gnutls_session_t session_of(CURL *easy)
{
    struct curl_tlssessioninfo *info = NULL;

    if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info) || !info ||
        info->backend != CURLSSLBACKEND_GNUTLS)
        return NULL;
    return info->internals;
}

/* libcurl gives GnuTLS priorities of its own, which allow groups that are too small. */
static const char *weakness(gnutls_session_t session)
{
    gnutls_protocol_t version = gnutls_protocol_get_version(session);
    int bits = gnutls_dh_get_prime_bits(session); /* 0: an elliptic curve, or none */

    if (version != GNUTLS_TLS1_2 && version != GNUTLS_TLS1_3)
        return "the protocol is older than TLS 1.2";
    if (bits < 0 || (bits > 0 && bits < GROUP_BITS))
        return "the group of the key exchange is too small";
    return NULL;
}

static bool identify(const struct exchange *x, const gnutls_datum_t *certificate,
                     struct proved *proved)
{
    size_t size = sizeof proved->certificate;

    (void)strcpy(proved->host, x->url.host);
    return certificate &&
           !gnutls_fingerprint(GNUTLS_DIG_SHA256, certificate, proved->certificate, &size);
}

/* The same certificate for the same host, judged good before the last request, is not judged again:
 * whoever shows it has its key, by the handshake. */
static bool is_proved(const struct exchange *x, const struct proved *proved)
{
    const struct proved *last = &x->https->proved;

    return !strcmp(proved->host, last->host) &&
           !memcmp(proved->certificate, last->certificate, sizeof proved->certificate);
}

/* Has the server at the other end of this connection proved that it is the one of the URL? */
static enum outcome prove(struct exchange *x, struct why *why)
{
    gnutls_session_t session = session_of(x->easy);
    text_auto *sentence = text_new(sizeof why->text);
    struct look look = { 0 };
    struct proved proved;
    unsigned count = 0;

    if (!sentence)
        return fail_memory(why);
    if (!session || gnutls_certificate_type_get(session) != GNUTLS_CRT_X509)
        return fail(why, REASON_NO_TLS, "there is no TLS");
    const char *weak = weakness(session);
    if (weak)
        return fail(why, REASON_NO_TLS, "%s", weak);
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
    bool is_known = identify(x, chain, &proved);
    if (is_known && is_proved(x, &proved))
        return OUTCOME_OK;
    enum outcome out =
        authorities_judge(x->https->authorities, chain, count, x->url.host, &look, why);
    if (out)
        return out;
    if (!look_is_good(&look, x->url.host, sentence))
        return fail(why, look_reason(&look), "its certificate: %s", text_peek(sentence));
    if (is_known)
        x->https->proved = proved;
    return OUTCOME_OK;
}

/* The ticket, bound to this very connection. */
static enum outcome show_ticket(struct exchange *x, struct why *why)
{
    enum outcome out;

    if (!x->request->ticket)
        return OUTCOME_OK;
    secret_free(&x->ticket);
    if ((out = negotiate_begin(x->request->ticket, session_of(x->easy), &x->ticket, why)))
        return out;
    x->ticket_at->data = (char *)secret_peek(x->ticket);
    return OUTCOME_OK;
}

/* Called on every connection, new or kept, after the handshake and before the request. When a kept
 * connection breaks, libcurl would send the request again: what may count as an attempt is sent
 * once. */
static int before_request(void *data, char *address, char *local, int port, int local_port)
{
    struct exchange *x = data;

    (void)address, (void)local, (void)port, (void)local_port;
    if (x->begun++ && exchange_is_post(x))
        (void)fail(&x->why, REASON_CONNECTION_LOST,
                   "the connection broke before the answer; it is not asked again");
    else if (!prove(x, &x->why) && !show_ticket(x, &x->why))
        x->answer->sent = true;
    return x->why.reason ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* A line, also of interim answers (RFC 9110 15.2) and of trailers. */
static size_t on_header(char *bytes, size_t size, size_t count, void *data)
{
    struct exchange *x = data;

    if (size * count > 5 && !memcmp(bytes, "HTTP/", 5))
        x->has_headers = false;
    if (*bytes == '\r' || *bytes == '\n')
        x->has_headers = true;
    x->header_bytes += size * count;
    if (x->header_bytes <= HEADERS_MOST)
        return size * count;
    (void)fail(&x->why, REASON_BAD_ANSWER, "the headers are longer than %d bytes", HEADERS_MOST);
    return 0;
}

/* Room for so many more bytes of the body, which moves to a larger secret if need be. */
static bool make_room(struct exchange *x, size_t more)
{
    struct secret *old = x->answer->body;
    size_t length = old ? secret_length(old) : 0, room = old ? length + secret_room(old) : 0;

    if (more > x->request->most - length) {
        (void)fail(&x->why, REASON_BAD_ANSWER, "the answer is longer than %zu bytes",
                   x->request->most);
        return false;
    }
    if (old && more <= secret_room(old))
        return true;
    size_t wanted = room ? room : BODY_FIRST;
    while (wanted < length + more)
        wanted *= 2;
    struct secret *larger = secret_new(wanted < x->request->most ? wanted : x->request->most);
    if (!larger) {
        (void)fail_memory(&x->why);
        return false;
    }
    if (old)
        (void)secret_append(larger, secret_peek(old), length);
    secret_free(&x->answer->body);
    x->answer->body = larger;
    return true;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
    struct exchange *x = data;

    return make_room(x, size * count) && secret_append(x->answer->body, bytes, size * count)
               ? size * count
               : 0;
}

bool exchange_listen(struct exchange *x)
{
    return !curl_easy_setopt(x->easy, CURLOPT_PREREQFUNCTION, before_request) &&
           !curl_easy_setopt(x->easy, CURLOPT_PREREQDATA, x) &&
           !curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, on_header) &&
           !curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x) &&
           !curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, on_body) &&
           !curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
}

/* The last one of that name; NULL: there is none. libcurl leaves the line's end in an empty one. */
static const char *header(CURL *easy, const char *name)
{
    struct curl_header *found = NULL;

    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &found) ||
        curl_easy_header(easy, name, found->amount - 1, CURLH_HEADER, -1, &found))
        return NULL;
    return strchr("\r\n", *found->value) ? "" : found->value;
}

static void take_type(struct exchange *x)
{
    const char *type = header(x->easy, "Content-Type");
    char *to = x->answer->type;

    if (!type)
        return;
    (void)snprintf(to, sizeof x->answer->type, "%.*s", (int)strcspn(type, "; \t"), type);
    text_clean(to);
    for (; *to; to++)
        *to = (char)tolower((unsigned char)*to);
}

static bool is_redirect(int status)
{
    return status >= 300 && status < 400 && status != 304;
}

static enum outcome take_location(struct exchange *x, struct why *why)
{
    const char *location = header(x->easy, "Location");
    char shown[URL_SHOWN];

    if (!is_redirect(x->answer->status))
        return OUTCOME_OK;
    url_show(location ? location : "nowhere", shown);
    if (!x->request->may_redirect)
        return fail(why, REASON_REDIRECTED, "it sends us to \"%s\" (status %d)", shown,
                    x->answer->status);
    if (!location)
        return fail(why, REASON_BAD_ANSWER, "it sends us nowhere (status %d)", x->answer->status);
    if (!(x->answer->location = secret_new(strlen(location))))
        return fail_memory(why);
    (void)secret_append(x->answer->location, location, strlen(location));
    return OUTCOME_OK;
}

/* The best that the server says about Negotiate: a token, before the bare word, before others. */
static const char *best_offer(CURL *easy)
{
    struct curl_header *found = NULL;
    const char *best = NULL;

    for (size_t i = 0; !curl_easy_header(easy, "WWW-Authenticate", i, CURLH_HEADER, -1, &found);
         i++)
        if (!best || negotiate_offer(found->value) > negotiate_offer(best))
            best = found->value;
    return best;
}

/* IIS asks for a ticket once a connection, and proves itself once: a kept connection needs no
 * second proof. A refusal needs none. */
static enum outcome take_proof(struct exchange *x, struct why *why)
{
    struct negotiate *ticket = x->request->ticket;
    const char *offer = best_offer(x->easy);
    char *proved = x->https->by_ticket;
    long made = 0;
    enum outcome out;

    if (curl_easy_getinfo(x->easy, CURLINFO_NUM_CONNECTS, &made) || made)
        *proved = '\0';
    if (!ticket)
        return OUTCOME_OK;
    if (x->answer->status == 401)
        return negotiate_refused(ticket, offer, why);
    bool needs_none = x->answer->status >= 400 || !strcmp(proved, x->url.origin);
    if (needs_none && (!offer || negotiate_offer(offer) != NEGOTIATE_TOKEN))
        return OUTCOME_OK;
    if ((out = negotiate_finish(ticket, offer, why)))
        return out;
    (void)strcpy(proved, x->url.origin);
    return OUTCOME_OK;
}

/* Of several the last one, as in a browser. */
static const char *find_cookie(const struct exchange *x, const char *name, size_t *length)
{
    struct curl_header *found = NULL;
    const char *value = NULL;

    if (curl_easy_header(x->easy, "Set-Cookie", 0, CURLH_HEADER, -1, &found))
        return NULL;
    for (size_t left = found->amount, i = 0; left-- && i < COOKIES && !value; i++)
        if (!curl_easy_header(x->easy, "Set-Cookie", left, CURLH_HEADER, -1, &found))
            value = cookie_find(found->value, name, x->url.host, length);
    return value;
}

static enum outcome take_cookie(struct exchange *x, struct why *why)
{
    const char *value = NULL, *const *name = x->request->cookies;
    size_t length = 0;

    while (name && *name && !(value = find_cookie(x, *name, &length)))
        name++;
    if (!value)
        return OUTCOME_OK;
    if (!(x->answer->cookie = secret_new(strlen(*name) + 1 + length)))
        return fail_memory(why);
    (void)secret_append(x->answer->cookie, *name, strlen(*name));
    (void)secret_append(x->answer->cookie, "=", 1);
    (void)secret_append(x->answer->cookie, value, length);
    return OUTCOME_OK;
}

enum outcome exchange_take(struct exchange *x, struct why *why)
{
    const char *encoding = header(x->easy, "Content-Encoding"), *date = header(x->easy, "Date");
    struct https_answer *answer = x->answer;
    long status = 0;

    (void)curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    if (!x->has_headers) /* libcurl takes the end of the connection for theirs */
        return fail(why, REASON_CONNECTION_LOST, "the answer ends within its headers");
    if (status < 200 || status > 599)
        return fail(why, REASON_BAD_ANSWER, "it answers with the status %ld", status);
    if (encoding && strcasecmp(encoding, "identity") != 0)
        return fail(why, REASON_BAD_ANSWER, "the answer is compressed, which was not asked for");
    answer->status = (int)status;
    answer->date = wait_date(date);
    answer->wait_s =
        wait_seconds(header(x->easy, "Retry-After"),
                     status == 429 ? header(x->easy, "X-Rate-Limit-Reset") : NULL, date);
    take_type(x);
    if (!answer->body && !(answer->body = secret_new(0)))
        return fail_memory(why);
    enum outcome out = take_location(x, why);
    if (!out)
        out = take_proof(x, why);
    return out ? out : take_cookie(x, why);
}
