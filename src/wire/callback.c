/* SPDX-License-Identifier: MIT */
#include "wire/callback.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "wire/socket.h"

enum { BACKLOG = 4, PATIENCE_MS = 2000 };

enum outcome callback_listen(struct callback *callback, const char *state, struct why *why)
{
    enum outcome out;

    *callback = (struct callback){ .folder = -1, .fd = -1 };
    if (!redirect_is_state(state))
        return fail(why, REASON_PROTOCOL, "a sign-in has no state");
    (void)snprintf(callback->state, sizeof callback->state, "%s", state);
    if ((out = socket_folder(&callback->folder, why)))
        return why->reason == REASON_NO_AGENT /* of which there need be none here */
                   ? fail(why, REASON_CANNOT_WRITE,
                          "no browser can come back without XDG_RUNTIME_DIR: sign-in --device")
                   : out;
    return socket_make(callback->folder, callback->state, BACKLOG, &callback->fd, why);
}

void callback_end(struct callback *callback)
{
    if (!*callback->state)
        return;
    if (callback->fd >= 0)
        (void)unlinkat(callback->folder, callback->state, 0);
    fd_close(&callback->fd);
    fd_close(&callback->folder);
    callback->state[0] = '\0';
}

/* All that one connection says, within its time; whether it is an answer to this attempt. */
static bool read_answer(const struct callback *callback, int fd, struct secret *uri)
{
    struct pollfd pfd = { .fd = fd, .events = POLLIN };
    long end_ms = clock_ms() + PATIENCE_MS;
    char state[REDIRECT_STATE];
    ssize_t n = 1;

    while (n > 0 && secret_room(uri) && clock_ms() < end_ms)
        if (poll(&pfd, 1, PATIENCE_MS) <= 0)
            n = -1;
        else if ((n = read(fd, secret_space(uri), secret_room(uri))) > 0)
            secret_grow(uri, (size_t)n);
    return !n && strlen(secret_peek(uri)) == secret_length(uri) &&
           redirect_state(secret_peek(uri), state) && !strcmp(state, callback->state);
}

enum outcome callback_wait(const struct callback *callback, int ms, struct secret **uri,
                           struct why *why)
{
    struct pollfd pfd = { .fd = callback->fd, .events = POLLIN };

    *uri = NULL;
    if (poll(&pfd, 1, ms) <= 0)
        return OUTCOME_OK;
    fd_auto fd = accept4(callback->fd, NULL, NULL, SOCK_CLOEXEC);
    secret_auto *answer = secret_new(REDIRECT_MOST);
    if (!answer)
        return fail_memory(why);
    if (fd < 0 || !socket_is_ours(fd) || !read_answer(callback, fd, answer))
        return OUTCOME_OK;
    (void)send(fd, "", 1, MSG_NOSIGNAL); /* it is taken */
    *uri = answer;
    answer = NULL;
    return OUTCOME_OK;
}

static enum outcome say(int fd, const struct secret *uri, struct why *why)
{
    struct pollfd pfd = { .fd = fd, .events = POLLIN };
    ssize_t length = (ssize_t)secret_length(uri);
    char taken;

    if (send(fd, secret_peek(uri), (size_t)length, MSG_NOSIGNAL) != length ||
        shutdown(fd, SHUT_WR) || poll(&pfd, 1, PATIENCE_MS) <= 0 || read(fd, &taken, 1) != 1)
        return fail(why, REASON_NOBODY_WAITS, "the sign-in has ended");
    return OUTCOME_OK;
}

enum outcome callback_hand(const struct secret *uri, struct why *why)
{
    char state[REDIRECT_STATE];
    fd_auto fd = -1;

    if (!redirect_state(secret_peek(uri), state))
        return fail(why, REASON_BAD_REQUEST, "that is no answer to a sign-in");
    if (socket_join(state, &fd, why))
        return fail(why, REASON_NOBODY_WAITS, "there is none of that state");
    return say(fd, uri, why);
}
