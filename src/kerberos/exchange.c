/* SPDX-License-Identifier: MIT */
#include "kerberos/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

enum { SLICE_MS = 100 };

enum outcome exchange_wait(struct kdc *kdc, int fd, short events, struct why *why)
{
    struct pollfd pfd = { .fd = fd, .events = events };
    enum outcome out;

    for (;;) {
        long begin = clock_ms();
        int left = kdc->budget_ms - kdc->reserve_ms;
        int slice = left < SLICE_MS ? left : SLICE_MS;
        int wait_ms = slice > 0 ? slice : 0;
        int ready = kdc->poll ? kdc->poll(kdc, &pfd, wait_ms) : poll(&pfd, 1, wait_ms);
        kdc->budget_ms -= (int)(clock_ms() - begin);
        if (ready > 0)
            return OUTCOME_OK;
        if (kdc->budget_ms <= kdc->reserve_ms)
            return fail(why, kdc->reserve_ms ? REASON_TIME_OUT : REASON_NO_DC,
                        "%s does not answer on port %d", kdc->name, kdc->port);
        if ((out = asker_check(kdc->asker, why)))
            return out;
    }
}

static enum outcome lost(const struct kdc *kdc, int error, struct why *why)
{
    return fail(why, REASON_NO_DC, "%s, port %d: %s", kdc->name, kdc->port,
                error ? strerror(error) : "the connection was closed without an answer");
}

/* A request that we have given up must not arrive later: by default the kernel goes on sending it
 * when the socket is closed. */
static void drop_at_close(int fd, bool drop)
{
    struct linger linger = { .l_onoff = drop };

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static enum outcome begin_dial(struct kdc *kdc, int port, int *fd, struct why *why)
{
    socklen_t length = kdc->address.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                          : sizeof(struct sockaddr_in);

    kdc->port = port;
    if (kdc->address.ss_family == AF_INET6)
        ((struct sockaddr_in6 *)&kdc->address)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)&kdc->address)->sin_port = htons((uint16_t)port);
    fd_auto s = socket(kdc->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s < 0)
        return lost(kdc, errno, why);
    if (connect(s, (struct sockaddr *)&kdc->address, length) && errno != EINPROGRESS)
        return lost(kdc, errno, why);
    *fd = s;
    s = -1;
    return OUTCOME_OK;
}

void exchange_ahead(struct kdc *kdc, int port)
{
    struct why ignored;
    int fd;

    if (!kdc->ahead && !begin_dial(kdc, port, &fd, &ignored))
        kdc->ahead = fd;
}

void exchange_hang_up(struct kdc *kdc)
{
    if (kdc->ahead)
        (void)close(kdc->ahead);
    kdc->ahead = 0;
}

static enum outcome finish_dial(struct kdc *kdc, int fd, struct why *why)
{
    int error = 0;
    socklen_t size = sizeof error;
    enum outcome out = exchange_wait(kdc, fd, POLLOUT, why);

    if (out)
        return out;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) || error)
        return lost(kdc, error ? error : errno, why);
    drop_at_close(fd, true);
    return OUTCOME_OK;
}

enum outcome exchange_dial(struct kdc *kdc, int port, int *fd, struct why *why)
{
    fd_auto ahead = kdc->ahead && kdc->port == port ? kdc->ahead : -1, fresh = -1;
    enum outcome out;

    if (ahead >= 0)
        kdc->ahead = 0;
    if (ahead >= 0 && !finish_dial(kdc, ahead, why)) {
        *fd = ahead;
        ahead = -1;
        return OUTCOME_OK;
    }
    if ((out = begin_dial(kdc, port, &fresh, why)) || (out = finish_dial(kdc, fresh, why)))
        return out;
    *fd = fresh;
    fresh = -1;
    return OUTCOME_OK;
}

static enum outcome send_all(struct kdc *kdc, int fd, const char *bytes, size_t length,
                             struct why *why)
{
    enum outcome out;

    while (length) {
        ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return lost(kdc, errno, why);
        if (n < 0 && (out = exchange_wait(kdc, fd, POLLOUT, why)))
            return out;
        bytes += n < 0 ? 0 : n;
        length -= n < 0 ? 0 : (size_t)n;
    }
    return OUTCOME_OK;
}

static enum outcome recv_all(struct kdc *kdc, int fd, char *bytes, size_t length, struct why *why)
{
    enum outcome out;

    while (length) {
        if ((out = exchange_wait(kdc, fd, POLLIN, why)))
            return out;
        ssize_t n = recv(fd, bytes, length, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n <= 0)
            return lost(kdc, n ? errno : 0, why);
        bytes += n;
        length -= (size_t)n;
    }
    return OUTCOME_OK;
}

/* Length and request leave in one segment. */
static enum outcome send_request(struct kdc *kdc, int fd, const krb5_data *request, struct why *why)
{
    uint32_t length = htonl(request->length);
    char *frame = malloc(sizeof length + request->length);

    if (!frame)
        return fail_memory(why);
    memcpy(frame, &length, sizeof length);
    memcpy(frame + sizeof length, request->data, request->length);
    enum outcome out = send_all(kdc, fd, frame, sizeof length + request->length, why);
    free(frame);
    return out;
}

enum outcome exchange_on(struct kdc *kdc, int fd, const krb5_data *request, krb5_data *reply,
                         struct why *why)
{
    uint32_t length;
    enum outcome out;

    if ((out = send_request(kdc, fd, request, why)) ||
        (out = recv_all(kdc, fd, (char *)&length, sizeof length, why)))
        return out;
    length = ntohl(length);
    if (!length || length > REPLY_MOST)
        return fail(why, REASON_BAD_ANSWER, "%s: a reply of %u bytes", kdc->name, length);
    if (!(reply->data = malloc(length)))
        return fail_memory(why);
    reply->length = length;
    if ((out = recv_all(kdc, fd, reply->data, length, why))) {
        free(reply->data);
        reply->data = NULL;
        return out;
    }
    drop_at_close(fd, false);
    return OUTCOME_OK;
}

enum outcome exchange(struct kdc *kdc, const krb5_data *request, krb5_data *reply, struct why *why)
{
    fd_auto fd = -1;
    enum outcome out = exchange_dial(kdc, KDC_PORT, &fd, why);

    return out ? out : exchange_on(kdc, fd, request, reply, why);
}
