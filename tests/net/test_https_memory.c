/* SPDX-License-Identifier: MIT
 *
 * Where is a secret that was sent, and one that was received? With malloc as a worker has it, which
 * tests/meson.build sees to.
 */
#include "net/asking.h"

#include <stdlib.h>

/* The marker, so that this program has no copy of it. */
enum { KEY = 0x55, MARKER = 24 };
static const unsigned char hidden[MARKER] = { 0x38, 0x34, 0x27, 0x3e, 0x30, 0x27, 0x78, 0x62,
                                              0x26, 0x30, 0x36, 0x27, 0x30, 0x21, 0x78, 0x64,
                                              0x64, 0x23, 0x34, 0x39, 0x20, 0x30, 0x78, 0x6d };

static size_t count_in(const unsigned char *from, const unsigned char *end)
{
    size_t found = 0;

    for (; from + MARKER <= end; from++) {
        int same = 0;
        while (same < MARKER && (from[same] ^ KEY) == hidden[same])
            same++;
        found += same == MARKER;
    }
    return found;
}

/* How often it is in the memory of this process. */
static size_t copies(void)
{
    char line[400];
    size_t found = 0;
    FILE *maps = fopen("/proc/self/maps", "re");

    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) {
        char *at;
        const unsigned char *from = (unsigned char *)strtoul(line, &at, 16);  /* NOLINT */
        const unsigned char *end = (unsigned char *)strtoul(at + 1, &at, 16); /* NOLINT */
        if (!strncmp(at, " rw", 3))
            found += count_in(from, end);
    }
    (void)fclose(maps);
    return found;
}

static struct secret *marker(void)
{
    struct secret *secret = secret_new(MARKER);

    for (int i = 0; i < MARKER; i++)
        (void)secret_append(secret, &(char){ (char)(hidden[i] ^ KEY) }, 1);
    return secret;
}

static size_t most; /* that were seen while it was in use */

static bool looking(struct asker *asker)
{
    size_t now = copies();

    (void)asker;
    most = now > most ? now : most;
    return false;
}

/* Answers with the request, whose body has it, and with a cookie of it; or not at all. */
static void echoes(struct visit *visit)
{
    if (visit_read(visit) && !visit->data) {
        const char *body = strstr(visit->seen->last, "\r\n\r\n") + 4;
        visit_say(visit, "HTTP/1.1 200 OK\r\nContent-Length: 33\r\nSet-Cookie: sid=");
        visit_say(visit, body + strlen("password="));
        visit_say(visit, "; Secure\r\n\r\n");
        visit_say(visit, body);
    }
    (void)visit_read(visit);
}

static bool has_it(const struct secret *secret)
{
    const unsigned char *bytes = (const unsigned char *)secret_peek(secret);

    return count_in(bytes, bytes + secret_length(secret)) == 1;
}

static void after(bool answered)
{
    struct asker asker = { .cancelled = looking };
    secret_auto *secret = marker();
    const struct field form[] = { { "password", NULL, secret }, { 0 } };
    const struct field headers[] = { { "Authorization", "Bearer ", secret }, { 0 } };
    const char *const cookies[] = { "sid", NULL };
    const struct https_request request = {
        .form = form, .headers = headers, .query = form, .cookies = cookies
    };
    struct asking a;

    most = 0;
    asking_begin(&a, echoes, answered ? NULL : "silent");
    enum outcome out = asking_within(&a, "/", request, answered ? PATIENCE_MS : 300, &asker);
    assert_int_equal(out, answered ? OUTCOME_OK : OUTCOME_BUSY);
    if (answered) {
        assert_true(has_it(a.answer.body));
        assert_true(has_it(a.answer.cookie));
    }
    asking_end(&a);
    assert_true(most >= 4); /* it finds what is there: ours, and libcurl's */
    assert_int_equal(copies(), 1);
    secret_free(&secret);
    assert_int_equal(copies(), 0);
}

static void wiped(void **state)
{
    (void)state;
    if (TEST_ASAN)
        test_skip("AddressSanitizer keeps what is freed");
    if (!getenv("GLIBC_TUNABLES"))
        test_skip("malloc as a worker has it");
    after(true);
    after(false);
}

FACTS(FACT(wiped, "https_do: no secret is left, sent or received, once all is closed"))
