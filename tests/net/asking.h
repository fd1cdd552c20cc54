/* SPDX-License-Identifier: MIT
 *
 * A server of the test's own with a good certificate, and somebody who asks it.
 */
#ifndef TESTS_NET_ASKING_H
#define TESTS_NET_ASKING_H

#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "net/https.h"
#include "net/server.h"

enum { PATIENCE_MS = 10000 };

static struct why why;
static struct pair ca, good; /* of "localhost" and 127.0.0.1, by ca.pem */

static inline bool asking_never(struct asker *asker)
{
    (void)asker;
    return false;
}

static struct asker patient = { .cancelled = asking_never };

/* For group set-up: the program's folder has ca.pem from then on. */
static inline void asking_prepare(void)
{
    if (ca.key)
        return;
    pair_make(&(struct pair_request){ .host = "ca" }, &ca);
    pair_write(&ca, "ca.pem");
    pair_make(&(struct pair_request){ .host = "localhost", .address = "127.0.0.1", .issuer = &ca },
              &good);
}

struct asking {
    struct server server;
    struct https *https;
    struct https_answer answer;
    char url[200];
};

static inline void asking_begin(struct asking *a, server_talk *talk, const void *data)
{
    asking_prepare();
    *a = (struct asking){ .https = NULL };
    server_start(&(struct server_request){ .pair = &good, .talk = talk, .data = data }, &a->server);
    if (https_open("ca.pem", "direct", &a->https, &why))
        fail_msg("%s", why.text);
}

static inline void asking_end(struct asking *a)
{
    https_answer_free(&a->answer);
    https_free(&a->https);
    server_end(&a->server);
}

/* Asks for this path, with the rest as in the request. */
static inline enum outcome asking_within(struct asking *a, const char *path,
                                         struct https_request request, int budget_ms,
                                         struct asker *asker)
{
    (void)snprintf(a->url, sizeof a->url, "https://localhost:%d%s", a->server.port, path);
    if (!request.url)
        request.url = a->url;
    if (!request.most)
        request.most = 4096;
    https_answer_free(&a->answer);
    return https_do(a->https, &request, budget_ms, asker, &a->answer, &why);
}

static inline enum outcome ask(struct asking *a, const char *path, struct https_request request)
{
    return asking_within(a, path, request, PATIENCE_MS, &patient);
}

/* It must be answered, with this status and body. */
static inline void asking_gives(struct asking *a, struct https_request request, int status,
                                const char *body)
{
    if (ask(a, "/", request))
        fail_msg("%s: %s", reason_word(why.reason), why.text);
    assert_int_equal(a->answer.status, status);
    assert_string_equal(secret_peek(a->answer.body), body);
    assert_int_equal(secret_length(a->answer.body), strlen(body));
}

/* It must fail for this reason; nothing is left in the answer. */
static inline void asking_fails(struct asking *a, struct https_request request, enum reason reason,
                                const char *words)
{
    test_reason(ask(a, "/", request), &why, reason, words);
    assert_null(a->answer.body);
    assert_null(a->answer.location);
    assert_non_null(strstr(why.text, "localhost"));
}

/* An answer with a body of which the length is told. */
#define ANSWER(length, body) "HTTP/1.1 200 OK\r\nContent-Length: " #length "\r\n\r\n" body

#endif
