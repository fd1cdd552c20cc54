/* SPDX-License-Identifier: MIT */
#include "net/asking.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const fine[] = { ANSWER(2, "ok"), NULL };
static const struct field form[] = { { "password", "SECRET", NULL }, { 0 } };

static bool pass(int from, int to)
{
    char bytes[16384];
    ssize_t n = recv(from, bytes, sizeof bytes, 0);

    return n > 0 && send(to, bytes, (size_t)n, MSG_NOSIGNAL) == n;
}

/* Data: the port on the loopback that all is carried to. */
static void tunnel(struct visit *visit)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t) * (const int *)visit->data),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (!visit_read(visit) || connect(fd, (struct sockaddr *)&to, sizeof to))
        return;
    visit_say(visit, "HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n");
    struct pollfd wait[] = { { .fd = visit->fd, .events = POLLIN },
                             { .fd = fd, .events = POLLIN } };
    while (poll(wait, 2, -1) > 0)
        if ((wait[0].revents && !pass(visit->fd, fd)) || (wait[1].revents && !pass(fd, visit->fd)))
            return;
}

/* A server, and a proxy to it, which the setting or the environment names. */
struct way {
    struct asking a;
    struct server proxy;
    char setting[100]; /* borrowed while it is open */
};

enum by { BY_SETTING, BY_ENVIRONMENT };

static void way_begin(struct way *way, server_talk *talk, const void *data, enum by by)
{
    char variable[100];

    *way = (struct way){ .setting = "" };
    asking_begin(&way->a, server_answers, fine);
    server_start(
        &(struct server_request){ .talk = talk, .data = data ? data : &way->a.server.port },
        &way->proxy);
    (void)snprintf(variable, sizeof variable, "http://me:PROXY-SECRET@localhost:%d",
                   way->proxy.port);
    (void)setenv("https_proxy", variable, 1);
    if (by == BY_SETTING)
        (void)snprintf(way->setting, sizeof way->setting, "http://localhost:%d", way->proxy.port);
    https_free(&way->a.https);
    if (https_open("ca.pem", way->setting, &way->a.https, &why))
        fail_msg("%s", why.text);
}

static void way_end(struct way *way)
{
    asking_end(&way->a);
    server_end(&way->proxy);
    (void)unsetenv("https_proxy");
    (void)unsetenv("no_proxy");
}

static void through(void **state)
{
    char connect_line[100];
    struct way way;

    (void)state;
    (void)setenv("no_proxy", "localhost", 1); /* which is about another proxy */
    way_begin(&way, tunnel, NULL, BY_SETTING);
    asking_gives(&way.a, (struct https_request){ .form = form }, 200, "ok");
    asking_gives(&way.a, (struct https_request){ .form = form }, 200, "ok");
    (void)snprintf(connect_line, sizeof connect_line, "CONNECT localhost:%d HTTP/1.1\r\n",
                   way.a.server.port);
    const char *asked = way.proxy.seen->last;
    assert_memory_equal(asked, connect_line, strlen(connect_line));
    assert_null(strstr(asked, "SECRET"));
    assert_null(strstr(asked, "Authorization"));
    assert_null(strstr(way.a.server.seen->last, "Proxy"));
    assert_int_equal(way.proxy.seen->requests, 1);
    assert_int_equal(way.a.server.seen->handshakes, 1);
    way_end(&way);
}

static void by_environment(void **state)
{
    struct way way;

    (void)state;
    way_begin(&way, tunnel, NULL, BY_ENVIRONMENT);
    asking_gives(&way.a, (struct https_request){ 0 }, 200, "ok");
    assert_non_null(strstr(way.proxy.seen->last, "\r\nProxy-Authorization: Basic "
                                                 "bWU6UFJPWFktU0VDUkVU\r\n"));
    assert_null(strstr(way.a.server.seen->last, "Proxy"));
    (void)setenv("no_proxy", "localhost", 1);
    https_free(&way.a.https);
    assert_int_equal(https_open("ca.pem", "", &way.a.https, &why), 0);
    asking_gives(&way.a, (struct https_request){ 0 }, 200, "ok");
    assert_int_equal(way.proxy.seen->requests, 1);
    way_end(&way);
}

