/* SPDX-License-Identifier: MIT */
#include "net/asking.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define HEAD    "HTTP/1.1 200 OK\r\n"
#define CHUNKED HEAD "Transfer-Encoding: chunked\r\n\r\n"

enum { KIB = 1 << 10, MIB = 1 << 20, SHORT_MS = 400 };

/* Says it, whatever it is, and goes: by the rules of TLS, or not. */
struct words {
    const char *bytes;
    size_t length;
    bool rudely;
};

static void says(struct visit *visit)
{
    const struct words *words = visit->data;

    if (visit_read(visit))
        visit_write(visit, words->bytes, words->length);
    if (words->rudely)
        _exit(0);
}

static enum outcome ask_one(server_talk *talk, const void *data, int budget_ms, struct asker *asker)
{
    struct asking a;

    asking_begin(&a, talk, data);
    enum outcome out = asking_within(&a, "/", (struct https_request){ 0 }, budget_ms, asker);
    assert_true(out ? !a.answer.body : a.answer.body != NULL);
    asking_end(&a);
    return out;
}

static void answer_is(const char *bytes, size_t length, enum reason reason, const char *text)
{
    const struct words words = { bytes, length, false };

    test_reason(ask_one(says, &words, PATIENCE_MS, &patient), &why, reason, text);
}

