/* SPDX-License-Identifier: MIT */
#include "directory/tcp.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { POLL_MS = 100 };

static enum outcome no_connection(const union dns_address *address, int error, struct why *why)
{
    char text[DNS_ADDRESS_TEXT];

    dns_address_text(address, text);
    return fail(why, REASON_NO_SERVER, "cannot connect to %s: %s", text, strerror(error));
}

enum outcome tcp_begin(const union dns_address *address, int *fd, struct why *why)
{
    const int on = 1;

    *fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0)
        return no_connection(address, errno, why);
    (void)setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!connect(*fd, &address->any, dns_address_size(address)) || errno == EINPROGRESS)
        return OUTCOME_OK;
    int error = errno;
    (void)close(*fd);
    *fd = -1;
    return no_connection(address, error, why);
}

enum outcome tcp_finish(int fd, const union dns_address *address, long end_ms, struct asker *asker,
                        struct why *why)
{
    struct pollfd wait = { .fd = fd, .events = POLLOUT };
    socklen_t size = sizeof(int);
    enum outcome out;
    int error = 0;

    for (;;) {
        if ((out = asker_check(asker, why)))
            return out;
        long left = end_ms - clock_ms();
        if (poll(&wait, 1, left > POLL_MS ? POLL_MS : left > 0 ? (int)left : 0) > 0)
            break;
        if (left <= 0)
            return no_connection(address, ETIMEDOUT, why);
    }
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) || error)
        return no_connection(address, error ? error : errno, why);
    return OUTCOME_OK;
}