static void direct(void **state)
{
    struct way way;

    (void)state;
    way_begin(&way, tunnel, NULL, BY_ENVIRONMENT);
    (void)setenv("all_proxy", getenv("https_proxy"), 1);
    https_free(&way.a.https);
    assert_int_equal(https_open("ca.pem", "direct", &way.a.https, &why), 0);
    asking_gives(&way.a, (struct https_request){ 0 }, 200, "ok");
    assert_int_equal(way.proxy.seen->visits, 0);
    way_end(&way);
    (void)unsetenv("all_proxy");
}

static void says(struct visit *visit)
{
    if (visit_read(visit))
        visit_say(visit, visit->data);
    (void)visit_read(visit);
}

static void says_and_goes(struct visit *visit)
{
    if (visit_read(visit))
        visit_say(visit, visit->data);
}

static void refusals(void **state)
{
    static const struct {
        server_talk *talk;
        const char *answer;
        enum reason reason;
        const char *words;
    } rows[] = {
        { says, "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", REASON_PROXY_REFUSED,
          "answers with the status 403" },
        { says,
          "HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=x\r\n"
          "Content-Length: 0\r\n\r\n",
          REASON_PROXY_REFUSED, "status 407" },
        { says, "HTTP/1.1 502 Oh\r\nContent-Length: 0\r\n\r\n", REASON_PROXY_REFUSED, "502" },
        { says, "HTTP/1.1 302 Go\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n",
          REASON_PROXY_REFUSED, "302" },
        { says_and_goes, "", REASON_CONNECTION_LOST, "Proxy CONNECT aborted" },
        { says_and_goes, "nonsense\r\n\r\n", REASON_CONNECTION_LOST, "response 0" },
        { says, "HTTP/1.1 200 OK\r\n\r\nthis is no TLS", REASON_NO_TLS, "" },
        { says, "HTTP/1.1 200 OK\r\n", REASON_TIME_OUT, "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct way way;
        way_begin(&way, rows[i].talk, rows[i].answer, BY_ENVIRONMENT);
        test_reason(
            asking_within(&way.a, "/", (struct https_request){ .form = form }, 1000, &patient),
            &why, rows[i].reason, rows[i].words);
        assert_null(strstr(why.text, "SECRET"));
        assert_false(way.a.answer.sent);
        assert_int_equal(way.a.server.seen->visits, 0);
        way_end(&way);
    }
}

/* A proxy that ends the TLS itself, with a certificate of its own. */
static void between(void **state)
{
    struct pair other, forged;
    struct server evil;
    struct way way;

    (void)state;
    pair_make(&(struct pair_request){ .host = "ca" }, &other);
    pair_make(&(struct pair_request){ .host = "localhost", .issuer = &other }, &forged);
    server_start(&(struct server_request){ .pair = &forged }, &evil);
    way_begin(&way, tunnel, &evil.port, BY_SETTING);
    asking_fails(&way.a, (struct https_request){ .form = form }, REASON_CERTIFICATE_UNKNOWN,
                 "is not trusted here");
    server_wait(&evil, 1);
    assert_int_equal(evil.seen->handshakes, 1);
    assert_int_equal(evil.seen->bytes, 0);
    way_end(&way);
    server_end(&evil);
    pair_free(&other);
    pair_free(&forged);
}

static void absent(void **state)
{
    struct way way;

    (void)state;
    way_begin(&way, says, "", BY_SETTING);
    server_end(&way.proxy);
    asking_fails(&way.a, (struct https_request){ 0 }, REASON_NO_SERVER, "");
    asking_end(&way.a);
}

FACTS(FACT(through, "https_do, proxy: TLS to the server goes through it"),
      FACT(by_environment, "https_do, proxy: of the environment, with its password and exceptions"),
      FACT(direct, "https_do, proxy: none if the setting says so"),
      FACT(refusals, "https_do, proxy: one that refuses or makes no sense, and nothing is sent"),
      FACT(between, "https_do, proxy: one that looks into the TLS is found out"),
      FACT(absent, "https_do, proxy: one that is not there"))
