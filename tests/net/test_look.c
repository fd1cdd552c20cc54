/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "net/look.h"

enum { DAY = 86400 };

static struct why why;

static bool never(struct asker *asker)
{
    (void)asker;
    return false;
}

static struct asker patient = { .cancelled = never };

/* A key and its certificate. */
struct pair {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
};

/* Signed by the issuer; NULL: by itself. */
static struct pair make(const char *host, time_t begin, time_t end, const struct pair *issuer)
{
    struct pair pair;
    char dn[128];

    (void)snprintf(dn, sizeof dn, "CN=%s", host);
    assert_int_equal(gnutls_x509_privkey_init(&pair.key), 0);
    assert_int_equal(gnutls_x509_privkey_generate(pair.key, GNUTLS_PK_ECDSA,
                                                  GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
                                                  0),
                     0);
    assert_int_equal(gnutls_x509_crt_init(&pair.crt), 0);
    assert_int_equal(gnutls_x509_crt_set_dn(pair.crt, dn, NULL), 0);
    assert_int_equal(gnutls_x509_crt_set_version(pair.crt, 3), 0);
    assert_int_equal(gnutls_x509_crt_set_serial(pair.crt, "\1", 1), 0);
    assert_int_equal(gnutls_x509_crt_set_activation_time(pair.crt, begin), 0);
    assert_int_equal(gnutls_x509_crt_set_expiration_time(pair.crt, end), 0);
    assert_int_equal(gnutls_x509_crt_set_key(pair.crt, pair.key), 0);
    assert_int_equal(gnutls_x509_crt_set_basic_constraints(pair.crt, !strcmp(host, "ca"), -1), 0);
    assert_int_equal(gnutls_x509_crt_set_subject_alt_name(pair.crt, GNUTLS_SAN_DNSNAME, host,
                                                          (unsigned)strlen(host), GNUTLS_FSAN_SET),
                     0);
    const struct pair *by = issuer ? issuer : &pair;
    assert_int_equal(gnutls_x509_crt_sign2(pair.crt, by->crt, by->key, GNUTLS_DIG_SHA256, 0), 0);
    return pair;
}

static void pair_free(struct pair *pair)
{
    gnutls_x509_crt_deinit(pair->crt);
    gnutls_x509_privkey_deinit(pair->key);
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

/* One handshake; then, nothing but the end may come: 0 if so. */
static int shake(int listener, const struct pair *pair)
{
    gnutls_certificate_credentials_t own;
    gnutls_session_t session;
    char byte;
    int fd = accept(listener, NULL, NULL);

    (void)gnutls_certificate_allocate_credentials(&own);
    (void)gnutls_certificate_set_x509_key(own, (gnutls_x509_crt_t[]){ pair->crt }, 1, pair->key);
    (void)gnutls_init(&session, GNUTLS_SERVER);
    (void)gnutls_set_default_priority(session);
    (void)gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, own);
    gnutls_transport_set_int(session, fd);
    if (gnutls_handshake(session) < 0)
        return 1;
    ssize_t length = gnutls_record_recv(session, &byte, 1);
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(own);
    (void)close(fd);
    return length > 0;
}

/* What a look at a server with this certificate says. */
static void look_with(const struct pair *pair, const char *ca_file, struct look *report)
{
    struct sockaddr_storage address;
    fd_auto fd = listening(&address);
    int status;

    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid)
        _exit(shake(fd, pair));
    if (look_at(&address, "dc.corp.example", ca_file, 5000, &patient, report, &why))
        fail_msg("%s", why.text);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
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
    time_t now = time(NULL);
    struct pair ca = make("ca", now - DAY, now + DAY, NULL);
    gnutls_datum_t pem = { 0 };

    assert_int_equal(gnutls_x509_crt_export2(ca.crt, GNUTLS_X509_FMT_PEM, &pem), 0);
    test_write("ca.pem", (char *)pem.data, pem.size);
    gnutls_free(pem.data);
    return ca;
}

static void good(void **state)
{
    time_t now = time(NULL);
    struct pair ca = authority(), pair = make("dc.corp.example", now - DAY, now + DAY, &ca);
    text_auto *sentence = text_new(1000);
    struct look report;

    (void)state;
    look_with(&pair, "ca.pem", &report);
    assert_true(look_is_good(&report, "dc.corp.example", sentence));
    assert_string_equal(text_peek(sentence), "");
    assert_string_equal(report.issuer, "CN=ca");
    assert_string_equal(report.subject, "CN=dc.corp.example");
    assert_string_equal(report.protocol, "TLS1.3");
    assert_int_equal(report.end, now + DAY);
    pair_free(&ca);
    pair_free(&pair);
}

static void faults(void **state)
{
    static const struct {
        const char *host;
        int begin, end; /* days from now */
        const char *words;
    } rows[] = {
        { "dc.corp.example", -9, -2, "it has expired on" },
        { "dc.corp.example", 2, 9, "it is not valid before" },
        { "other.example", -1, 1, "it does not name dc.corp.example" },
    };
    time_t now = time(NULL);
    struct pair ca = authority();
    struct look report;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pair pair =
            make(rows[i].host, now + rows[i].begin * DAY, now + rows[i].end * DAY, &ca);
        look_with(&pair, "ca.pem", &report);
        assert_true(says(&report, rows[i].words));
        assert_int_equal(report.expired, i == 0);
        assert_int_equal(report.not_yet_valid, i == 1);
        assert_int_equal(report.wrong_host, i == 2);
        assert_false(report.unknown_authority || report.self_signed || report.chain_is_bad);
        pair_free(&pair);
    }
    pair_free(&ca);
}

static void strangers(void **state)
{
    time_t now = time(NULL);
    struct pair ca = authority(), other = make("ca", now - DAY, now + DAY, NULL);
    struct pair foreign = make("dc.corp.example", now - DAY, now + DAY, &other);
    struct pair own = make("dc.corp.example", now - 2 * DAY, now - DAY, NULL);
    struct look report;

    (void)state;
    look_with(&foreign, "ca.pem", &report);
    assert_true(report.unknown_authority && !report.self_signed);
    assert_true(says(&report, "its authority is not trusted here: CN=ca"));
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
      FACT(faults, "look_at: expired, not yet valid and for another host are told apart"),
      FACT(strangers, "look_at: self-signed and from an unknown authority, beside other faults"),
      FACT(ca_files, "look_at: a ca_file that cannot be used is the setting's fault"),
      FACT(no_tls, "look_at: a server that does not speak TLS"),
      FACT(silence, "look_at: a silent server costs the budget and no more"))
