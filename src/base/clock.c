/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <time.h>

static long read_ms(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

long clock_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

long clock_slept_ms(void)
{
    return read_ms(CLOCK_BOOTTIME) - read_ms(CLOCK_MONOTONIC);
}
