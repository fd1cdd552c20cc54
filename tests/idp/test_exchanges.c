/* SPDX-License-Identifier: MIT
 *
 * Discovery and the grants at a server that means no good, over TLS. What tests/net says of
 * https_do is not said again: here it is that each exchange makes of it what it should.
 */
#include "meeting.h"

#include <poll.h>
#include <time.h>
#include <unistd.h>

enum { SHORT_MS = 300, KIB = 1 << 10 };

/* One body that is right for all of them; the visit's data is how many days its clock is off. */
static void well(struct visit *visit)
{
    char body[1000], head[300], date[64];
    time_t then = time(NULL) + (visit->data ? *(const int *)visit->data : 0) * 86400;
    struct tm tm;

    (void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&then, &tm));
    while (visit_read(visit)) {
        const char *host = strcasestr(visit->seen->last, "\nhost: ") + 7;
        (void)snprintf(body, sizeof body,
                       "{\"issuer\":\"https://%.*s\",\"jwks_uri\":\"https://x.example/keys\","
                       "\"token_endpoint\":\"https://x.example/token\",\"access_token\":\"a\","
                       "\"token_type\":\"Bearer\",\"device_code\":\"d\",\"user_code\":\"A\","
                       "\"verification_uri\":\"https://x.example/\",\"expires_in\":900}",
                       (int)strcspn(host, "\r"), host);
        (void)snprintf(head, sizeof head,
                       "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Length: %zu\r\n\r\n", date,
                       strlen(body));
        visit_say(visit, head);
        visit_say(visit, body);
    }
}

static void good_ones(void **state)
{
    static const int off[] = { 0, -1, 1 };

    (void)state;
    for (size_t day = 0; day < COUNT(off); day++) {
        struct meeting m;
        meet(&m, &(struct server_request){ .pair = &good, .talk = well, .data = &off[day] },
             PATIENCE_MS);
        for (size_t i = 0; i < COUNT(exchanges); i++) {
            if (exchanges[i].run(&m))
                fail_msg("%zu: %s", i, why.text);
            const char *last = m.server.seen->last, *form = strstr(last, "\r\n\r\n");
            assert_memory_equal(last, exchanges[i].asks, strlen(exchanges[i].asks));
            assert_string_equal(form, exchanges[i].form);
        }
        assert_int_equal(m.server.seen->requests, COUNT(exchanges));
        assert_int_equal(m.server.seen->handshakes, 1);
        part(&m);
    }
}

/* Says it to each who asks, and goes without a word if it is rude. */
struct reply {
    const char *bytes;
    size_t length;
    bool rudely;
};

static void replies(struct visit *visit)
{
    const struct reply *reply = visit->data;

    while (visit_read(visit)) {
        visit_write(visit, reply->bytes, reply->length);
        if (reply->rudely)
            _exit(0);
    }
}

/* Each of the first so many exchanges fails by itself for this reason, asks once, and says whom. */
static void all_fail(server_talk *talk, const void *data, size_t count, int budget_ms,
                     enum reason reason, const char *words)
{
    struct meeting m;

    meet(&m, &(struct server_request){ .pair = &good, .talk = talk, .data = data }, budget_ms);
    for (size_t i = 0; i < count; i++) {
        long begun = clock_ms();
        test_reason(exchanges[i].run(&m), &why, reason, words);
        assert_non_null(strstr(why.text, m.discovery.issuer));
        assert_null(strstr(why.text, "cret"));
        assert_int_equal(m.server.seen->requests, i + 1);
        assert_in_range(clock_ms() - begun, 0, budget_ms + 2000);
    }
    part(&m);
}

