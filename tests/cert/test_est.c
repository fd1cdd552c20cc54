/* SPDX-License-Identifier: MIT */
#include "net/asking.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/base64.h"
#include "cert/ca.h"
#include "cert/est.h"

#define BUNDLE "application/pkcs7-mime; smime-type=certs-only"

static const char csr[] = "-----BEGIN CERTIFICATE REQUEST-----\nMAMCAQE=\n"
                          "-----END CERTIFICATE REQUEST-----\n";
static struct ca ours, others;

static void authorities(void)
{
    if (ours.key)
        return;
    ours = ca_make("Ours", NULL);
    others = ca_make("Others", NULL);
}

/* The whole answer with a body; of the last one, the caller's until the next call. */
static const char *say(const char *status, const char *type, const char *body)
{
    static char texts[4][16384];
    static int number;
    char *text = texts[number++ % 4];

    (void)snprintf(text, sizeof *texts, "HTTP/1.1 %s\r\n%s%s%sContent-Length: %zu\r\n\r\n%s",
                   status, type ? "Content-Type: " : "", type ? type : "", type ? "\r\n" : "",
                   strlen(body), body);
    return text;
}

/* Base64 of a bundle, in lines of 64. */
static const char *bundle(const gnutls_x509_crt_t *all, unsigned count)
{
    static char text[8192], lines[8192];
    gnutls_datum_t der = ca_bundle(all, count);
    size_t used = 0;

    base64_encode(der.data, der.size, text);
    gnutls_free(der.data);
    for (size_t i = 0; i < strlen(text); i += 64)
        used += (size_t)snprintf(lines + used, sizeof lines - used, "%.64s\r\n", text + i);
    return lines;
}

/* A server with these answers, and who asks it. */
struct world {
    struct asking asking;
    char base[64];
    struct enrol enrol;
};

static void step(struct asker *asker, const char *line)
{
    (void)asker, (void)line;
}

static void world_begin(struct world *world, const char *const *answers)
{
    patient.step = step;
    authorities();
    asking_begin(&world->asking, server_answers, answers);
    (void)snprintf(world->base, sizeof world->base, "https://localhost:%d/est/",
                   world->asking.server.port);
    world->enrol = (struct enrol){ .https = world->asking.https,
                                   .base = world->base,
                                   .asker = &patient,
                                   .budget_ms = PATIENCE_MS };
}

static const char *last(const struct world *world)
{
    return world->asking.server.seen->last;
}

static enum outcome enrol(const char *answer, const struct secret *login, struct cert_answer *got,
                          struct chain *issued, bool *sent)
{
    const char *const answers[] = { answer, NULL };
    const struct est_request request = { .pem = csr };
    struct world world;

    world_begin(&world, answers);
    world.enrol.login = login;
    enum outcome out = est_enrol(&world.enrol, &request, got, issued, sent, &why);
    asking_end(&world.asking);
    return out;
}

static void bases(void **state)
{
    static const char *const cases[][2] = {
        { "est.corp.example", "https://est.corp.example/.well-known/est/" },
        { "https://est.corp.example:8443", "https://est.corp.example:8443/.well-known/est/" },
        { "https://est.corp.example/.well-known/est/users",
          "https://est.corp.example/.well-known/est/users/" },
    };
    char base[URL_MOST];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(est_base(cases[i][0], base, &why), OUTCOME_OK);
        assert_string_equal(base, cases[i][1]);
    }
    test_reason(est_base("http://est.corp.example", base, &why), &why, REASON_BAD_SETTING, "");
}

static void issued(void **state)
{
    const char *answers[] = { NULL, NULL };
    const struct est_request once = { .pem = csr }, again = { .pem = csr, .renews = true };
    chain_auto chain = { .count = 0 };
    struct cert_answer answer;
    struct world world;
    bool sent = false;

    (void)state;
    authorities();
    answers[0] = say("200 OK", BUNDLE, bundle(&ours.crt, 1));
    world_begin(&world, answers);
    assert_int_equal(est_enrol(&world.enrol, &once, &answer, &chain, &sent, &why), OUTCOME_OK);
    assert_int_equal(answer.disposition, DISPOSITION_ISSUED);
    assert_int_equal(chain.count, 1);
    assert_true(sent);
    assert_non_null(strstr(last(&world), "POST /est/simpleenroll HTTP/1.1\r\n"));
    assert_non_null(strstr(last(&world), "Content-Type: application/pkcs10\r\n"));
    assert_non_null(strstr(last(&world), "\r\n\r\nMAMCAQE="));
    assert_null(strstr(last(&world), "Authorization"));
    chain_free(&chain);
    assert_int_equal(est_enrol(&world.enrol, &again, &answer, &chain, &sent, &why), OUTCOME_OK);
    assert_non_null(strstr(last(&world), "POST /est/simplereenroll HTTP/1.1\r\n"));
    asking_end(&world.asking);
}

