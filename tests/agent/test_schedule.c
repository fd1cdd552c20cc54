/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/schedule.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };
static const int64_t day = 24LL * HOUR, now = 1800000000000, most_random = UINT32_MAX;
static const char usual[] = "14, 7, 4, 3, 2, 1";

static uint32_t at_random(int64_t part)
{
    return (uint32_t)(most_random * part / 100);
}

static void renewal_share(void **state)
{
    int64_t end = now + 10 * HOUR;

    (void)state;
    assert_int_equal(schedule_renewal(now, end, 0), now + 4 * HOUR);
    assert_int_equal(schedule_renewal(now, end, UINT32_MAX), now + 8 * HOUR);
    int64_t middle = schedule_renewal(now, end, at_random(50));
    assert_in_range(middle, now + 6 * HOUR - 2, now + 6 * HOUR + 2);
}

static void renewal_edges(void **state)
{
    (void)state;
    assert_int_equal(schedule_renewal(now, now, UINT32_MAX), now);
    assert_int_equal(schedule_renewal(now, now - day, UINT32_MAX), now);
    assert_int_equal(schedule_renewal(now, 0, 0), now);
    assert_in_range(schedule_renewal(now, now + 1, UINT32_MAX), now, now + 1);
    int64_t far = now + 10000 * 365 * day; /* no overflow */
    assert_in_range(schedule_renewal(now, far, UINT32_MAX), now, far);
}

static void renewable(void **state)
{
    int64_t end = now + 10 * HOUR;

    (void)state;
    assert_true(schedule_can_renew(now, end, now + 7 * day));
    assert_false(schedule_can_renew(now, end, 0));
    assert_false(schedule_can_renew(now, end, end));        /* nothing to gain */
    assert_false(schedule_can_renew(now, end, end + HOUR)); /* a tenth and no more */
    assert_true(schedule_can_renew(now, end, end + HOUR + 1));
    assert_false(schedule_can_renew(now, now, now + 7 * day)); /* it has ended */
    assert_false(schedule_can_renew(now, now - 1, now + 7 * day));
    assert_true(schedule_can_renew(end - 1, end, end + 1)); /* in its last moment */
}

static void retries(void **state)
{
    int64_t before = 0;

    (void)state;
    assert_int_equal(schedule_retry(1, 0), 250);
    assert_int_equal(schedule_retry(1, UINT32_MAX), 500);
    for (unsigned failures = 1; failures < 2000; failures += failures < 20 ? 1 : 100) {
        int64_t least = schedule_retry(failures, 0), most = schedule_retry(failures, UINT32_MAX);
        assert_int_equal(most, least * 2);
        assert_true(most >= before && most <= 15 * MINUTE);
        before = most;
    }
    assert_int_equal(before, 15 * MINUTE);
    assert_int_equal(schedule_retry(UINT32_MAX, UINT32_MAX), 15 * MINUTE);
}

static void hours(void **state)
{
    const int64_t full = now - now % HOUR;

    (void)state;
    for (int64_t at = full; at < full + HOUR; at += HOUR / 7) {
        assert_int_equal(schedule_hours(at, 1, 0), full + HOUR);
        assert_int_equal(schedule_hours(at, 1, UINT32_MAX), full + HOUR + 10 * MINUTE);
        assert_int_equal(schedule_hours(at, 2, 0), full + 2 * HOUR);
        assert_int_equal(schedule_hours(at, 3, 0), full + 4 * HOUR);
        assert_int_equal(schedule_hours(at, 4, 0), full + 8 * HOUR);
        assert_int_equal(schedule_hours(at, 1000, 0), full + 8 * HOUR);
    }
}

static void readings(void **state)
{
    (void)state;
    assert_int_equal(schedule_reading(now, 0), now + 5 * HOUR);
    assert_int_equal(schedule_reading(now, UINT32_MAX), now + 7 * HOUR);
}

static int64_t level(int64_t left, const char *days)
{
    return schedule_warning(now, now + left, days).level;
}

static void warning_days(void **state)
{
    (void)state;
    assert_int_equal(level(15 * day, usual), 0);
    assert_int_equal(level(14 * day + 1, usual), 0);
    assert_int_equal(level(14 * day, usual), 14 * 24);
    assert_int_equal(level(7 * day + 1, usual), 14 * 24);
    assert_int_equal(level(7 * day, usual), 7 * 24);
    assert_int_equal(level(day, usual), 24);
    assert_int_equal(level(0, usual), 0);
    assert_int_equal(level(-5 * day, usual), 0);
}

static void warning_hours(void **state)
{
    (void)state;
    assert_int_equal(level(day - HOUR, usual), 23);
    assert_int_equal(level(day - HOUR + 1, usual), 24);
    assert_int_equal(level(HOUR + 1, usual), 2);
    assert_int_equal(level(HOUR, usual), 1);
    assert_int_equal(level(1, usual), 1);
}

static void warning_lists(void **state)
{
    char huge[4000] = "";

    (void)state;
    assert_int_equal(level(day, ""), 0);
    assert_int_equal(level(HOUR, "none"), 0);
    assert_int_equal(level(HOUR, "0"), 0);
    assert_int_equal(level(3 * day, "1, 14"), 14 * 24); /* in any order */
    assert_int_equal(level(3 * day, "14,14, 3,,3 3"), 3 * 24);
    assert_int_equal(level(300 * day, "99999999999999999999"), 366 * 24);
    for (int i = 0; strlen(huge) < sizeof huge - 8; i++)
        (void)snprintf(huge + strlen(huge), 8, "%d,", 999 - i % 900);
    assert_int_equal(level(366 * day, huge), 366 * 24);
    assert_int_equal(level(100 * day, huge), 100 * 24);
}

