/* SPDX-License-Identifier: MIT */
#include "agent/schedule.h"

#include <stdlib.h>
#include <string.h>

enum { SECOND = 1000, HOUR = 3600 * SECOND, LAST_DAY = 24, DAYS_MOST = 366 };
enum { RETRY_FIRST = SECOND / 2, RETRY_MOST = 900 * SECOND };
enum { HOURS_MOST = 8 * HOUR, HOURS_SPREAD = 600 * SECOND };
enum { READING_FIRST = 5 * HOUR, READING_SPREAD = 2 * HOUR };

/* From 0 to span. */
static int64_t part_of(int64_t span, uint32_t random)
{
    return (int64_t)((double)span * random / UINT32_MAX);
}

int64_t schedule_renewal(int64_t now, int64_t end, uint32_t random)
{
    int64_t left = end > now ? end - now : 0;

    return now + left * 4 / 10 + part_of(left * 4 / 10, random);
}

bool schedule_can_renew(int64_t now, int64_t end, int64_t renewable_end)
{
    return end > now && renewable_end - end > (end - now) / 10;
}

int64_t schedule_retry(unsigned failures, uint32_t random)
{
    int64_t delay = RETRY_FIRST;

    while (--failures && delay < RETRY_MOST)
        delay *= 2;
    if (delay > RETRY_MOST)
        delay = RETRY_MOST;
    return delay / 2 + part_of(delay / 2, random);
}

int64_t schedule_hours(int64_t now, unsigned failures, uint32_t random)
{
    int64_t wait = HOUR;

    while (--failures && wait < HOURS_MOST)
        wait *= 2;
    return now - now % HOUR + wait + part_of(HOURS_SPREAD, random);
}

int64_t schedule_reading(int64_t read_at, uint32_t random)
{
    return read_at + READING_FIRST + part_of(READING_SPREAD, random);
}

/* The next number of a list of days, in hours; 0 at its end. */
static int64_t next_level(const char **days)
{
    *days += strcspn(*days, "0123456789");
    int64_t level = strtol(*days, NULL, 10);
    *days += strspn(*days, "0123456789");
    return (level < DAYS_MOST ? level : DAYS_MOST) * LAST_DAY;
}

struct warning schedule_warning(int64_t now, int64_t end, const char *days)
{
    struct warning due = { .end = end };
    int64_t left = (end - now + HOUR - 1) / HOUR; /* hours that have begun */

    if (end <= now)
        return due;
    for (int64_t level; (level = next_level(&days));)
        if (left <= level && (!due.level || level < due.level))
            due.level = level;
    if (due.level && left <= LAST_DAY)
        due.level = left;
    return due;
}

int64_t schedule_next_warning(int64_t now, int64_t end, const char *days)
{
    int64_t left = (end - now + HOUR - 1) / HOUR, next = 0;

    if (end <= now)
        return SCHEDULE_NEVER;
    bool told = schedule_warning(now, end, days).level;
    for (int64_t level; (level = next_level(&days));)
        if (level < left && level > next)
            next = level;
    if (told && left > 1) {
        int64_t hourly = left > LAST_DAY ? LAST_DAY : left - 1;
        next = next > hourly ? next : hourly;
    }
    return next ? end - next * HOUR : SCHEDULE_NEVER;
}
