/* SPDX-License-Identifier: MIT
 *
 * delay A B MILLISECONDS: a slow cable between two network interfaces. Every frame that comes in at
 * one leaves at the other so much later, in either direction, until we are killed. For kernels
 * without netem. Prints "ready" when frames begin to pass.
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <time.h>

enum { FRAME = 70000, SLOTS = 512, BUFFER = 8 << 20 };

/* With the kernel's own head in front, which tells of checksums and segments yet to be made. */
struct frame {
    int64_t due_ns;
    size_t length;
    unsigned char bytes[FRAME];
};

struct lane {
    int from, to;
    size_t first, count; /* of a ring */
    struct frame *frames;
};

static int64_t now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void die(const char *what)
{
    (void)fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_interface(const char *name)
{
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1, size = BUFFER;
    struct sockaddr_ll address = { .sll_family = AF_PACKET,
                                   .sll_protocol = htons(ETH_P_ALL),
                                   .sll_ifindex = (int)if_nametoindex(name) };

    if (fd < 0 || !address.sll_ifindex ||
        setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) ||
        setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) ||
        bind(fd, (struct sockaddr *)&address, sizeof address))
        die(name);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    return fd;
}

static void take_in(struct lane *lane, int64_t delay_ns)
{
    while (lane->count < SLOTS) {
        struct frame *frame = &lane->frames[(lane->first + lane->count) % SLOTS];
        ssize_t length = recv(lane->from, frame->bytes, FRAME, 0);
        if (length <= 0)
            return;
        frame->length = (size_t)length;
        frame->due_ns = now_ns() + delay_ns;
        lane->count++;
    }
}

/* Sends what is due; gives the ns until the next one is. */
static int64_t let_out(struct lane *lane, int64_t wait_ns)
{
    while (lane->count) {
        struct frame *frame = &lane->frames[lane->first];
        int64_t left = frame->due_ns - now_ns();
        if (left > 0)
            return left < wait_ns ? left : wait_ns;
        if (send(lane->to, frame->bytes, frame->length, 0) < 0)
            (void)fprintf(stderr, "delay: a frame is lost: %s\n", strerror(errno));
        lane->first = (lane->first + 1) % SLOTS;
        lane->count--;
    }
    return wait_ns;
}

int main(int count, char **words)
{
    if (count != 4) {
        (void)fputs("usage: delay A B MILLISECONDS\n", stderr);
        return 2;
    }
    int a = open_interface(words[1]), b = open_interface(words[2]);
    int64_t delay_ns = (int64_t)(strtod(words[3], NULL) * 1e6);
    struct lane lanes[2] = { { .from = a, .to = b }, { .from = b, .to = a } };

    (void)prctl(PR_SET_TIMERSLACK, 1);
    for (int i = 0; i < 2; i++)
        if (!(lanes[i].frames = calloc(SLOTS, sizeof(struct frame))))
            die("memory");
    (void)puts("ready");
    (void)fflush(stdout);
    for (;;) {
        struct pollfd fds[2] = { { .fd = a, .events = POLLIN }, { .fd = b, .events = POLLIN } };
        int64_t wait_ns = 1000000000;
        for (int i = 0; i < 2; i++) {
            take_in(&lanes[i], delay_ns);
            wait_ns = let_out(&lanes[i], wait_ns);
        }
        struct timespec wait = { wait_ns / 1000000000, wait_ns % 1000000000 };
        (void)ppoll(fds, 2, &wait, NULL);
    }
}