static void nonsense(void **state)
{
    static const struct {
        const char *answer;
        enum reason reason;
        const char *words;
    } rows[] = {
        { "", REASON_CONNECTION_LOST, "" },
        { "hello", REASON_BAD_ANSWER, "HTTP/0.9" },
        { "<html>\r\n\r\n", REASON_BAD_ANSWER, "HTTP/0.9" },
        { "\xff\xfeH\0T\0", REASON_BAD_ANSWER, "HTTP/0.9" },
        { "HTTP/1.1\r\n\r\n", REASON_BAD_ANSWER, "HTTP version" },
        { "HTTP/9.9 200 OK\r\n\r\n", REASON_BAD_ANSWER, "HTTP version" },
        { "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n", REASON_BAD_ANSWER, "status 999" },
        { "HTTP/1.1 20 No\r\nContent-Length: 0\r\n\r\n", REASON_BAD_ANSWER, "response code" },
        { "HTTP/1.1 101 Switching Protocols\r\n\r\n", REASON_CONNECTION_LOST, "" },
        { "HTTP/1.1 100 Continue\r\n\r\n", REASON_CONNECTION_LOST, "" },
        { HEAD "X-Y: 1", REASON_CONNECTION_LOST, "" },
        { HEAD "Content-Length: 10\r\n\r\nshort", REASON_CONNECTION_LOST, "" },
        { HEAD "Content-Length: -1\r\n\r\nx", REASON_BAD_ANSWER, "Content-Length" },
        { HEAD "Content-Length: 99999999999999999999\r\n\r\nx", REASON_BAD_ANSWER, "" },
        /* libcurl has the same code for both. */
        { CHUNKED "nonsense\r\n", REASON_CONNECTION_LOST, "chunk" },
        { CHUNKED "FFFFFFFFFFFFFFFFF\r\nx", REASON_CONNECTION_LOST, "chunk" },
        { CHUNKED "3\r\nabc", REASON_CONNECTION_LOST, "" },
        { HEAD "Content-Encoding: br\r\nContent-Length: 0\r\n\r\n", REASON_BAD_ANSWER,
          "compressed" },
        { HEAD "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n\r\nx", REASON_BAD_ANSWER,
          "compressed" },
        { HEAD "Transfer-Encoding: gzip\r\n\r\nno gzip at all", REASON_BAD_ANSWER, "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        answer_is(rows[i].answer, i == 3 ? 6 : strlen(rows[i].answer), rows[i].reason,
                  rows[i].words);
}

static void nul(void **state)
{
    static const char text[] = HEAD "X-Y: a\0b\r\nContent-Length: 0\r\n\r\n";

    (void)state;
    answer_is(text, sizeof text - 1, REASON_BAD_ANSWER, "Nul");
}

/* Of so many bytes: a line, or lines of a hundred. */
static void headers(void **state)
{
    static char text[2 * MIB];
    static const int rows[][2] = { { 60 * KIB, 0 },   { 50 * KIB, 100 }, { 80 * KIB, 0 },
                                   { 80 * KIB, 100 }, { MIB, 0 },        { MIB, 100 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length = (size_t)sprintf(text, HEAD);
        int line = rows[i][1] ? rows[i][1] : rows[i][0];
        for (int done = 0; done < rows[i][0]; done += line)
            length += (size_t)sprintf(text + length, "X-%d: %0*d\r\n", done, line, 0);
        length += (size_t)sprintf(text + length, "Content-Length: 0\r\n\r\n");
        const struct words words = { text, length, false };
        enum outcome out = ask_one(says, &words, PATIENCE_MS, &patient);
        if (i < 2)
            assert_int_equal(out, 0);
        else
            test_reason(out, &why, REASON_BAD_ANSWER,
                        i == 4 ? "a line of the headers is too long"
                               : "the headers are longer than 65536 bytes");
    }
}

static void cut(void **state)
{
    static const char *const texts[] = { "", "HTTP/1.1 200 O", HEAD "X: y\r\n",
                                         HEAD "\r\nuntil the end", CHUNKED "3\r\nabc\r\n" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        const struct words words = { texts[i], strlen(texts[i]), true };
        test_reason(ask_one(says, &words, PATIENCE_MS, &patient), &why, REASON_CONNECTION_LOST, "");
    }
}

static void until_the_end(void **state)
{
    const struct words words = { HEAD "\r\nall", 22, false };

    (void)state;
    assert_int_equal(ask_one(says, &words, PATIENCE_MS, &patient), 0);
}

/* "x" for ever, chunked or not. */
static void endless(struct visit *visit)
{
    static char many[16 * KIB];

    memset(many, 'x', sizeof many);
    (void)visit_read(visit);
    visit_say(visit, visit->data);
    for (;;) {
        if (strstr(visit->data, "chunked"))
            visit_say(visit, "4000\r\n");
        visit_write(visit, many, sizeof many);
        if (strstr(visit->data, "chunked"))
            visit_say(visit, "\r\n");
    }
}

static void too_long(void **state)
{
    static const char *const heads[] = { HEAD "\r\n", CHUNKED,
                                         HEAD "Content-Length: 10485760\r\n\r\n" };
    static const char exact[] = HEAD "Content-Length: 4096\r\n\r\n";
    char text[sizeof exact + 4096];

    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++)
        test_reason(ask_one(endless, heads[i], PATIENCE_MS, &patient), &why, REASON_BAD_ANSWER,
                    i == 2 ? "Maximum file size" : "longer than 4096 bytes");
    memset(text, 'x', sizeof text);
    memcpy(text, exact, sizeof exact - 1);
    const struct words words = { text, sizeof text - 1, false };
    assert_int_equal(ask_one(says, &words, PATIENCE_MS, &patient), 0);
}

static long peak_kib(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* 64 MiB of zeros in 64 KiB, as a coding of the content, and of the transfer. */
static void bomb(void **state)
{
    static char text[256 * KIB];
    static const char *const heads[] = { HEAD "Content-Encoding: gzip\r\n\r\n",
                                         HEAD "Transfer-Encoding: gzip\r\n\r\n" };

    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++) {
        FILE *gzip = popen("head -c 67108864 /dev/zero | gzip -9", "re");
        size_t head = strlen(heads[i]);
        memcpy(text, heads[i], head);
        size_t length = fread(text + head, 1, sizeof text - head, gzip);
        assert_int_equal(pclose(gzip), 0);
        assert_in_range(length, 60 * KIB, 80 * KIB);
        const struct words words = { text, head + length, false };
        long before = peak_kib();
        test_reason(ask_one(says, &words, PATIENCE_MS, &patient), &why, REASON_BAD_ANSWER,
                    "longer than 4096 bytes");
        if (!TEST_ASAN)
            assert_in_range(peak_kib() - before, 0, 1024);
    }
}

static void dripping(struct visit *visit)
{
    (void)visit_read(visit);
    for (const char *c = visit->data;; c += c[1] != '\0') {
        visit_write(visit, c, 1);
        (void)poll(NULL, 0, 10);
    }
}

static void dumb(struct visit *visit)
{
    (void)visit_read(visit);
    (void)visit_read(visit);
}

/* Each must end when the budget does, and no later. */
static void slow(void **state)
{
    static const struct {
        server_talk *talk;
        const char *text;
    } rows[] = { { dumb, "" },
                 { dripping, HEAD "X: y" },
                 { dripping, HEAD "\r\nx" },
                 { dripping, HEAD "Content-Length: 100\r\n\r\nx" },
                 { dripping, "HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\r\nA" } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        long begun = clock_ms();
        test_reason(ask_one(rows[i].talk, rows[i].text, SHORT_MS, &patient), &why, REASON_TIME_OUT,
                    "localhost");
        assert_in_range(clock_ms() - begun, SHORT_MS, SHORT_MS + 2000);
    }
}

static long cancel_ms; /* when the person has had enough */

static bool enough(struct asker *asker)
{
    (void)asker;
    return clock_ms() >= cancel_ms;
}

static void cancelled(void **state)
{
    struct asker hasty = { .cancelled = enough };

    (void)state;
    cancel_ms = clock_ms() + 200;
    assert_int_equal(ask_one(dripping, HEAD "\r\nx", PATIENCE_MS, &hasty), OUTCOME_CANCELLED);
    assert_in_range(clock_ms() - cancel_ms, 0, 2000);
    assert_int_equal(ask_one(dumb, "", PATIENCE_MS, &hasty), OUTCOME_CANCELLED);
}

/* Servers that do not speak TLS, or not to the end of the handshake. */
static void hang_up(struct visit *visit)
{
    char byte;

    (void)!recv(visit->fd, &byte, 1, 0);
}

static void hold(struct visit *visit)
{
    char byte;

    while (recv(visit->fd, &byte, 1, 0) == 1)
        ;
}

static void plain(struct visit *visit)
{
    visit_say(visit, "HTTP/1.1 400 Bad Request\r\n\r\n");
    hold(visit);
}

static void no_tls(void **state)
{
    static const struct {
        server_talk *talk;
        enum reason reason;
    } rows[] = { { hang_up, REASON_NO_TLS }, { plain, REASON_NO_TLS }, { hold, REASON_TIME_OUT } };
    struct asking a;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        asking_begin(&a, NULL, NULL);
        server_end(&a.server);
        server_start(&(struct server_request){ .talk = rows[i].talk }, &a.server);
        test_reason(asking_within(&a, "/", (struct https_request){ 0 }, SHORT_MS, &patient), &why,
                    rows[i].reason, "localhost");
        assert_false(a.answer.sent);
        asking_end(&a);
    }
}

