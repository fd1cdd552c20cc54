/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "net/look.h"
#include "net/server.h"

static struct why why;

static bool never(struct asker *asker)
{
    (void)asker;
    return false;
}

static struct asker patient = { .cancelled = never };

/* What a look at a server with this certificate says. */
static void look_with(const struct pair *pair, const char *ca_file, struct look *report)
{
    struct server server;

    server_start(&(struct server_request){ .pair = pair }, &server);
    if (look_at(&server.address, "dc.corp.example", ca_file, 5000, &patient, report, &why))
        fail_msg("%s", why.text);
    server_wait(&server, 1);
    assert_int_equal(server.seen->handshakes, 1);
    assert_int_equal(server.seen->bytes, 0);
    server_end(&server);
}

static bool says(const struct look *report, const char *words)
{
    text_auto *sentence = text_new(1000);
    bool good = look_is_good(report, "dc.corp.example", sentence);

    return !good && strstr(text_peek(sentence), words);
}

/* Makes ca.pem. */
static struct pair authority(void)
{
    struct pair ca;

    pair_make(&(struct pair_request){ .host = "ca" }, &ca);
    pair_write(&ca, "ca.pem");
    return ca;
}

static void good(void **state)
{
    struct pair ca = authority(), pair;
    text_auto *sentence = text_new(1000);
    struct look report;

    (void)state;
    pair_make(&(struct pair_request){ .host = "dc.corp.example", .issuer = &ca }, &pair);
    look_with(&pair, "ca.pem", &report);
    assert_true(look_is_good(&report, "dc.corp.example", sentence));
    assert_string_equal(text_peek(sentence), "");
    assert_string_equal(report.issuer, "CN=ca");
    assert_string_equal(report.subject, "CN=dc.corp.example");
    assert_string_equal(report.protocol, "TLS1.3");
    assert_int_equal(report.end, gnutls_x509_crt_get_expiration_time(pair.crt));
    pair_free(&ca);
    pair_free(&pair);
}

static int faults_in(const struct look *report)
{
    return report->expired + report->not_yet_valid + report->wrong_host + report->self_signed +
           report->unknown_authority + report->wrong_use + report->weak + report->chain_is_bad;
}

static void faults(void **state)
{
    struct pair ca = authority(), old_ca, narrow_ca;
    struct pair_request old = { .host = "ca", .begin = -9, .end = -2 };
    struct pair_request narrow = { .host = "ca", .only = "other.example" };
    const struct {
        struct pair_request request;
        enum reason reason;
        const char *words;
    } rows[] = {
        { { .begin = -9, .end = -2 }, REASON_CERTIFICATE_EXPIRED, "it has expired on" },
        { { .begin = 2, .end = 9 }, REASON_CERTIFICATE_TOO_NEW, "it is not valid before" },
        { { .host = "other.example" }, REASON_CERTIFICATE_NAME, "it does not name dc.corp.ex" },
        { { .host = "*.example" }, REASON_CERTIFICATE_NAME, "it does not name dc.corp.example" },
        { { .use = GNUTLS_KP_TLS_WWW_CLIENT }, REASON_CERTIFICATE_USE, "not for TLS servers" },
        { { .rsa_bits = 1024 }, REASON_CERTIFICATE_WEAK, "is weak" },
        { { .digest = GNUTLS_DIG_SHA1 }, REASON_CERTIFICATE_WEAK, "is weak" },
        { { .issuer = &old_ca }, REASON_NOT_AUTHENTIC, "an authority is out of date" },
        { { .issuer = &narrow_ca }, REASON_NOT_AUTHENTIC, "or not for this name" },
    };
    struct look report;

    (void)state;
    pair_make(&old, &old_ca);
    pair_make(&narrow, &narrow_ca);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pair_request request = rows[i].request;
        struct pair pair;
        if (!request.host)
            request.host = "dc.corp.example";
        if (!request.issuer)
            request.issuer = &ca;
        pair_write(request.issuer, "ca.pem");
        pair_make(&request, &pair);
        look_with(&pair, "ca.pem", &report);
        assert_true(says(&report, rows[i].words));
        assert_int_equal(look_reason(&report), rows[i].reason);
        assert_int_equal(faults_in(&report), 1);
        pair_free(&pair);
    }
    pair_free(&ca);
    pair_free(&old_ca);
    pair_free(&narrow_ca);
}

