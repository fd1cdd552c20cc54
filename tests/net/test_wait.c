/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "net/wait.h"

#define DATE(time) "Wed, 25 Nov 2020 " time " GMT"

static void waits(void **state)
{
    static const struct {
        const char *retry_after, *reset, *date;
        int seconds;
    } rows[] = {
        { NULL, NULL, NULL, 0 },
        { NULL, NULL, DATE("10:00:00"), 0 },
        { "120", NULL, NULL, 120 },
        { "0", NULL, NULL, 1 },
        { "2592000", NULL, NULL, WAIT_MOST },
        { "2592001", NULL, NULL, WAIT_MOST },
        { "99999999999999999999999999", NULL, NULL, WAIT_MOST },
        { "", NULL, NULL, 0 },
        { "-5", NULL, NULL, 0 },
        { "5 s", NULL, NULL, 0 },
        { "1.5", NULL, NULL, 0 },
        { "soon", NULL, NULL, 0 },
        { "tomorrow", NULL, NULL, 0 },
        /* Both by the server's clock, which is years off. */
        { DATE("10:00:30"), NULL, DATE("10:00:00"), 30 },
        { DATE("10:00:00"), NULL, DATE("10:00:30"), 1 },
        { DATE("23:00:00"), NULL, DATE("10:00:00"), 46800 },
        { NULL, "1606298415", DATE("10:00:00"), 15 },
        { NULL, "1606298399", DATE("10:00:00"), 1 },
        { NULL, "99999999999999999999999999", DATE("10:00:00"), WAIT_MOST },
        { NULL, "0", DATE("10:00:00"), 1 },
        { NULL, "x", DATE("10:00:00"), 0 },
        /* The first that makes sense counts. */
        { "7", "1606298415", DATE("10:00:00"), 7 },
        { "soon", "1606298415", DATE("10:00:00"), 15 },
        { "Wednesday, 25-Nov-20 10:00:20 GMT", NULL, DATE("10:00:00"), 20 },
        { "Wed Nov 25 10:00:20 2020", NULL, DATE("10:00:00"), 20 },
        /* Without a date of its own: ours, which is later. */
        { DATE("10:00:30"), NULL, NULL, 1 },
        { DATE("10:00:30"), NULL, "nonsense", 1 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int seconds = wait_seconds(rows[i].retry_after, rows[i].reset, rows[i].date);
        if (seconds != rows[i].seconds)
            fail_msg("row %zu: %d s instead of %d", i, seconds, rows[i].seconds);
    }
}

static void own_clock(void **state)
{
    char reset[32];

    (void)state;
    (void)snprintf(reset, sizeof reset, "%lld", (long long)time(NULL) + 60);
    assert_in_range(wait_seconds(NULL, reset, NULL), 58, 60);
}

static void dates(void **state)
{
    (void)state;
    assert_int_equal(wait_date(DATE("10:00:00")), 1606298400);
    assert_int_equal(wait_date(NULL), -1);
    assert_int_equal(wait_date(""), -1);
    assert_int_equal(wait_date("1606298400"), -1);
    assert_int_equal(wait_date("Wed, 99 Nov 2020 10:00:00 GMT"), -1);
}

FACTS(FACT(waits, "wait_seconds: seconds or a date, by the server's clock, bounded"),
      FACT(own_clock, "wait_seconds: our clock where the server tells none"),
      FACT(dates, "wait_date: a date of HTTP, nothing else"))
