/* SPDX-License-Identifier: MIT */
#include "net/asking.h"

#include <stdlib.h>

static struct secret *secret(const char *text)
{
    struct secret *made = secret_new(strlen(text));

    (void)secret_append(made, text, strlen(text));
    return made;
}

static bool was_sent(const struct asking *a, const char *text)
{
    return strstr(a->server.seen->last, text) != NULL;
}

static void get(void **state)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 Fine\r\nContent-Type: Application/JSON; charset=utf-8\r\n"
        "Date: Thu, 26 Nov 2026 10:00:00 GMT\r\nContent-Length: 5\r\n\r\nhello",
        NULL
    };
    secret_auto *token = secret("abc&def");
    const struct field query[] = { { "client id", "a+b", NULL }, { "t", "x=", token }, { 0 } };
    const struct field headers[] = { { "Authorization", "Bearer ", token }, { 0 } };
    struct asking a;

    (void)state;
    asking_begin(&a, server_answers, answers);
    asking_gives(&a, (struct https_request){ .query = query, .headers = headers }, 200, "hello");
    assert_string_equal(a.answer.type, "application/json");
    assert_int_equal(a.answer.date, 1795687200);
    assert_int_equal(a.answer.wait_s, 0);
    assert_true(a.answer.sent);
    assert_true(was_sent(&a, "GET /?client%20id=a%2Bb&t=x%3Dabc%26def HTTP/1.1\r\n"));
    assert_true(was_sent(&a, "\r\nAuthorization: Bearer abc&def\r\n"));
    assert_true(was_sent(&a, "\r\nAccept: */*\r\n"));
    assert_true(was_sent(&a, "\r\nUser-Agent: chatelaine/"));
    assert_false(was_sent(&a, "Accept-Encoding"));
    assert_int_equal(ask(&a, "/path?x=1", (struct https_request){ .query = query }), 0);
    assert_true(was_sent(&a, "GET /path?x=1&client%20id=a%2Bb&t="));
    assert_string_equal(a.server.seen->protocol, "TLS1.3");
    asking_end(&a);
}

