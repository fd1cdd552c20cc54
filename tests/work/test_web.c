/* SPDX-License-Identifier: MIT
 *
 * Web exchanges of a worker that has given up what docs/hardening.md says.
 */
#include "work/confined.h"

#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "net/asking.h"

static const char *const fine[] = { ANSWER(2, "ok"), NULL };

/* In a namespace where this name leads to us: libcurl looks up "localhost" without its thread. */
static bool name_it(void)
{
    static const char hosts[] = "127.0.0.1 idp.example\n";

    test_write("hosts", hosts, sizeof hosts - 1);
    return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
           !mount("hosts", "/etc/hosts", NULL, MS_BIND, NULL);
}

/* 0: it was answered, else the reason. */
static int ask_confined(const struct server *server, unsigned may)
{
    https_answer_auto answer = { 0 };
    https_auto *https = NULL;
    char url[100], ca_file[100];

    (void)snprintf(url, sizeof url, "https://idp.example:%d/", server->port);
    (void)snprintf(ca_file, sizeof ca_file, "%s/allowed/ca.pem", test_folder());
    if (!name_it())
        return 255;
    confined(may);
    struct https_request request = { .url = url, .most = 100 };
    if (https_open(ca_file, "", &https, &why))
        return 254;
    if (https_do(https, &request, PATIENCE_MS, &patient, &answer, &why))
        return (int)why.reason;
    return answer.status == 200 && !strcmp(secret_peek(answer.body), "ok") ? 0 : 253;
}

static int with_threads(void *data)
{
    return ask_confined(data, NETWORK | CONFINEMENT_THREADS);
}

static int without_threads(void *data)
{
    return ask_confined(data, NETWORK);
}

static int without_network(void *data)
{
    return ask_confined(data, CONFINEMENT_THREADS);
}

/* Alone with a name server that says nothing. */
static bool silent_dns(int *fd)
{
    static const char resolv[] = "nameserver 127.0.0.1\n", nss[] = "hosts: files dns\n";
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(53) };
    struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

    test_write("resolv", resolv, sizeof resolv - 1);
    test_write("nss", nss, sizeof nss - 1);
    if (unshare(CLONE_NEWNS | CLONE_NEWNET) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("resolv", "/etc/resolv.conf", NULL, MS_BIND, NULL) ||
        mount("nss", "/etc/nsswitch.conf", NULL, MS_BIND, NULL))
        return false;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return !ioctl(*fd, SIOCSIFFLAGS, &lo) && !bind(*fd, (struct sockaddr *)&at, sizeof at);
}

/* The thread waits for the name server; nobody waits for the thread. */
static int silently(void *data)
{
    struct https_request request = { .url = "https://idp.example/", .most = 100 };
    https_answer_auto answer = { 0 };
    https_auto *https = NULL;
    char question[512];
    int dns = -1;

    (void)data;
    if (!silent_dns(&dns))
        return 255;
    confined(NETWORK | CONFINEMENT_THREADS);
    if (https_open("", "direct", &https, &why))
        return 254;
    long begun = clock_ms();
    enum outcome out = https_do(https, &request, 300, &patient, &answer, &why);
    https_free(&https);
    if (recv(dns, question, sizeof question, MSG_DONTWAIT) <= 0)
        return 253;
    return out == OUTCOME_BUSY && clock_ms() - begun < 3000 ? 0 : 1;
}

static void no_name_server(void **state)
{
    (void)state;
    prepare();
    int status = test_child(silently, NULL);
    if (status == 255)
        test_skip("a name server of our own needs namespaces");
    assert_int_equal(status, 0);
}

static void confined_exchange(void **state)
{
    struct server server;
    struct pair pair;

    (void)state;
    prepare();
    asking_prepare();
    pair_make(&(struct pair_request){ .host = "idp.example", .issuer = &ca }, &pair);
    pair_write(&ca, "allowed/ca.pem");
    server_start(&(struct server_request){ .pair = &pair, .talk = server_answers, .data = fine },
                 &server);
    int status = test_child(with_threads, &server);
    if (status == 255)
        test_skip("a name that leads to the loopback needs a mount namespace");
    assert_int_equal(status, 0);
    if (!TEST_ASAN)
        assert_int_equal(test_child(without_threads, &server), REASON_NO_DNS);
    assert_int_equal(test_child(without_network, &server), REASON_NO_SERVER);
    assert_int_equal(server.seen->requests, 1);
    server_end(&server);
    pair_free(&pair);
}

FACTS(FACT(confined_exchange, "https_do: works in a worker with THREADS, confined as it is"),
      FACT(no_name_server, "https_do: a name server that is silent costs the budget and no more"))