static void nobody(void **state)
{
    static const char label[] =
        "https://x123456789012345678901234567890123456789012345678901234567890123456789.example/";
    struct asking a;

    (void)state;
    asking_begin(&a, NULL, NULL);
    server_end(&a.server);
    asking_fails(&a, (struct https_request){ 0 }, REASON_NO_SERVER, "");
    assert_false(a.answer.sent);
    test_reason(ask(&a, "/", (struct https_request){ .url = label }), &why, REASON_NO_DNS, "x123");
    https_free(&a.https);
}

FACTS(FACT(nonsense, "https_do: answers that make no sense"),
      FACT(nul, "https_do: a NUL in a header"),
      FACT(headers, "https_do: headers up to 64 KiB, no more"),
      FACT(cut, "https_do: a connection that is cut is no end of an answer"),
      FACT(until_the_end, "https_do: a body without a length ends with the end of TLS"),
      FACT(too_long, "https_do: a body is at most as long as the caller said"),
      FACT(bomb, "https_do: what is compressed is not taken, nor inflated in memory"),
      FACT(slow, "https_do: a byte at a time, or none, costs the budget and no more"),
      FACT(cancelled, "https_do: a cancel is heard in the middle"),
      FACT(no_tls, "https_do: a server that speaks no TLS, or stops to"),
      FACT(nobody, "https_do: no server, no name"))
