/* SPDX-License-Identifier: MIT */
#include "net/asking.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const fine[] = { ANSWER(2, "ok"), NULL };
static const struct field form[] = { { "password", "secret", NULL }, { 0 } };

/* Asks a server with this certificate and these priorities for its host by this name; nothing may
 * be sent to one that is refused. */
static void meets(const struct server_request *request, const char *ca_file, const char *name,
                  enum reason reason, const char *words)
{
    struct asking a = { .https = NULL };
    struct server_request full = *request;
    char url[100];

    full.talk = server_answers;
    full.data = fine;
    server_start(&full, &a.server);
    if (https_open(ca_file, "direct", &a.https, &why))
        fail_msg("%s", why.text);
    (void)snprintf(url, sizeof url, "https://%s:%d/", name, a.server.port);
    enum outcome out = ask(&a, "/", (struct https_request){ .url = url, .form = form });
    if (out || reason)
        test_reason(out, &why, reason, words);
    assert_int_equal(a.answer.sent, !out);
    https_free(&a.https);
    server_wait(&a.server, 1);
    assert_int_equal(a.server.seen->requests, !out);
    assert_int_equal(a.server.seen->bytes > 0, !out);
    if (out)
        assert_non_null(strstr(why.text, name));
    asking_end(&a);
}

static void certificates(void **state)
{
    struct pair old_ca, narrow_ca, other_ca;
    struct pair_request old = { .host = "ca", .begin = -9, .end = -2 };
    struct pair_request narrow = { .host = "ca", .only = "other.example" };
    const struct {
        struct pair_request request;
        enum reason reason;
        const char *words;
    } rows[] = {
        { { .rsa_bits = 2048 }, REASON_NONE, "" },
        { { .use = GNUTLS_KP_TLS_WWW_SERVER }, REASON_NONE, "" },
        { { .begin = -9, .end = -2 }, REASON_CERTIFICATE_EXPIRED, "it has expired on 2" },
        { { .begin = 2, .end = 9 }, REASON_CERTIFICATE_TOO_NEW, "it is not valid before 2" },
        { { .issuer = &good }, REASON_CERTIFICATE_UNKNOWN, "not trusted here" },
        { { .host = "other.example" }, REASON_CERTIFICATE_NAME, "it does not name localhost" },
        { { .issuer = &other_ca }, REASON_CERTIFICATE_UNKNOWN, "its authority is not trusted" },
        { { .use = GNUTLS_KP_TLS_WWW_CLIENT }, REASON_CERTIFICATE_USE, "not for TLS servers" },
        { { .rsa_bits = 1024 }, REASON_CERTIFICATE_WEAK, "is weak" },
        { { .digest = GNUTLS_DIG_SHA1 }, REASON_CERTIFICATE_WEAK, "is weak" },
        { { .issuer = &old_ca }, REASON_NOT_AUTHENTIC, "an authority is out of date" },
        { { .issuer = &narrow_ca }, REASON_NOT_AUTHENTIC, "not for this name" },
    };

    (void)state;
    asking_prepare();
    pair_make(&old, &old_ca);
    pair_make(&narrow, &narrow_ca);
    pair_make(&(struct pair_request){ .host = "ca" }, &other_ca);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pair_request request = rows[i].request;
        struct pair pair;
        if (!request.host)
            request.host = "localhost";
        if (!request.issuer)
            request.issuer = &ca;
        pair_make(&request, &pair);
        bool is_bad = rows[i].reason == REASON_NOT_AUTHENTIC;
        pair_write(is_bad ? request.issuer : &ca, "trusted.pem");
        meets(&(struct server_request){ .pair = &pair }, "trusted.pem", "localhost", rows[i].reason,
              rows[i].words);
        pair_free(&pair);
    }
    pair_free(&old_ca);
    pair_free(&narrow_ca);
    pair_free(&other_ca);
}

static void self_signed(void **state)
{
    struct pair pair;

    (void)state;
    asking_prepare();
    pair_make(&(struct pair_request){ .host = "localhost" }, &pair);
    meets(&(struct server_request){ .pair = &pair }, "ca.pem", "localhost",
          REASON_CERTIFICATE_UNKNOWN, "it is self-signed");
    pair_free(&pair);
}

