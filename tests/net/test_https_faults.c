/* SPDX-License-Identifier: MIT */
#include "net/asking.h"

#include "faults.h"

static const char *const answers[] = {
    "HTTP/1.1 302 Go\r\nLocation: /x\r\nContent-Length: 20000\r\n\r\n", NULL
};

static void large(struct visit *visit)
{
    static char body[20000];

    memset(body, 'x', sizeof body);
    while (visit_read(visit)) {
        visit_say(visit, *answers);
        visit_write(visit, body, sizeof body);
    }
}

static bool asks(void *data)
{
    static const struct field form[] = { { "a", "b", NULL }, { 0 } };
    const struct server *server = data;
    https_answer_auto answer = { 0 };
    https_auto *https = NULL;
    char url[100];

    (void)snprintf(url, sizeof url, "https://localhost:%d/", server->port);
    struct https_request request = { .url = url,
                                     .query = form,
                                     .headers = form,
                                     .form = form,
                                     .most = 30000,
                                     .may_redirect = true };
    if (https_open("ca.pem", "direct", &https, &why) ||
        https_do(https, &request, PATIENCE_MS, &patient, &answer, &why)) {
        assert_int_equal(why.reason, REASON_NO_MEMORY);
        return false;
    }
    assert_int_equal(secret_length(answer.body), 20000);
    assert_string_equal(secret_peek(answer.location), "/x");
    return true;
}

static void memory(void **state)
{
    struct server server;

    (void)state;
    asking_prepare();
    server_start(&(struct server_request){ .pair = &good, .talk = large }, &server);
    assert_true(asks(&server));
    assert_in_range(faults_everywhere(FAULTS_MEMORY, asks, &server), 8, 100);
    server_end(&server);
}

FACTS(FACT(memory, "https_do: every allocation may fail, and says so"))