/* The person's view: every warning from a time on until the end, by the times that are told. */
static int run_to_end(int64_t left, const char *days, int64_t levels[], int most)
{
    struct warning told = { 0 };
    int64_t at = now, end = now + left;
    int count = 0;

    for (int steps = 0; at != SCHEDULE_NEVER; steps++) {
        struct warning due = schedule_warning(at, end, days);
        int64_t next = schedule_next_warning(at, end, days);
        assert_true(steps < 500);
        assert_true(next == SCHEDULE_NEVER || (next > at && next < end));
        if (due.level) {
            assert_int_not_equal(due.level, told.level); /* none twice */
            assert_true(count < most);
            levels[count++] = due.level;
        }
        told = due;
        at = next;
    }
    return count;
}

static void warning_course(void **state)
{
    static const int64_t expected[] = { 336, 168, 96, 72, 48 };
    int64_t levels[64];

    (void)state;
    assert_int_equal(run_to_end(40 * day + 17 * MINUTE, usual, levels, 64), 5 + 24);
    assert_memory_equal(levels, expected, sizeof expected);
    for (int i = 0; i < 24; i++)
        assert_int_equal(levels[5 + i], 24 - i);
    assert_int_equal(run_to_end(5 * HOUR + MINUTE, usual, levels, 64), 6);
    assert_int_equal(run_to_end(30 * day, "", levels, 64), 0);
    assert_int_equal(run_to_end(30 * day, "7", levels, 64), 1 + 24); /* and the last day */
    assert_int_equal(run_to_end(1, usual, levels, 64), 1);
    assert_int_equal(run_to_end(-day, usual, levels, 64), 0);
}

static void warning_often(void **state)
{
    struct warning told = { 0 };
    int64_t end = now + 20 * day;
    int count = 0;

    (void)state;
    for (int64_t at = now; at < end + day; at += 7 * MINUTE) { /* asked at any time */
        struct warning due = schedule_warning(at, end, usual);
        count += due.level && due.level != told.level;
        told = due;
    }
    assert_int_equal(count, 5 + 24);
}

/* 100,000 computers whose power comes back in the same instant, with a seed: the same each time. */
enum { COMPUTERS = 100000, MINUTES = 30 * 60, LIFE = 10 * HOUR };

static uint32_t draw(void)
{
    static uint64_t seed = 0x9e3779b97f4a7c15; /* xorshift64* */

    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (uint32_t)((seed * 0x2545f4914f6cdd1d) >> 32);
}

static int peak(const int *minutes)
{
    int most = 0;

    for (int i = 0; i < MINUTES; i++)
        most = minutes[i] > most ? minutes[i] : most;
    return most;
}

/* The servers answer from then on; until it has its ticket a computer asks in vain. Boots take 20 s
 * to a minute. */
static void power_cut(int64_t servers, const char *title)
{
    int *asked = calloc(MINUTES, sizeof *asked), *renewed = calloc(MINUTES, sizeof *renewed);
    int64_t first = INT64_MAX, last = 0;

    assert_non_null(asked);
    assert_non_null(renewed);
    for (int i = 0; i < COMPUTERS; i++) {
        int64_t at = now + 20 * SECOND + draw() % (40 * SECOND);
        unsigned failures = 0;
        for (; at < now + servers; at += schedule_retry(++failures, draw()))
            ;
        asked[(at - now) / MINUTE]++;
        int64_t renewal = schedule_renewal(at, at + LIFE, draw());
        renewed[(renewal - now) / MINUTE]++;
        first = renewal < first ? renewal : first;
        last = renewal > last ? renewal : last;
    }
    double spread = (double)COMPUTERS / (double)((last - first) / MINUTE + 1);
    double whole = (double)COMPUTERS / (double)((last - now) / MINUTE + 1);
    print_message("# %s: sign-ins, peak minute %d; renewals, peak minute %d, mean %.0f while they "
                  "last (peak/mean %.2f), %.0f from the power on (%.2f)\n",
                  title, peak(asked), peak(renewed), spread, peak(renewed) / spread, whole,
                  peak(renewed) / whole);
    assert_true(peak(renewed) <= 3 * whole);
    assert_true(peak(renewed) <= 3 * spread);
    free(asked);
    free(renewed);
}

static void power_cuts(void **state)
{
    (void)state;
    power_cut(0, "servers there");
    power_cut(5 * MINUTE, "servers 5 minutes later");
    power_cut(HOUR, "servers an hour later");
}

FACTS(FACT(renewal_share, "schedule_renewal: from 40 to 80 percent of the time that is left"),
      FACT(renewal_edges, "schedule_renewal: a ticket that has ended is due now"),
      FACT(renewable, "schedule_can_renew: not after the end, not for less than a tenth more"),
      FACT(retries, "schedule_retry: doubles from half a second to a quarter of an hour"),
      FACT(hours, "schedule_hours: a full hour, one, two, four and then eight hours later"),
      FACT(readings, "schedule_reading: from 5 to 7 hours later"),
      FACT(warning_days, "schedule_warning: on the days of the list"),
      FACT(warning_hours, "schedule_warning: each hour of the last day"),
      FACT(warning_lists, "schedule_warning: any list, in any order, however long"),
      FACT(warning_course, "schedule_next_warning: leads from one to the next, none twice"),
      FACT(warning_often, "schedule_warning: asked often, each level comes once"),
      FACT(power_cuts, "100,000 computers after a power cut: peak minute of the first renewals at "
                       "most 3 times the mean"))