static void bodies(void **state)
{
    static const struct {
        const char *body;
        size_t length; /* 0: to the NUL */
        const char *words;
    } rows[] = {
        { "", 0, "empty" },
        { "<!DOCTYPE html><html><body>Sign in to the network</body></html>", 0, "not JSON" },
        { "\xef\xbb\xbf{}", 0, "not JSON" },
        { "\xff\xfe{\0}\0", 6, "not UTF-8" },
        { "{\0}\0", 4, "cut off" },
        { "{}", 0, "missing" },
        { "{\"a\":1,\"a\":1}", 0, "a member that is there twice" },
        { "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", 0, "too deep" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char answer[300];
        size_t length = rows[i].length ? rows[i].length : strlen(rows[i].body);
        int head = snprintf(answer, sizeof answer,
                            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                            "Content-Length: %zu\r\n\r\n",
                            length);
        memcpy(answer + head, rows[i].body, length);
        const struct reply reply = { answer, (size_t)head + length, false };
        all_fail(replies, &reply, READERS, PATIENCE_MS, REASON_BAD_ANSWER, rows[i].words);
    }
}

#define EMPTY "Content-Length: 0\r\n\r\n"

static void answers(void **state)
{
    static const struct {
        const char *answer;
        enum reason reason;
        const char *words;
        bool rudely;
    } rows[] = {
        { "HTTP/1.1 204 No Content\r\n\r\n", REASON_BAD_ANSWER, "status 204", false },
        { "HTTP/1.1 403 Forbidden\r\n" EMPTY, REASON_BAD_ANSWER, "status 403", false },
        { "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\n<html>", REASON_BAD_ANSWER,
          "status 403", false },
        { "HTTP/1.1 503 Later\r\nContent-Length: 6\r\n\r\n<html>", REASON_SERVER_BUSY, "status 503",
          false },
        { "HTTP/1.1 302 Go\r\nLocation: http://localhost/token\r\n" EMPTY, REASON_REDIRECTED,
          "\"http://localhost/token\"", false },
        { "HTTP/1.1 307 Go\r\nLocation: https://evil.example/\r\n" EMPTY, REASON_REDIRECTED,
          "\"https://evil.example/\"", false },
        { "HTTP/1.1 308 Go\r\nLocation: token\r\n" EMPTY, REASON_REDIRECTED, "\"token\"", false },
        { "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
          REASON_BAD_ANSWER, "compressed", false },
        { "HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n{", REASON_BAD_ANSWER,
          "Maximum file size", false },
        { "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"issuer\":", REASON_CONNECTION_LOST, "",
          true },
        { "HTTP/1.1 200 OK\r\n\r\n{}", REASON_CONNECTION_LOST, "", true },
        { "HTTP/1.1 200 O", REASON_CONNECTION_LOST, "", true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct reply reply = { rows[i].answer, strlen(rows[i].answer), rows[i].rudely };
        all_fail(replies, &reply, COUNT(exchanges), PATIENCE_MS, rows[i].reason, rows[i].words);
    }
}

/* Ten megabytes that are not announced. */
static void floods(struct visit *visit)
{
    static char many[16 * KIB];

    memset(many, ' ', sizeof many);
    (void)visit_read(visit);
    visit_say(visit, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 10 * KIB / 16; i++) {
        visit_say(visit, "4000\r\n");
        visit_write(visit, many, sizeof many);
        visit_say(visit, "\r\n");
    }
}

static void flood(void **state)
{
    (void)state;
    all_fail(floods, NULL, COUNT(exchanges), PATIENCE_MS, REASON_BAD_ANSWER, "is longer than");
}

/* Byte by byte, for ever. */
static void drips(struct visit *visit)
{
    (void)visit_read(visit);
    visit_say(visit, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
    for (;;) {
        (void)poll(NULL, 0, 20);
        visit_say(visit, " ");
    }
}

static void drip(void **state)
{
    (void)state;
    all_fail(drips, NULL, COUNT(exchanges), SHORT_MS, REASON_TIME_OUT, "");
}

/* No provider, no page: what it means depends on what was asked for. */
static void absent(void **state)
{
    static const struct reply reply = { "HTTP/1.1 404 No\r\n" EMPTY, 38, false };
    struct meeting m;

    (void)state;
    meet(&m, &(struct server_request){ .pair = &good, .talk = replies, .data = &reply },
         PATIENCE_MS);
    for (size_t i = 0; i < COUNT(exchanges); i++)
        test_reason(exchanges[i].run(&m), &why,
                    i == DISCOVERY ? REASON_NO_PROVIDER : REASON_BAD_ANSWER, "status 404");
    part(&m);
}

/* Nobody waits or asks again by himself, as often as it is said. */
static void storm(void **state)
{
    static const char answer[] = "HTTP/1.1 429 Too Many\r\nRetry-After: 1\r\n" EMPTY;
    static const struct reply reply = { answer, sizeof answer - 1, false };
    enum { TIMES = 20 };
    struct meeting m;

    (void)state;
    meet(&m, &(struct server_request){ .pair = &good, .talk = replies, .data = &reply },
         PATIENCE_MS);
    long begun = clock_ms();
    for (int times = 0; times < TIMES; times++)
        for (size_t i = 0; i < COUNT(exchanges); i++)
            test_reason(exchanges[i].run(&m), &why, REASON_SERVER_BUSY, "status 429");
    assert_int_equal(m.server.seen->requests, TIMES * (int)COUNT(exchanges));
    assert_in_range(clock_ms() - begun, 0, TIMES * 1000);
    part(&m);
}

/* Only the password grant has a password that can be wrong; only a device's code can be waited for.
 */
static void refusals(void **state)
{
    static const char *const texts[] = { "{\"error\":\"invalid_grant\"}",
                                         "{\"error\":\"authorization_pending\"}",
                                         "{\"error\":\"slow_down\"}" };
    static const enum reason refused[READERS] = {
        [DISCOVERY] = REASON_BAD_ANSWER,  [CODE] = REASON_TOKEN_EXPIRED,
        [REFRESH] = REASON_TOKEN_EXPIRED, [PASSWORD] = REASON_WRONG_PASSWORD,
        [DEVICE] = REASON_BAD_ANSWER,     [POLL] = REASON_DEVICE_EXPIRED,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char answer[200];
        int length =
            snprintf(answer, sizeof answer, "HTTP/1.1 400 Bad\r\nContent-Length: %zu\r\n\r\n%s",
                     strlen(texts[i]), texts[i]);
        const struct reply reply = { answer, (size_t)length, false };
        struct meeting m;
        meet(&m, &(struct server_request){ .pair = &good, .talk = replies, .data = &reply },
             PATIENCE_MS);
        for (size_t e = 0; e < READERS; e++)
            if (i && e == POLL)
                assert_int_equal(exchanges[e].run(&m), OUTCOME_OK);
            else
                test_reason(exchanges[e].run(&m), &why, i ? REASON_BAD_ANSWER : refused[e],
                            m.discovery.issuer);
        assert_int_equal(m.device.interval_s, i == 2 ? 10 : 5);
        part(&m);
    }
}

/* Asks a server that is refused for all; it may not hear a byte. */
static void shuns(const struct pair_request *request, const char *priorities, enum reason reason)
{
    struct pair pair;
    struct meeting m;

    pair_make(request, &pair);
    meet(&m, &(struct server_request){ .pair = &pair, .priorities = priorities, .talk = well },
         PATIENCE_MS);
    for (size_t i = 0; i < COUNT(exchanges); i++)
        test_reason(exchanges[i].run(&m), &why, reason, m.discovery.issuer);
    https_free(&m.https);
    server_wait(&m.server, COUNT(exchanges));
    assert_int_equal(m.server.seen->visits, COUNT(exchanges));
    assert_int_equal(m.server.seen->bytes, 0);
    part(&m);
    pair_free(&pair);
}

static void strangers(void **state)
{
    (void)state;
    asking_prepare();
    shuns(&(struct pair_request){ .host = "localhost", .issuer = &ca, .begin = -9, .end = -2 },
          NULL, REASON_CERTIFICATE_EXPIRED);
    shuns(&(struct pair_request){ .host = "localhost" }, NULL, REASON_CERTIFICATE_UNKNOWN);
    shuns(&(struct pair_request){ .host = "other.example", .issuer = &ca }, NULL,
          REASON_CERTIFICATE_NAME);
    shuns(&(struct pair_request){ .host = "localhost", .issuer = &ca },
          "LEGACY:-VERS-ALL:+VERS-TLS1.1", REASON_NO_TLS);
}

static void nowhere(void **state)
{
    struct meeting m;

    (void)state;
    meet(&m, &(struct server_request){ .pair = &good, .talk = well }, PATIENCE_MS);
    *m.discovery.device = *m.discovery.revocation = '\0';
    test_reason(by_device(&m), &why, REASON_CLIENT_REFUSED, "has no device grant");
    assert_int_equal(by_revocation(&m), OUTCOME_OK);
    assert_int_equal(m.server.seen->visits, 0);
    part(&m);
}

/* Where to ask has no slash more (OpenID Connect Discovery, section 4); the issuer has. */
static void slash(void **state)
{
    struct meeting m;

    (void)state;
    meet(&m, &(struct server_request){ .pair = &good, .talk = well }, PATIENCE_MS);
    (void)strcat(m.discovery.issuer, "/");
    test_reason(by_discovery(&m), &why, REASON_OTHER_ISSUER, "it calls itself https://localhost:");
    assert_memory_equal(m.server.seen->last, exchanges[DISCOVERY].asks,
                        strlen(exchanges[DISCOVERY].asks));
    part(&m);
}

/* What was sent may have been used up, unless the server says that it has not looked at it. */
static void breakdowns(void **state)
{
    static const struct {
        const char *answer;
        bool broke_down;
        int wait_s;
    } rows[] = {
        { "HTTP/1.1 500 Internal Server Error\r\n" EMPTY, true, 0 },
        { "HTTP/1.1 502 Bad Gateway\r\n" EMPTY, true, 0 },
        { "HTTP/1.1 504 Gateway Timeout\r\nRetry-After: 7\r\n" EMPTY, true, 7 },
        { "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\n" EMPTY, false, 7 },
        { "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n" EMPTY, false, 7 },
        { "HTTP/1.1 400 Bad Request\r\nContent-Length: 25\r\n\r\n{\"error\":\"invalid_grant\"}",
          false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct reply reply = { rows[i].answer, strlen(rows[i].answer), false };
        struct meeting m;
        tokens_auto tokens = { 0 };
        meet(&m, &(struct server_request){ .pair = &good, .talk = replies, .data = &reply },
             PATIENCE_MS);
        assert_true(grant_refresh(&m.grant, m.word, &tokens, &why));
        assert_true(tokens.sent);
        assert_int_equal(tokens.broke_down, rows[i].broke_down);
        assert_int_equal(tokens.wait_s, rows[i].wait_s);
        part(&m);
    }
}

FACTS(FACT(good_ones, "exchanges: what each asks, of a server whose clock may be a day off"),
      FACT(bodies, "exchanges: HTML, BOM, UTF-16, members twice and all that is no answer"),
      FACT(answers,
           "exchanges: other statuses, redirects anywhere, what is compressed, large or cut"),
      FACT(flood, "exchanges: ten megabytes that are not announced are not read"),
      FACT(drip, "exchanges: a byte at a time costs the budget and no more"),
      FACT(absent, "exchanges: a page that is not there is no provider, or no answer"),
      FACT(storm, "exchanges: too many requests is busy, and nothing is asked again"),
      FACT(breakdowns, "exchanges: a server that broke down may have used up what was sent"),
      FACT(refusals, "exchanges: only a password can be wrong, and only a device be waited for"),
      FACT(strangers, "exchanges: a server that has not proved itself hears nothing"),
      FACT(slash,
           "exchanges: an issuer with a slash at its end is another one, at the same address"),
      FACT(nowhere, "exchanges: what a provider does not have is not asked"))