static void post(void **state)
{
    static const char *const answers[] = { ANSWER(2, "{}"), NULL };
    secret_auto *password = secret("p\xc3\xa4ss w=rd&%\n"), *body = secret("{\"x\":1}");
    const struct field form[] = { { "grant_type", "password", NULL },
                                  { "password", NULL, password },
                                  { "empty", NULL, NULL },
                                  { 0 } };
    struct asking a;

    (void)state;
    asking_begin(&a, server_answers, answers);
    asking_gives(&a, (struct https_request){ .form = form, .accept = "application/json" }, 200,
                 "{}");
    assert_true(was_sent(&a, "POST / HTTP/1.1\r\n"));
    assert_true(was_sent(&a, "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
    assert_true(was_sent(&a, "\r\nAccept: application/json\r\n"));
    assert_true(was_sent(&a, "\r\n\r\ngrant_type=password&password=p%C3%A4ss%20w%3Drd%26%25%0A"
                             "&empty="));
    asking_gives(&a, (struct https_request){ .body = body, .body_type = "application/json" }, 200,
                 "{}");
    assert_true(was_sent(&a, "\r\nContent-Type: application/json\r\n"));
    assert_true(was_sent(&a, "\r\n\r\n{\"x\":1}"));
    assert_string_equal(secret_peek(body), "{\"x\":1}");
    asking_end(&a);
}

static void large_post(void **state)
{
    enum { LARGE = 2 << 20 };
    static const char *const answers[] = { ANSWER(2, "{}"), NULL };
    secret_auto *body = secret_new(LARGE);
    struct asking a;

    (void)state;
    memset(secret_space(body), 'x', LARGE);
    secret_grow(body, LARGE);
    asking_begin(&a, server_answers, answers);
    /* The server's memory is too small for it, so that it hangs up. */
    asking_fails(&a, (struct https_request){ .body = body, .body_type = "text/plain" },
                 REASON_CONNECTION_LOST, "");
    assert_false(was_sent(&a, "Expect"));
    assert_true(was_sent(&a, "\r\nContent-Length: 2097152\r\n"));
    asking_end(&a);
}

static void kept(void **state)
{
    static const char *const answers[] = { ANSWER(1, "1"),
                                           ANSWER(1, "2"),
                                           ANSWER(1, "3"),
                                           "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                           "Content-Length: 1\r\n\r\n4",
                                           ANSWER(1, "5"),
                                           NULL };
    const struct field form[] = { { "a", "b", NULL }, { 0 } };
    struct asking a;

    (void)state;
    asking_begin(&a, server_answers, answers);
    asking_gives(&a, (struct https_request){ 0 }, 200, "1");
    asking_gives(&a, (struct https_request){ .form = form }, 200, "2");
    asking_gives(&a, (struct https_request){ 0 }, 200, "3");
    asking_gives(&a, (struct https_request){ 0 }, 200, "4");
    assert_int_equal(a.server.seen->visits, 1);
    assert_int_equal(a.server.seen->handshakes, 1);
    assert_int_equal(a.server.seen->requests, 4);
    asking_gives(&a, (struct https_request){ 0 }, 200, "5");
    assert_int_equal(a.server.seen->handshakes, 2);
    asking_end(&a);
}

/* Answers once; the next request is read, and not answered. */
static void once_then_nothing(struct visit *visit)
{
    if (visit_read(visit))
        visit_say(visit, ANSWER(1, "1"));
    (void)visit_read(visit);
}

static void one_try(void **state)
{
    const struct field form[] = { { "password", "x", NULL }, { 0 } };
    struct asking a;

    (void)state;
    asking_begin(&a, once_then_nothing, NULL);
    asking_gives(&a, (struct https_request){ 0 }, 200, "1");
    asking_fails(&a, (struct https_request){ .form = form }, REASON_CONNECTION_LOST,
                 "it is not asked again");
    assert_true(a.answer.sent);
    https_free(&a.https);
    server_wait(&a.server, a.server.seen->visits);
    assert_int_equal(a.server.seen->requests, 2);
    asking_end(&a);
}

static void again(void **state)
{
    struct asking a;

    (void)state;
    asking_begin(&a, once_then_nothing, NULL);
    asking_gives(&a, (struct https_request){ 0 }, 200, "1");
    asking_gives(&a, (struct https_request){ 0 }, 200, "1");
    assert_int_equal(a.server.seen->visits, 2);
    assert_int_equal(a.server.seen->requests, 3);
    asking_end(&a);
}

static void bodies(void **state)
{
    static const struct {
        const char *answer;
        int status;
        const char *body;
    } rows[] = {
        { "HTTP/1.1 204 No Content\r\n\r\n", 204, "" },
        { "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", 403, "" },
        { "HTTP/1.1 428 Wait\r\nContent-Length: 2\r\n\r\n{}", 428, "{}" },
        { "HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\noops", 500, "oops" },
        { "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 200,
          "abcde" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Y\r\n\r\n3\r\nabc\r\n0\r\n"
          "Retry-After: 5\r\n\r\n",
          200, "abc" },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nX: y\r\n\r\n" ANSWER(1, "x"), 200,
          "x" },
        { "HTTP/1.1 304 Not Modified\r\n\r\n", 304, "" },
        { "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 1\r\n\r\nx", 200, "x" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const answers[] = { rows[i].answer, NULL };
        struct asking a;
        asking_begin(&a, server_answers, answers);
        asking_gives(&a, (struct https_request){ 0 }, rows[i].status, rows[i].body);
        assert_null(a.answer.location);
        assert_int_equal(a.answer.wait_s, 0);
        asking_end(&a);
    }
}

static void redirects(void **state)
{
    static const char *const targets[] = { "http://localhost/",
                                           "https://other.example/x?code=SECRET",
                                           "file:///etc/passwd",
                                           "//127.0.0.1/",
                                           "/",
                                           "" };

    (void)state;
    for (size_t i = 0; i < COUNT(targets); i++) {
        char answer[300];
        const char *const answers[] = { answer, NULL };
        struct asking a;
        (void)snprintf(answer, sizeof answer,
                       "HTTP/1.1 %d Go\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
                       i % 2 ? 307 : 302, targets[i]);
        asking_begin(&a, server_answers, answers);
        asking_fails(&a, (struct https_request){ 0 }, REASON_REDIRECTED, "it sends us to");
        assert_null(strstr(why.text, "SECRET"));
        assert_int_equal(ask(&a, "/", (struct https_request){ .may_redirect = true }), 0);
        assert_int_equal(a.answer.status, i % 2 ? 307 : 302);
        assert_string_equal(secret_peek(a.answer.location), targets[i]);
        https_free(&a.https);
        server_wait(&a.server, 2);
        assert_int_equal(a.server.seen->requests, 2);
        asking_end(&a);
    }
}

static void waits(void **state)
{
    static const struct {
        const char *headers;
        int status, wait_s;
    } rows[] = {
        { "Retry-After: 7\r\n", 429, 7 },
        { "Retry-After: 7\r\n", 503, 7 },
        { "Date: Wed, 25 Nov 2020 10:00:00 GMT\r\nRetry-After: Wed, 25 Nov 2020 10:00:09 GMT\r\n",
          429, 9 },
        { "Date: Wed, 25 Nov 2020 10:00:00 GMT\r\nX-Rate-Limit-Reset: 1606298430\r\n", 429, 30 },
        { "Date: Wed, 25 Nov 2020 10:00:00 GMT\r\nX-Rate-Limit-Reset: 1606298430\r\n", 200, 0 },
        { "Retry-After: 9\r\nRetry-After: 4\r\n", 429, 4 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char answer[300];
        const char *const answers[] = { answer, NULL };
        struct asking a;
        (void)snprintf(answer, sizeof answer, "HTTP/1.1 %d X\r\n%sContent-Length: 0\r\n\r\n",
                       rows[i].status, rows[i].headers);
        asking_begin(&a, server_answers, answers);
        asking_gives(&a, (struct https_request){ 0 }, rows[i].status, "");
        assert_int_equal(a.answer.wait_s, rows[i].wait_s);
        asking_end(&a);
    }
}

#define SETS(lines) "HTTP/1.1 200 OK\r\n" lines "Content-Length: 0\r\n\r\n"

static void cookies(void **state)
{
    static const char *const names[] = { "idx", "sid", NULL };
    static const struct {
        const char *answer, *cookie;
    } rows[] = {
        { SETS("Set-Cookie: sid=a; Path=/; Secure\r\n"), "sid=a" },
        { SETS("set-cookie: sid=a;secure\r\nX: y\r\nSET-COOKIE: idx=b;secure\r\n"), "idx=b" },
        { SETS("Set-Cookie: sid=a; Secure\r\nSet-Cookie: sid=b; Secure\r\n"), "sid=b" },
        { SETS("Set-Cookie: sid=a; Secure\r\nSet-Cookie: sid=b\r\n"), "sid=a" },
        { SETS("Set-Cookie: sid=a; Secure; Domain=localhost\r\n"), "sid=a" },
        { SETS("Set-Cookie: sid=a; Secure; Domain=other.example\r\n"), NULL },
        { SETS("Set-Cookie:\r\nSet-Cookie: ;\r\nSet-Cookie: sid\r\n"), NULL },
        { SETS("Set-Cookie: other=a; Secure\r\nCookie: sid=a; Secure\r\n"), NULL },
        { "HTTP/1.1 103 Early\r\nSet-Cookie: sid=a; Secure\r\n\r\n" SETS(""), NULL },
        { SETS(""), NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const answers[] = { rows[i].answer, NULL };
        struct asking a;
        asking_begin(&a, server_answers, answers);
        asking_gives(&a, (struct https_request){ .cookies = names }, 200, "");
        if (rows[i].cookie)
            assert_string_equal(secret_peek(a.answer.cookie), rows[i].cookie);
        else
            assert_null(a.answer.cookie);
        asking_gives(&a, (struct https_request){ 0 }, 200, "");
        assert_null(a.answer.cookie);
        assert_false(was_sent(&a, "ookie:"));
        asking_end(&a);
    }
}

static void deletes(void **state)
{
    static const char *const answers[] = { "HTTP/1.1 204 No Content\r\n\r\n", NULL };
    struct asking a;

    (void)state;
    asking_begin(&a, server_answers, answers);
    asking_gives(&a, (struct https_request){ .deletes = true }, 204, "");
    assert_true(was_sent(&a, "DELETE / HTTP/1.1\r\n"));
    asking_end(&a);
}

static void refused_requests(void **state)
{
    static const char *const answers[] = { ANSWER(1, "x"), NULL };
    secret_auto *evil = secret("x\r\nEvil: yes");
    const struct field split[] = { { "Authorization", "Bearer ", evil }, { 0 } };
    const struct field nul[] = { { "X", "a\x7f", NULL }, { 0 } };
    struct field many[HTTPS_HEADERS + 2] = { { 0 } };
    struct asking a;

    (void)state;
    for (int i = 0; i <= HTTPS_HEADERS; i++)
        many[i] = (struct field){ "X", "y", NULL };
    asking_begin(&a, server_answers, answers);
    asking_fails(&a, (struct https_request){ .headers = split }, REASON_BAD_ANSWER,
                 "control character");
    asking_fails(&a, (struct https_request){ .headers = nul }, REASON_BAD_ANSWER,
                 "control character");
    asking_fails(&a, (struct https_request){ .headers = many }, REASON_BROKEN, "17 headers");
    test_reason(ask(&a, "/", (struct https_request){ .url = "http://localhost/" }), &why,
                REASON_BAD_ANSWER, "it is not https");
    assert_false(a.answer.sent);
    many[HTTPS_HEADERS].name = NULL;
    asking_gives(&a, (struct https_request){ .headers = many }, 200, "x");
    assert_int_equal(a.server.seen->requests, 1);
    asking_end(&a);
}

static void library(void **state)
{
    struct https *https = NULL;

    (void)state;
    assert_int_equal(https_library(&why), 0);
    test_reason(https_open("absent.pem", "", &https, &why), &why, REASON_BAD_SETTING, "absent.pem");
    test_reason(https_open("", "socks5://localhost:1", &https, &why), &why, REASON_BAD_SETTING,
                "proxy");
    assert_null(https);
}

FACTS(FACT(get, "https_do: a GET, with the query encoded and headers that hold secrets"),
      FACT(post, "https_do: a POST of a form, every byte encoded, and of a body as it is"),
      FACT(large_post, "https_do: a large body is sent without asking whether it may be"),
      FACT(kept, "https_do: one handshake for many requests, a new one after the server's close"),
      FACT(one_try, "https_do: a POST on a connection that breaks is not sent a second time"),
      FACT(again, "https_do: a GET on a kept connection that has died is asked anew"),
      FACT(bodies, "https_do: no body, empty, of any status, chunked, after interim answers"),
      FACT(redirects, "https_do: no redirect is followed, and where it points is told or given"),
      FACT(waits, "https_do: how long to wait, by the server's clock"),
      FACT(cookies, "https_do: one cookie is given to who asks for it, and none is kept"),
      FACT(deletes, "https_do: a DELETE"),
      FACT(refused_requests, "https_do: a request that would be broken in two is not sent"),
      FACT(library, "https_open: libcurl with GnuTLS, and settings that can be used"))
