/* SPDX-License-Identifier: MIT */
#include "net/server.h"

#include "test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_MS = 20000 };

static int listening(struct server *server)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&server->address;
    socklen_t size = sizeof server->address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    v4->sin_family = AF_INET;
    v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)v4, sizeof *v4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)v4, &size), 0);
    assert_int_equal(listen(fd, 16), 0);
    server->port = ntohs(v4->sin_port);
    return fd;
}

static ssize_t take(struct visit *visit, char *bytes, size_t size)
{
    return visit->session ? gnutls_record_recv(visit->session, bytes, size)
                          : recv(visit->fd, bytes, size, 0);
}

/* How long the body is that this head announces. */
static size_t body_length(const char *head)
{
    const char *line = strcasestr(head, "\ncontent-length:");

    return line ? strtoul(line + 16, NULL, 10) : 0;
}

bool visit_read(struct visit *visit)
{
    char *last = visit->seen->last, first[SERVER_SEEN];
    size_t length = 0;

    for (;;) {
        const char *end = length ? strstr(last, "\r\n\r\n") : NULL;
        if (end && length >= (size_t)(end + 4 - last) + body_length(last))
            break;
        ssize_t n = take(visit, first, SERVER_SEEN - 1 - length);
        if (n <= 0)
            return false;
        if (!length) /* until then the test may look at the one before */
            memset(last, 0, SERVER_SEEN);
        memcpy(last + length, first, (size_t)n);
        length += (size_t)n;
        visit->seen->bytes += (size_t)n;
    }
    visit->seen->requests++;
    return true;
}

void visit_write(struct visit *visit, const void *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        ssize_t n = visit->session
                        ? gnutls_record_send(visit->session, (const char *)bytes + at, length - at)
                        : send(visit->fd, (const char *)bytes + at, length - at, MSG_NOSIGNAL);
        if (n <= 0)
            _exit(0);
        at += (size_t)n;
    }
}

void visit_say(struct visit *visit, const char *text)
{
    visit_write(visit, text, strlen(text));
}

void server_answers(struct visit *visit)
{
    const char *const *answers = visit->data;

    while (visit_read(visit)) {
        int last = 0;
        while (answers[last + 1])
            last++;
        int number = visit->seen->requests - 1;
        visit_say(visit, answers[number < last ? number : last]);
    }
}

/* That the client has its key, the handshake has shown. */
static void see_client(const struct visit *visit)
{
    const gnutls_datum_t *der = gnutls_certificate_get_peers(visit->session, NULL);
    size_t size = sizeof visit->seen->client;
    gnutls_x509_crt_t crt;

    *visit->seen->client = '\0';
    if (!der || gnutls_x509_crt_init(&crt))
        return;
    if (gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER) ||
        gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, visit->seen->client,
                                      &size))
        (void)strcpy(visit->seen->client, "?");
    gnutls_x509_crt_deinit(crt);
}

static void shake_hands(const struct server_request *request, struct visit *visit)
{
    gnutls_certificate_credentials_t own;
    const struct pair *pair = request->pair;
    gnutls_x509_crt_t chain[] = { pair->crt, pair->issuer ? pair->issuer->crt : NULL };

    (void)gnutls_certificate_allocate_credentials(&own);
    (void)gnutls_certificate_set_x509_key(own, chain, pair->issuer ? 2 : 1, pair->key);
    (void)gnutls_init(&visit->session, GNUTLS_SERVER);
    if (gnutls_priority_set_direct(visit->session,
                                   request->priorities ? request->priorities : "NORMAL", NULL))
        _exit(3);
    (void)gnutls_credentials_set(visit->session, GNUTLS_CRD_CERTIFICATE, own);
    if (request->asks)
        gnutls_certificate_server_set_request(visit->session, GNUTLS_CERT_REQUEST);
    gnutls_transport_set_int(visit->session, visit->fd);
    if (gnutls_handshake(visit->session) < 0)
        _exit(0);
    visit->seen->handshakes++;
    (void)snprintf(visit->seen->protocol, sizeof visit->seen->protocol, "%s",
                   gnutls_protocol_get_name(gnutls_protocol_get_version(visit->session)));
    see_client(visit);
}

static void one_visit(const struct server_request *request, struct visit *visit)
{
    if (request->pair)
        shake_hands(request, visit);
    if (request->talk)
        request->talk(visit);
    else
        while (visit_read(visit))
            ;
    if (visit->session)
        (void)gnutls_bye(visit->session, GNUTLS_SHUT_WR);
    _exit(0);
}

/* Each visit in a process of its own, which has the pipe until it is over. */
static void serve(const struct server_request *request, int listener, struct seen *seen, int pipe)
{
    (void)setpgid(0, 0);
    for (;;) {
        struct visit visit = { .seen = seen, .data = request->data };
        visit.fd = accept(listener, NULL, NULL);
        seen->visits++;
        pid_t pid = fork();
        if (!pid) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            pid_t inner = fork();
            if (!inner)
                one_visit(request, &visit);
            (void)close(visit.fd);
            (void)waitpid(inner, NULL, 0);
            _exit(write(pipe, "", 1) != 1);
        }
        (void)close(visit.fd);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
}

void server_start(const struct server_request *request, struct server *server)
{
    int pipes[2];

    *server = (struct server){ .ended = -1 };
    server->seen =
        mmap(NULL, sizeof *server->seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(server->seen != MAP_FAILED);
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    int listener = listening(server);
    server->pid = fork();
    assert_true(server->pid >= 0);
    if (!server->pid) {
        (void)setenv("CMOCKA_TEST_ABORT", "1", 1);
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(request, listener, server->seen, pipes[1]);
    }
    (void)setpgid(server->pid, server->pid); /* whoever of both is first */
    (void)close(listener);
    (void)close(pipes[1]);
    server->ended = pipes[0];
}

void server_wait(const struct server *server, int visits)
{
    char byte;

    for (int i = 0; i < visits; i++) {
        struct pollfd wait = { .fd = server->ended, .events = POLLIN };
        if (poll(&wait, 1, WAIT_MS) != 1 || read(server->ended, &byte, 1) != 1)
            fail_msg("only %d of %d visits are over", i, visits);
    }
}

void server_end(struct server *server)
{
    (void)kill(-server->pid, SIGKILL);
    (void)waitpid(server->pid, NULL, 0);
    (void)close(server->ended);
    (void)munmap(server->seen, sizeof *server->seen);
}
