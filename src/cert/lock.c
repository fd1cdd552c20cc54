/* SPDX-License-Identifier: MIT */
#include "cert/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

enum { WAIT_MS = 30000, PAUSE_MS = 17 };

void lock_pause(void)
{
    /* Not always the same, or two that wait for each other go on doing so. */
    long ms = PAUSE_MS + (clock_ms() + getpid()) % PAUSE_MS;

    (void)nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

enum outcome lock_take(int folder, enum lock_of of, struct asker *asker, int *lock, struct why *why)
{
    struct flock byte = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)of, .l_len = 1
    };
    long end_ms = clock_ms() + WAIT_MS;
    enum outcome out;
    fd_auto fd = openat(folder, "token.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return fail(why, REASON_CANNOT_WRITE, "token.lock: %s", strerror(errno));
    while (fcntl(fd, F_OFD_SETLK, &byte)) {
        if (errno != EAGAIN && errno != EACCES && errno != EINTR)
            return fail(why, REASON_CANNOT_WRITE, "token.lock: %s", strerror(errno));
        if ((out = asker_check(asker, why)))
            return out;
        if (clock_ms() > end_ms)
            return fail(why, REASON_SAME_ERRAND, "another process uses the token for long");
        lock_pause();
    }
    *lock = fd;
    fd = -1;
    return OUTCOME_OK;
}