static void not_issued(void **state)
{
    static const struct {
        const char *status, *type, *body;
        enum disposition disposition;
        const char *message;
        bool sent;
    } cases[] = {
        { "202 Accepted\r\nRetry-After: 90000", NULL, "", DISPOSITION_PENDING, "", true },
        { "202 Accepted\r\nRetry-After: 90000", "text/plain", "Ask Bob.\r\n", DISPOSITION_PENDING,
          "Ask Bob.", true },
        { "400 No", "text/plain; charset=utf-8", "The key\nis short\x1b[31m.\n", DISPOSITION_DENIED,
          "The key is short?[31m.", true },
        { "400 No", "text/html", "<p>no", DISPOSITION_DENIED, "", true },
        { "403 No", NULL, "Not you", DISPOSITION_DENIED, "Not you", true },
        { "422 No", NULL, "", DISPOSITION_DENIED, "", true },
        { "500 Oh", NULL, "Disk full", DISPOSITION_FAILED, "Disk full", true },
        { "504 Oh", "text/html", "x", DISPOSITION_FAILED, "", true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        chain_auto chain = { .count = 0 };
        struct cert_answer got;
        bool sent = false;
        if (enrol(say(cases[i].status, cases[i].type, cases[i].body), NULL, &got, &chain, &sent))
            fail_msg("case %zu: %s", i, why.text);
        assert_int_equal(got.disposition, cases[i].disposition);
        assert_string_equal(got.message, cases[i].message);
        assert_int_equal(got.wait_s, cases[i].disposition == DISPOSITION_PENDING ? 90000 : 0);
        assert_int_equal(sent, cases[i].sent);
        assert_int_equal(chain.count, 0);
    }
}

static void failures(void **state)
{
    static const struct {
        const char *status, *type, *body;
        enum reason reason;
        const char *words;
        bool sent;
    } cases[] = {
        { "404 No", NULL, "", REASON_NO_ENROLMENT, "simpleenroll", false },
        { "501 No", NULL, "", REASON_NO_ENROLMENT, "no such service", false },
        { "503 No", NULL, "later", REASON_SERVER_BUSY, "later", false },
        { "429 No", NULL, "", REASON_SERVER_BUSY, "too much", false },
        { "401 No", NULL, "", REASON_REFUSED, "401", false },
        { "418 No", NULL, "I am a teapot", REASON_REFUSED, "teapot", false },
        { "302 No\r\nLocation: https://elsewhere/", NULL, "", REASON_REDIRECTED, "elsewhere",
          true },
        { "200 OK", "text/html", "MAMCAQE=", REASON_BAD_ANSWER, "text/html", true },
        { "200 OK", NULL, "MAMCAQE=", REASON_BAD_ANSWER, "no type", true },
        { "200 OK", "application/pkcs7-mime", "MAMCAQE=", REASON_BAD_ANSWER, "malformed", true },
        { "200 OK", "application/pkcs7-mime", "", REASON_BAD_ANSWER, "0 bytes", true },
        { "200 OK", "application/pkcs7-mime", "MIIC&#xD;", REASON_BAD_ANSWER, "no base64", true },
        { "200 OK", "application/pkcs7-mime", "-----BEGIN PKCS7-----\nMAMCAQE=\n",
          REASON_BAD_ANSWER, "no base64", true },
        { "204 OK", NULL, "", REASON_REFUSED, "204", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        chain_auto chain = { .count = 0 };
        struct cert_answer got;
        bool sent = !cases[i].sent;
        test_reason(
            enrol(say(cases[i].status, cases[i].type, cases[i].body), NULL, &got, &chain, &sent),
            &why, cases[i].reason, cases[i].words);
        assert_int_equal(sent, cases[i].sent);
        assert_int_equal(chain.count, 0);
    }
}

static struct secret *text(const char *bytes)
{
    struct secret *secret = secret_new(strlen(bytes));

    assert_true(secret && secret_append(secret, bytes, strlen(bytes)));
    return secret;
}

static void logins(void **state)
{
    static const char *const bad[] = { "", "a:b", "a\nb", "a\x80" };
    secret_auto *password = text("open sesame"), *login = NULL;
    chain_auto chain = { .count = 0 };
    struct cert_answer got;
    bool sent = true;

    (void)state;
    assert_int_equal(est_login("Aladdin", password, &login, &why), OUTCOME_OK);
    assert_string_equal(secret_peek(login), "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="); /* RFC 7617 2 */
    test_reason(enrol(say("401 No", NULL, ""), login, &got, &chain, &sent), &why,
                REASON_WRONG_PASSWORD, "");
    assert_false(sent);
    secret_free(&login);
    for (size_t i = 0; i < COUNT(bad); i++)
        test_reason(est_login(bad[i], password, &login, &why), &why, REASON_BAD_NAME, "");
}

static void proof_is_kept_back(void **state)
{
    const char *answers[] = { say("204 No Content", NULL, ""), NULL };
    const char *asks[] = { say("401 No", NULL, ""), say("404 No", NULL, ""), NULL };
    secret_auto *login = text("QQ==");
    struct world world;

    (void)state;
    world_begin(&world, answers);
    world.enrol.login = login;
    assert_int_equal(est_check(&world.enrol, CERT_KEY_P256, &why), OUTCOME_OK);
    assert_non_null(strstr(last(&world), "GET /est/csrattrs HTTP/1.1\r\n"));
    assert_null(strstr(last(&world), "Authorization"));
    asking_end(&world.asking);
    world_begin(&world, asks);
    world.enrol.login = login;
    assert_int_equal(est_check(&world.enrol, CERT_KEY_P256, &why), OUTCOME_OK);
    assert_non_null(strstr(last(&world), "Authorization: Basic QQ==\r\n"));
    assert_int_equal(world.asking.server.seen->requests, 2);
    asking_end(&world.asking);
}

/* What comes of this answer to cacerts, or to csrattrs. */
static enum outcome look(const char *answer, struct chain *theirs)
{
    const char *const answers[] = { answer, NULL };
    chain_auto trusted = { .count = 0 };
    struct world world;

    authorities();
    assert_int_equal(chain_add(&trusted, ours.crt, &why), OUTCOME_OK);
    world_begin(&world, answers);
    enum outcome out = theirs ? est_authorities(&world.enrol, &trusted, theirs, &why)
                              : est_check(&world.enrol, CERT_KEY_P256, &why);
    asking_end(&world.asking);
    return out;
}

static void of_the_authority(void **state)
{
    chain_auto theirs = { .count = 0 };

    (void)state;
    authorities();
    struct ca below = ca_make("Below", &ours);
    const gnutls_x509_crt_t both[] = { others.crt, below.crt };
    assert_int_equal(look(say("200 OK", BUNDLE, bundle(both, 2)), &theirs), OUTCOME_OK);
    assert_int_equal(theirs.count, 2);
    chain_free(&theirs);
    assert_int_equal(look(say("200 OK", BUNDLE, bundle(&ours.crt, 1)), &theirs), OUTCOME_OK);
    chain_free(&theirs);
    test_reason(look(say("200 OK", BUNDLE, bundle(&others.crt, 1)), &theirs), &why,
                REASON_CERTIFICATE_OTHER_CA, "another authority");
    assert_int_equal(theirs.count, 0);
    test_reason(look(say("200 OK", "text/html", bundle(&ours.crt, 1)), &theirs), &why,
                REASON_BAD_ANSWER, "text/html");
    test_reason(look(say("404 No", NULL, ""), &theirs), &why, REASON_NO_ENROLMENT, "cacerts");
    test_reason(look(say("204 No", NULL, ""), &theirs), &why, REASON_REFUSED, "204");
    ca_free(&below);
}

static void wishes(void **state)
{
    (void)state;
    assert_int_equal(look(say("200 OK", "application/csrattrs", "MAA="), NULL), OUTCOME_OK);
    assert_int_equal(look(say("404 No", NULL, ""), NULL), OUTCOME_OK);
    test_reason(look(say("200 OK", "application/csrattrs", "MAsGCSqGSIb3DQEJBw=="), NULL), &why,
                REASON_REFUSED, "challengePassword");
    test_reason(look(say("200 OK", "text/plain", "MAA="), NULL), &why, REASON_BAD_ANSWER,
                "text/plain");
    test_reason(look(say("200 OK", "application/csrattrs", "MAA"), NULL), &why, REASON_BAD_ANSWER,
                "base64");
    test_reason(look(say("500 No", NULL, ""), NULL), &why, REASON_REFUSED, "csrattrs");
}

FACTS(FACT(bases, "est_base: a host becomes its well-known place; a label stays"),
      FACT(issued,
           "est_enrol: the request is sent as base64, and the certificate is in the answer"),
      FACT(not_issued, "est_enrol: pending, denied and failed, with the server's sentence"),
      FACT(failures, "est_enrol: what is no answer, and whether a certificate may exist"),
      FACT(logins, "est_login: as RFC 7617 has it; one that is refused: wrong-password"),
      FACT(proof_is_kept_back, "est_check: the login is kept back until the server asks for it"),
      FACT(of_the_authority, "est_authorities: ours must be among them, or above"),
      FACT(wishes, "est_check: nothing is asked for, or what is known"))
