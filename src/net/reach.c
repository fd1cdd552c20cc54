/* SPDX-License-Identifier: MIT */
#include "net/reach.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { SLICE_MS = 100, RESEND_MS = 400 };

static void end(struct reach *try, struct pollfd *wait, enum reach_state state, int error)
{
    if (wait->fd >= 0)
        (void)close(wait->fd);
    wait->fd = -1;
    try->state = state;
    try->error = error;
}

static void end_by(struct reach *try, struct pollfd *wait, int error)
{
    end(try, wait, error == ECONNREFUSED ? REACH_REFUSED : REACH_FAILED, error);
}

static socklen_t address_size(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                          : sizeof(struct sockaddr_in);
}

static void begin(struct reach *try, struct pollfd *wait)
{
    int kind = (try->question ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;

    try->state = REACH_SILENT;
    wait->events = try->question ? POLLIN : POLLOUT;
    wait->fd = socket(try->address.ss_family, kind, 0);
    const struct sockaddr *address = (const struct sockaddr *)&try->address;
    bool begun = wait->fd >= 0 &&
                 (!connect(wait->fd, address, address_size(&try->address)) || errno == EINPROGRESS);
    if (begun && try->question)
        begun = send(wait->fd, try->question, try->length, MSG_NOSIGNAL) >= 0;
    if (!begun)
        end_by(try, wait, errno);
}

static void take_connection(struct reach *try, struct pollfd *wait)
{
    int error = 0;
    socklen_t size = sizeof error;

    if (getsockopt(wait->fd, SOL_SOCKET, SO_ERROR, &error, &size))
        error = errno;
    if (error)
        end_by(try, wait, error);
    else
        end(try, wait, REACH_OPEN, 0);
}

static void take_datagram(struct reach *try, struct pollfd *wait)
{
    ssize_t length = recv(wait->fd, try->answer, REACH_ANSWER, 0);

    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (length < 0) {
        end_by(try, wait, errno);
        return;
    }
    try->answer_length = (size_t)length;
    end(try, wait, REACH_OPEN, 0);
}

/* Waits once; true while there is something to wait for. */
static bool wait_once(struct reach *tries, struct pollfd *waits, size_t count, long begun,
                      int slice)
{
    bool more = false;

    if (poll(waits, count, slice) < 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        if (waits[i].fd >= 0 && waits[i].revents) {
            tries[i].took_ms = (int)(clock_ms() - begun);
            tries[i].question ? take_datagram(&tries[i], &waits[i])
                              : take_connection(&tries[i], &waits[i]);
        }
        more = more || waits[i].fd >= 0;
    }
    return more;
}

static void resend(const struct reach *tries, const struct pollfd *waits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (waits[i].fd >= 0 && tries[i].question)
            (void)send(waits[i].fd, tries[i].question, tries[i].length, MSG_NOSIGNAL);
}

enum outcome reach_all(struct reach *tries, size_t count, int budget_ms, struct asker *asker,
                       struct why *why)
{
    struct pollfd waits[REACH_MOST];
    long begun = clock_ms(), left = budget_ms;
    bool resent = false, more = count > 0;
    enum outcome out = OUTCOME_OK;

    if (count > REACH_MOST)
        return fail(why, REASON_BROKEN, "%zu servers to be tried at once", count);
    for (size_t i = 0; i < count; i++)
        begin(&tries[i], &waits[i]);
    while (more && left > 0 && !(out = asker_check(asker, why))) {
        more = wait_once(tries, waits, count, begun, left < SLICE_MS ? (int)left : SLICE_MS);
        if (!resent && clock_ms() - begun >= RESEND_MS) {
            resend(tries, waits, count);
            resent = true;
        }
        left = begun + budget_ms - clock_ms();
    }
    for (size_t i = 0; i < count; i++)
        if (waits[i].fd >= 0)
            end(&tries[i], &waits[i], REACH_SILENT, ETIMEDOUT);
    return out;
}

static enum outcome not_reached(int error, struct why *why)
{
    return fail(why, REASON_NO_SERVER, "no connection: %s", strerror(error));
}

enum outcome reach_one(const struct sockaddr_storage *address, int budget_ms, struct asker *asker,
                       int *fd, struct why *why)
{
    struct reach try = { .address = *address };
    struct pollfd wait;
    long end_ms = clock_ms() + budget_ms;
    int error = 0, ready = 0;
    socklen_t size = sizeof error;
    enum outcome out = OUTCOME_OK;

    begin(&try, &wait);
    if (wait.fd < 0)
        return not_reached(try.error, why);
    while (!ready && clock_ms() < end_ms && !(out = asker_check(asker, why)))
        ready = poll(&wait, 1, SLICE_MS) > 0;
    if (!out && (!ready || getsockopt(wait.fd, SOL_SOCKET, SO_ERROR, &error, &size) || error))
        out = not_reached(error ? error : ETIMEDOUT, why);
    if (out)
        (void)close(wait.fd);
    else
        *fd = wait.fd;
    return out;
}