static void addresses(void **state)
{
    struct pair in_name;

    (void)state;
    asking_prepare();
    meets(&(struct server_request){ .pair = &good }, "ca.pem", "127.0.0.1", REASON_NONE, "");
    pair_make(&(struct pair_request){ .host = "127.0.0.1", .issuer = &ca }, &in_name);
    meets(&(struct server_request){ .pair = &in_name }, "ca.pem", "127.0.0.1",
          REASON_CERTIFICATE_NAME, "it does not name 127.0.0.1");
    pair_free(&in_name);
    pair_make(&(struct pair_request){ .host = "127.0.0.1", .issuer = &ca, .nameless = 1 },
              &in_name);
    meets(&(struct server_request){ .pair = &in_name }, "ca.pem", "127.0.0.1",
          REASON_CERTIFICATE_NAME, "it does not name 127.0.0.1");
    pair_free(&in_name);
}

/* By the same worker, after one that is good. */
static void then_meets(struct asking *a, const struct pair *pair, const char *name,
                       enum reason reason)
{
    struct server server;
    char url[100];

    server_start(&(struct server_request){ .pair = pair, .talk = server_answers, .data = fine },
                 &server);
    (void)snprintf(url, sizeof url, "https://%s:%d/", name, server.port);
    enum outcome out = ask(a, "/", (struct https_request){ .url = url, .form = form });
    if (out || reason)
        test_reason(out, &why, reason, "its certificate");
    assert_int_equal(a->answer.sent, !out);
    server_end(&server);
}

static void one_after_another(void **state)
{
    struct asking a;
    struct pair old, nameless;

    (void)state;
    asking_begin(&a, server_answers, fine);
    pair_make(&(struct pair_request){ .host = "localhost", .begin = -9, .end = -2, .issuer = &ca },
              &old);
    pair_make(&(struct pair_request){ .host = "localhost", .issuer = &ca }, &nameless);
    for (int i = 0; i < 2; i++) {
        asking_gives(&a, (struct https_request){ .most = 100 }, 200, "ok");
        asking_gives(&a, (struct https_request){ .most = 100 }, 200, "ok");
        then_meets(&a, &old, "localhost", REASON_CERTIFICATE_EXPIRED);
        then_meets(&a, &nameless, "localhost", REASON_NONE);
        then_meets(&a, &nameless, "127.0.0.1", REASON_CERTIFICATE_NAME);
    }
    pair_free(&old);
    pair_free(&nameless);
    asking_end(&a);
}

static const struct {
    const char *priorities;
    enum reason reason;
    const char *words;
} versions_of[] = {
    { "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", REASON_NONE, "" },
    { "NORMAL:-VERS-ALL:+VERS-TLS1.2", REASON_NONE, "" },
    { "NORMAL:-VERS-ALL:+VERS-TLS1.3", REASON_NONE, "" },
    { "LEGACY:-VERS-ALL:+VERS-TLS1.1", REASON_NO_TLS, "gnutls_handshake() failed" },
    { "LEGACY:-VERS-ALL:+VERS-TLS1.0", REASON_NO_TLS, "gnutls_handshake() failed" },
    { "LEGACY:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:-CIPHER-ALL:+3DES-CBC", REASON_NO_TLS,
      "localhost" },
    { "LEGACY:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:-CIPHER-ALL:+ARCFOUR-128", REASON_NO_TLS,
      "localhost" },
};

static void versions(void **state)
{

    (void)state;
    asking_prepare();
    for (size_t i = 0; i < COUNT(versions_of); i++)
        meets(&(struct server_request){ .pair = &good, .priorities = versions_of[i].priorities },
              "ca.pem", "localhost", versions_of[i].reason, versions_of[i].words);
}

/* Another client, which is content with anything: there is something to be refused. */
static bool is_served(const struct server *server, const char *priorities)
{
    gnutls_certificate_credentials_t none;
    gnutls_session_t session;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(
        connect(fd, (const struct sockaddr *)&server->address, sizeof(struct sockaddr_in)), 0);
    assert_int_equal(gnutls_certificate_allocate_credentials(&none), 0);
    assert_int_equal(gnutls_init(&session, GNUTLS_CLIENT), 0);
    assert_int_equal(gnutls_priority_set_direct(session, priorities, NULL), 0);
    assert_int_equal(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, none), 0);
    gnutls_transport_set_int(session, fd);
    bool served = gnutls_handshake(session) == 0;
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(none);
    (void)close(fd);
    return served;
}

