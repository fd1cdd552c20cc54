/* SPDX-License-Identifier: MIT
 *
 * Preloaded, for tests/real/agent-suspend.test and tests/bench/agent: the clocks of a computer that
 * sleeps. The file named by SLEPT holds, as 8 bytes, for how many seconds it has slept:
 * CLOCK_REALTIME and CLOCK_BOOTTIME have gone on meanwhile, CLOCK_MONOTONIC has not. It wakes by
 * SIGCONT: timers of the first two that became due end then, and one that waits for the clock to be
 * set reads with ECANCELED (timerfd_create(2), as a resume does it).
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { TIMERS_MOST = 256 };

static const volatile int64_t *slept;
static int (*real_clock)(clockid_t clock, struct timespec *now);
static struct timer {
    clockid_t clock; /* 0, CLOCK_REALTIME: perhaps none */
    int flags;
    struct itimerspec value;
    volatile sig_atomic_t set; /* the clock was set */
} timers[TIMERS_MOST];

static int64_t ahead(clockid_t clock)
{
    return slept && (clock == CLOCK_REALTIME || clock == CLOCK_BOOTTIME) ? *slept : 0;
}

static void open_clock(void)
{
    const char *path = getenv("SLEPT");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *slept, PROT_READ, MAP_SHARED, fd, 0);

    if (map == MAP_FAILED)
        abort();
    (void)close(fd);
    slept = map;
}

__attribute__((constructor)) static void begin(void)
{
    *(void **)&real_clock = dlsym(RTLD_NEXT, "clock_gettime");
    open_clock();
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (!real_clock) /* before our constructor */
        begin();
    int status = real_clock(clock, now);
    now->tv_sec += status ? 0 : ahead(clock);
    return status;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;

    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &precise);
    *now = (struct timeval){ precise.tv_sec, precise.tv_nsec / 1000 };
    return 0;
}

time_t time(time_t *copy)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (copy)
        *copy = now.tv_sec;
    return now.tv_sec;
}

/* The kernel's own clocks did not move: an absolute time is earlier for them. */
static int arm(int fd, const struct timer *timer, struct itimerspec *old)
{
    struct itimerspec value = timer->value;
    int flags = timer->flags;

    if (timer->flags & TFD_TIMER_ABSTIME && (value.it_value.tv_sec || value.it_value.tv_nsec))
        value.it_value.tv_sec -= ahead(timer->clock);
    if (value.it_value.tv_sec < 0)
        value.it_value = (struct timespec){ .tv_nsec = 1 };
    if (timer->set) {
        flags = 0;
        value.it_value = (struct timespec){ .tv_nsec = 1 };
    }
    return (int)syscall(SYS_timerfd_settime, fd, flags, &value, old);
}

static void on_resume(int number)
{
    int before = errno;

    (void)number;
    for (int fd = 0; fd < TIMERS_MOST; fd++) {
        struct timer *timer = &timers[fd];
        timer->set = timer->flags & TFD_TIMER_CANCEL_ON_SET;
        if (timer->value.it_value.tv_sec || timer->value.it_value.tv_nsec)
            (void)arm(fd, timer, NULL);
    }
    errno = before;
}

int timerfd_create(clockid_t clock, int flags)
{
    int fd = (int)syscall(SYS_timerfd_create, clock, flags);

    if (fd >= TIMERS_MOST)
        abort();
    if (fd >= 0) {
        timers[fd] = (struct timer){ .clock = clock };
        (void)signal(SIGCONT, on_resume);
    }
    return fd;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *old)
{
    timers[fd].flags = flags;
    timers[fd].value = *value;
    timers[fd].set = 0;
    return arm(fd, &timers[fd], old);
}

ssize_t read(int fd, void *bytes, size_t size)
{
    if (fd < 0 || fd >= TIMERS_MOST || !timers[fd].set)
        return syscall(SYS_read, fd, bytes, size);
    timers[fd].set = 0;
    errno = ECANCELED;
    return -1;
}
