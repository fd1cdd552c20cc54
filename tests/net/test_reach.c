/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "net/reach.h"

static struct why why;

static bool never(struct asker *asker)
{
    (void)asker;
    return false;
}

static bool at_once(struct asker *asker)
{
    (void)asker;
    return true;
}

static struct asker patient = { .cancelled = never }, hasty = { .cancelled = at_once };

/* A socket of ours on the loopback; the address is where it can be reached. */
static int serve(int kind, struct sockaddr_storage *address)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    socklen_t size = sizeof *address;
    int fd = socket(AF_INET, kind | SOCK_CLOEXEC, 0);

    memset(address, 0, sizeof *address);
    v4->sin_family = AF_INET;
    v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)address, sizeof *v4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)address, &size), 0);
    if (kind == SOCK_STREAM)
        assert_int_equal(listen(fd, 5), 0);
    return fd;
}

static void states(void **state)
{
    unsigned char answer[REACH_ANSWER];
    struct reach tries[5] = { { .state = REACH_SILENT } };
    fd_auto open = serve(SOCK_STREAM, &tries[0].address);
    fd_auto closed = serve(SOCK_STREAM, &tries[1].address);
    fd_auto silent = serve(SOCK_DGRAM, &tries[2].address);
    fd_auto gone = serve(SOCK_DGRAM, &tries[3].address);

    (void)state;
    (void)open;
    (void)silent;
    fd_close(&closed);
    fd_close(&gone);
    closed = gone = -1;
    for (int i = 2; i < 4; i++) {
        tries[i].question = "?";
        tries[i].length = 1;
        tries[i].answer = answer;
    }
    tries[4].address.ss_family = AF_UNSPEC;
    long begun = clock_ms();
    assert_int_equal(reach_all(tries, 5, 700, &patient, &why), 0);
    assert_in_range(clock_ms() - begun, 650, 2000);
    assert_int_equal(tries[0].state, REACH_OPEN);
    assert_int_equal(tries[1].state, REACH_REFUSED);
    assert_int_equal(tries[2].state, REACH_SILENT);
    assert_int_equal(tries[3].state, REACH_REFUSED);
    assert_int_equal(tries[4].state, REACH_FAILED);
    char asked[2][8];
    for (int i = 0; i < 2; i++) /* the second time because a datagram may get lost */
        assert_int_equal(recv(silent, asked[i], sizeof asked[i], MSG_DONTWAIT), 1);
    assert_int_equal(recv(silent, asked[0], sizeof asked[0], MSG_DONTWAIT), -1);
}

/* Answers one datagram with its own words, twice over. */
static int echo(void *data)
{
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    char bytes[64];
    int fd = *(int *)data;

    ssize_t length = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);
    memcpy(bytes + length, bytes, (size_t)length);
    return sendto(fd, bytes, (size_t)length * 2, 0, (struct sockaddr *)&from, size) < 0;
}

static void datagram(void **state)
{
    unsigned char answer[REACH_ANSWER];
    struct reach try = { .question = "hello", .length = 5, .answer = answer };
    fd_auto fd = serve(SOCK_DGRAM, &try.address);
    long begun = clock_ms();

    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid)
        _exit(echo(&fd));
    assert_int_equal(reach_all(&try, 1, 5000, &patient, &why), 0);
    assert_true(clock_ms() - begun < 3000);
    assert_int_equal(try.state, REACH_OPEN);
    assert_int_equal(try.answer_length, 10);
    assert_memory_equal(answer, "hellohello", 10);
}

static void limits(void **state)
{
    struct reach tries[REACH_MOST + 1] = { { .state = REACH_SILENT } };
    struct reach silent = { .question = "?", .length = 1 };
    fd_auto fd = serve(SOCK_DGRAM, &silent.address);
    long begun = clock_ms();

    (void)state;
    (void)fd;
    assert_int_equal(reach_all(NULL, 0, 5000, &patient, &why), 0);
    test_reason(reach_all(tries, REACH_MOST + 1, 100, &patient, &why), &why, REASON_BROKEN, "65");
    assert_int_equal(reach_all(&silent, 1, 5000, &hasty, &why), OUTCOME_CANCELLED);
    assert_true(clock_ms() - begun < 3000);
}

static void one(void **state)
{
    struct sockaddr_storage address;
    fd_auto server = serve(SOCK_STREAM, &address);
    fd_auto fd = -1;

    (void)state;
    assert_int_equal(reach_one(&address, 1000, &patient, &fd, &why), 0);
    assert_true(fd >= 0);
    assert_int_equal(reach_one(&address, 1000, &hasty, &fd, &why), OUTCOME_CANCELLED);
    fd_close(&server);
    server = -1;
    test_reason(reach_one(&address, 1000, &patient, &fd, &why), &why, REASON_NO_SERVER, "refused");
}

FACTS(FACT(states, "reach_all: open, refused and silent ones are told apart within one budget"),
      FACT(datagram, "reach_all: ends with the last answer"),
      FACT(limits, "reach_all: too many are refused, a cancel is heard"),
      FACT(one, "reach_one: a connection, or why there is none"))