static void control(void **state)
{
    (void)state;
    asking_prepare();
    for (size_t i = 0; i < COUNT(versions_of); i++) {
        const struct server_request request = { .pair = &good,
                                                .priorities = versions_of[i].priorities };
        struct server server;
        server_start(&request, &server);
        assert_true(is_served(&server, versions_of[i].priorities));
        server_end(&server);
    }
}

/* RFC 2409 6.2, which GnuTLS would not offer. */
static const char group_1024[] =
    "-----BEGIN DH PARAMETERS-----\n"
    "MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJRSgh5jjQE3e+V\n"
    "GbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL/1y29Aa37e44a/taiZ+lrp8k\n"
    "EXxLH+ZJKGZR7OZTgf//////////AgEC\n"
    "-----END DH PARAMETERS-----\n";

/* openssl's server, on a port of its own choice; *told is what it says. */
static pid_t start_openssl(FILE **told, int *port)
{
    char *const argv[] = { "openssl",
                           "s_server",
                           "-accept",
                           "127.0.0.1:0",
                           "-cert",
                           "rsa.pem",
                           "-key",
                           "rsa.key",
                           "-dhparam",
                           "group.pem",
                           "-tls1_2",
                           "-cipher",
                           "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
                           NULL };
    char line[200] = "";
    int ends[2], input[2]; /* open as long as the test: at the end of its input it would go */

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(pipe2(input, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (!pid) {
        (void)dup2(input[0], STDIN_FILENO);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)execvp(*argv, argv);
        _exit(127);
    }
    (void)close(ends[1]);
    *told = fdopen(ends[0], "r");
    while (strncmp(line, "ACCEPT ", 7) && fgets(line, sizeof line, *told))
        ;
    const char *colon = strrchr(line, ':');
    assert_non_null(colon);
    *port = atoi(colon + 1);
    return pid;
}

static void small_group(void **state)
{
    struct pair pair;
    gnutls_datum_t key;
    struct asking a = { .https = NULL };
    FILE *told;

    (void)state;
    asking_prepare();
    pair_make(&(struct pair_request){ .host = "localhost", .issuer = &ca, .rsa_bits = 2048 },
              &pair);
    pair_write(&pair, "rsa.pem");
    assert_int_equal(gnutls_x509_privkey_export2(pair.key, GNUTLS_X509_FMT_PEM, &key), 0);
    test_write("rsa.key", (char *)key.data, key.size);
    test_write("group.pem", group_1024, sizeof group_1024 - 1);
    pid_t pid = start_openssl(&told, &a.server.port);
    assert_int_equal(https_open("ca.pem", "direct", &a.https, &why), 0);
    asking_fails(&a, (struct https_request){ .form = form }, REASON_NO_TLS,
                 "the group of the key exchange is too small");
    assert_false(a.answer.sent);
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    char line[200];
    while (fgets(line, sizeof line, told))
        assert_null(strstr(line, "POST"));
    (void)fclose(told);
    https_free(&a.https);
    gnutls_free(key.data);
    pair_free(&pair);
}

static void newest(void **state)
{
    struct asking a;

    (void)state;
    asking_begin(&a, server_answers, fine);
    asking_gives(&a, (struct https_request){ 0 }, 200, "ok");
    assert_string_equal(a.server.seen->protocol, "TLS1.3");
    asking_end(&a);
}

FACTS(FACT(certificates, "https_do: whatever is wrong with a certificate, nothing is sent"),
      FACT(self_signed, "https_do: nor to a server that vouches for itself"),
      FACT(one_after_another,
           "https_do: one that is good vouches for no other certificate and no other name"),
      FACT(addresses, "https_do: an address must be named as an address"),
      FACT(versions, "https_do: TLS 1.2 and 1.3, nothing older, no weak cipher"),
      FACT(control, "https_do: the servers of old versions and weak ciphers are there"),
      FACT(small_group, "https_do: a key exchange with a small group is refused"),
      FACT(newest, "https_do: a server that has TLS 1.2 and 1.3 gets 1.3"))
