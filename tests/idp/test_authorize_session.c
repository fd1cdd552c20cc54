/* SPDX-License-Identifier: MIT */
#include "net/asking.h"

#include "idp/authorize.h"

#define GOES(lines) "HTTP/1.1 302 Found\r\nLocation: x:/\r\n" lines "Content-Length: 0\r\n\r\n"

static bool was_sent(const struct asking *a, const char *text)
{
    return strstr(a->server.seen->last, text) != NULL;
}

static struct secret *secret(const char *text)
{
    struct secret *made = secret_new(strlen(text));

    (void)secret_append(made, text, strlen(text));
    return made;
}

static enum outcome asks(struct asking *a, struct authorize_session *session)
{
    secret_auto *uri = NULL;

    (void)snprintf(a->url, sizeof a->url, "https://localhost:%d/authorize?a=b", a->server.port);
    enum outcome out =
        authorize_silently(a->https, a->url, session, PATIENCE_MS, &patient, &uri, &why);
    assert_true(out ? !uri : !strcmp(secret_peek(uri), "x:/"));
    return out;
}

static void goes_on(void **state)
{
    static const char *const answers[] = { GOES("Set-Cookie: sid=one; Secure\r\n"), GOES(""),
                                           GOES("Set-Cookie: idx=two; Secure\r\n"), GOES(""),
                                           NULL };
    authorize_session_auto session = { .token = secret("20&x") };
    struct asking a;

    (void)state;
    asking_begin(&a, server_answers, answers);
    assert_int_equal(asks(&a, &session), OUTCOME_OK);
    assert_true(was_sent(&a, "GET /authorize?a=b&sessionToken=20%26x HTTP/1.1\r\n"));
    assert_false(was_sent(&a, "Cookie"));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(asks(&a, &session), OUTCOME_OK);
        assert_true(was_sent(&a, "GET /authorize?a=b HTTP/1.1\r\n"));
        assert_true(was_sent(&a, i < 2 ? "\r\nCookie: sid=one\r\n" : "\r\nCookie: idx=two\r\n"));
    }
    assert_int_equal(asks(&a, NULL), OUTCOME_OK);
    assert_false(was_sent(&a, "Cookie") || was_sent(&a, "Token"));
    asking_end(&a);
}

static void without(void **state)
{
    static const char *const answers[] = { GOES("Set-Cookie: sid=one\r\n"), NULL };
    authorize_session_auto session = { .token = secret("20") };
    struct asking a;

    (void)state;
    asking_begin(&a, server_answers, answers);
    assert_int_equal(asks(&a, &session), OUTCOME_OK);
    test_reason(asks(&a, &session), &why, REASON_BAD_ANSWER, "no cookie");
    assert_int_equal(a.server.seen->requests, 1);
    asking_end(&a);
}

/* A token that may have arrived is not shown a second time. */
static void lost(void **state)
{
    authorize_session_auto session = { .token = secret("20") };
    struct asking a;

    (void)state;
    asking_begin(&a, server_answers, (const char *const[]){ "nonsense", NULL });
    assert_int_not_equal(asks(&a, &session), OUTCOME_OK);
    test_reason(asks(&a, &session), &why, REASON_BAD_ANSWER, "no cookie");
    asking_end(&a);
}

static void leaves(struct asking *a, struct authorize_session *session, int budget_ms)
{
    char org[100];

    (void)snprintf(org, sizeof org, "https://localhost:%d", a->server.port);
    authorize_leave(a->https, org, session, budget_ms);
    assert_null(session->cookie);
}

static void left(void **state)
{
    static const char *const answers[] = { "HTTP/1.1 204 No Content\r\n\r\n", NULL };
    struct authorize_session session = { .token = NULL };
    struct asking a;

    (void)state;
    asking_begin(&a, server_answers, answers);
    leaves(&a, &session, PATIENCE_MS);
    assert_int_equal(a.server.seen->requests, 0);
    session.cookie = secret("sid=one");
    leaves(&a, &session, PATIENCE_MS);
    assert_true(was_sent(&a, "DELETE /api/v1/sessions/me HTTP/1.1\r\n"));
    assert_true(was_sent(&a, "\r\nCookie: sid=one\r\n"));
    asking_end(&a);
}

static void silent(struct visit *visit)
{
    while (visit_read(visit))
        continue;
}

static void patience(void **state)
{
    struct authorize_session session = { .cookie = secret("sid=one") };
    long begun = clock_ms();
    struct asking a;

    (void)state;
    asking_begin(&a, silent, NULL);
    leaves(&a, &session, PATIENCE_MS);
    assert_in_range(clock_ms() - begun, 1000, 5000);
    session.cookie = secret("sid=one");
    begun = clock_ms();
    leaves(&a, &session, 1);
    assert_in_range(clock_ms() - begun, 0, 1000);
    asking_end(&a);
}

FACTS(FACT(goes_on, "authorize_silently: a session's token once, then its cookie, or none"),
      FACT(without, "authorize_silently: nothing is asked of a session that has no cookie"),
      FACT(lost, "authorize_silently: a token is shown once, whatever is answered"),
      FACT(left, "authorize_leave: ends the session that there is"),
      FACT(patience, "authorize_leave: a silent server costs two seconds, or what is left"))
