/* SPDX-License-Identifier: MIT
 *
 * For LD_PRELOAD: the time of day is later by as many seconds as the file LATER says. All other
 * clocks are as they are. (libfaketime, which knows more of them, is too much for sd-event.)
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

#include <fcntl.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    char text[16] = "";
    int error = (int)syscall(SYS_clock_gettime, clock, now);
    int fd = clock == CLOCK_REALTIME && getenv("LATER") ? open(getenv("LATER"), O_RDONLY) : -1;

    if (fd >= 0 && read(fd, text, sizeof text - 1) > 0)
        now->tv_sec += atol(text);
    if (fd >= 0)
        (void)close(fd);
    return error;
}
