/* SPDX-License-Identifier: MIT
 *
 * Within net: one exchange on its way through https.c, exchange_set.c (what libcurl is told) and
 * exchange_take.c (what it tells us).
 */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include <curl/curl.h>

#include "net/authorities.h"
#include "net/https.h"
#include "net/proxy.h"
#include "net/url.h"

/* Who has proved to be this host, by the SHA-256 of its certificate; "": nobody yet. */
struct proved {
    char host[URL_HOST];
    unsigned char certificate[32];
};

struct https {
    CURLM *multi; /* has the connections; NULL: none yet, or they were given up */
    struct authorities *authorities;
    struct proxy proxy;
    struct proved proved;      /* the last one */
    char by_ticket[URL_SHOWN]; /* origin whose kept connection has proved itself by Kerberos, or ""
                                */
};

struct exchange {
    struct https *https;
    const struct https_request *request;
    struct https_answer *answer;
    struct url url;
    CURL *easy;
    /* What libcurl is given to send, and borrows. */
    struct secret *address, *form, *lines, *ticket;
    struct curl_slist headers[HTTPS_HEADERS + 4], *ticket_at;
    char error[CURL_ERROR_SIZE];
    size_t header_bytes; /* of the answer, until now */
    bool has_headers;    /* all of them: the empty line has come */
    int begun;           /* how often the request was about to be sent */
    struct why why;      /* why one of our callbacks ended it; reason NONE: none did */
};

static inline bool exchange_is_post(const struct exchange *x)
{
    return x->request->form || x->request->body;
}

/* Tells libcurl everything. */
enum outcome exchange_set(struct exchange *x, struct why *why);

/* Has libcurl call us: before the request, for each header, for the body. */
bool exchange_listen(struct exchange *x);

/* What the whole answer says. */
enum outcome exchange_take(struct exchange *x, struct why *why);

#endif
