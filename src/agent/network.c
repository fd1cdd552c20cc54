/* SPDX-License-Identifier: MIT */
#include "agent/network.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "agent/identity.h"

/* A network comes up in several steps; what comes within this time is one change. */
enum { SETTLE_MS = 100, FAR_FUTURE = 1LL << 40 };

static sd_event_source *settling;

static int on_settled(sd_event_source *source, uint64_t usec, void *data)
{
    (void)source, (void)usec;
    settling = sd_event_source_disable_unref(settling);
    identities_nudge(data);
    return 0;
}

static void changed(struct agent *agent)
{
    if (!settling)
        (void)sd_event_add_time_relative(agent->event, &settling, CLOCK_MONOTONIC, SETTLE_MS * 1000,
                                         1000, on_settled, agent);
}

static int on_network(sd_event_source *source, int fd, uint32_t events, void *data)
{
    char bytes[8192];
    bool any = false;

    (void)source, (void)events;
    /* Lost messages (ENOBUFS) are a change, too. What it was, the next errand finds out. */
    for (ssize_t n; (n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0 || errno == ENOBUFS;)
        any = true;
    if (any)
        changed(data);
    return 0;
}

/* Reads with ECANCELED when the clock is set, which a resume does as well (timerfd_create(2)). */
static bool arm_clock(int fd)
{
    struct itimerspec never = { .it_value = { .tv_sec = FAR_FUTURE } };

    return !timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

static int on_clock(sd_event_source *source, int fd, uint32_t events, void *data)
{
    uint64_t count;

    (void)source, (void)events;
    if (read(fd, &count, sizeof count) < 0 && errno == ECANCELED) {
        (void)arm_clock(fd);
        changed(data);
    }
    return 0;
}

static int open_network(void)
{
    struct sockaddr_nl address = { .nl_family = AF_NETLINK,
                                   .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
                                                RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address)) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

static bool add(struct agent *agent, int fd, sd_event_io_handler_t handler)
{
    source_auto *source = NULL;

    if (fd < 0)
        return false;
    if (sd_event_add_io(agent->event, &source, fd, EPOLLIN, handler, agent) < 0) {
        (void)close(fd);
        return false;
    }
    (void)sd_event_source_set_io_fd_own(source, 1);
    (void)sd_event_source_set_floating(source, 1);
    source = sd_event_source_unref(source);
    return true;
}

enum outcome network_watch(struct agent *agent, struct why *why)
{
    int clock = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);

    if (clock < 0 || !arm_clock(clock) || !add(agent, clock, on_clock))
        return fail(why, REASON_BROKEN, "watching the clock: %s", strerror(errno));
    if (!add(agent, open_network(), on_network))
        return fail(why, REASON_BROKEN, "watching the network: %s", strerror(errno));
    return OUTCOME_OK;
}