static void strangers(void **state)
{
    struct pair ca = authority(), other, foreign, own;
    struct look report;

    (void)state;
    pair_make(&(struct pair_request){ .host = "ca" }, &other);
    pair_make(&(struct pair_request){ .host = "dc.corp.example", .issuer = &other }, &foreign);
    pair_make(&(struct pair_request){ .host = "dc.corp.example", .begin = -2, .end = -1 }, &own);
    look_with(&foreign, "ca.pem", &report);
    assert_true(report.unknown_authority && !report.self_signed);
    assert_true(says(&report, "its authority is not trusted here: CN=ca"));
    assert_int_equal(look_reason(&report), REASON_CERTIFICATE_UNKNOWN);
    look_with(&own, "ca.pem", &report);
    assert_true(report.self_signed && report.expired);
    assert_true(says(&report, "it has expired") && says(&report, "self-signed"));
    look_with(&foreign, NULL, &report);
    assert_true(report.unknown_authority);
    pair_free(&ca);
    pair_free(&other);
    pair_free(&foreign);
    pair_free(&own);
}

static int listening(struct sockaddr_storage *address)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    socklen_t size = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memset(address, 0, sizeof *address);
    v4->sin_family = AF_INET;
    v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)address, sizeof *v4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)address, &size), 0);
    assert_int_equal(listen(fd, 5), 0);
    return fd;
}

static void ca_files(void **state)
{
    struct sockaddr_storage address;
    fd_auto fd = listening(&address);
    struct look report;

    (void)state;
    (void)fd;
    test_reason(look_at(&address, "x.example", "absent.pem", 100, &patient, &report, &why), &why,
                REASON_BAD_SETTING, "absent.pem");
    test_write("empty.pem", "", 0);
    test_reason(look_at(&address, "x.example", "empty.pem", 100, &patient, &report, &why), &why,
                REASON_BAD_SETTING, "empty.pem");
}

/* Sends these bytes, whatever it is told. */
static int babble(int listener, const char *bytes, size_t length)
{
    char ignored[4096];
    int fd = accept(listener, NULL, NULL);

    (void)!recv(fd, ignored, sizeof ignored, 0);
    return length && send(fd, bytes, length, MSG_NOSIGNAL) < 0;
}

static void no_tls(void **state)
{
    static const char *const texts[] = { "", "220 hello\r\n", "0\f\2\1\1a\7\n\1\0\4\0\4\0",
                                         "\x15\3\3\0\2\2\x28" };
    struct look report;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct sockaddr_storage address;
        fd_auto fd = listening(&address);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (!pid)
            _exit(babble(fd, texts[i], i == 2 ? 14 : i == 3 ? 7 : strlen(texts[i])));
        test_reason(look_at(&address, "x.example", NULL, 3000, &patient, &report, &why), &why,
                    REASON_NOT_PROTECTED, i == 3 ? "the server says" : "no TLS");
        (void)waitpid(pid, NULL, 0);
    }
}

static void silence(void **state)
{
    struct sockaddr_storage address;
    fd_auto fd = listening(&address);
    struct look report;
    long begun = clock_ms();

    (void)state;
    test_reason(look_at(&address, "x.example", NULL, 300, &patient, &report, &why), &why,
                REASON_TIME_OUT, "does not answer");
    assert_in_range(clock_ms() - begun, 250, 2000);
    fd_close(&fd);
    fd = -1;
    test_reason(look_at(&address, "x.example", NULL, 300, &patient, &report, &why), &why,
                REASON_NO_SERVER, "refused");
}

FACTS(FACT(good, "look_at: a good certificate is good, and nothing but the handshake is sent"),
      FACT(faults, "look_at: whatever is wrong with a certificate is told apart"),
      FACT(strangers, "look_at: self-signed and from an unknown authority, beside other faults"),
      FACT(ca_files, "look_at: a ca_file that cannot be used is the setting's fault"),
      FACT(no_tls, "look_at: a server that does not speak TLS"),
      FACT(silence, "look_at: a silent server costs the budget and no more"))
