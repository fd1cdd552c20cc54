/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/due.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, POLL_LEAST = 20 };
static const int64_t now = 1800000000;

static void renewal(void **state)
{
    int64_t end = now + 300 * DAY;

    (void)state;
    assert_int_equal(due_renewal(now, end, 0, 0), now + 200 * DAY);
    assert_int_equal(due_renewal(now, end, 0, UINT32_MAX), now + 210 * DAY);
    assert_int_equal(due_renewal(now, end, 20 * DAY, 0), now + 280 * DAY);
    assert_int_equal(due_renewal(now, end, 20 * DAY, UINT32_MAX), now + 282 * DAY);
}

/* Of serial numbers that follow each other, as an authority gives them. */
static void parts(void **state)
{
    unsigned tenths[10] = { 0 };
    char serial[20];

    (void)state;
    for (int i = 0; i < 10000; i++) {
        (void)snprintf(serial, sizeof serial, "%018x", i);
        tenths[due_part_of(9, due_part(serial, strlen(serial)))]++;
    }
    for (int i = 0; i < 9; i++)
        assert_in_range(tenths[i], 1000, 1250);
    assert_int_equal(due_part("1a", 2), due_part("1a", 2));
    assert_int_not_equal(due_part("1a", 2), due_part("1b", 2));
}

static void catch_up(void **state)
{
    (void)state;
    assert_int_equal(due_catch_up(now, now + 90 * DAY, 0), now);
    assert_int_equal(due_catch_up(now, now + 90 * DAY, UINT32_MAX), now + 4 * HOUR);
    assert_int_equal(due_catch_up(now, now + 20 * HOUR, UINT32_MAX), now + HOUR);
    assert_int_equal(due_catch_up(now, now, UINT32_MAX), now);
    assert_int_equal(due_catch_up(now, now - DAY, UINT32_MAX), now);
}

static void poll_first(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        int64_t at = due_poll(now, 0, i * (UINT32_MAX / 1000));
        assert_in_range(at - now, POLL_LEAST, 2 * POLL_LEAST);
    }
}

/* For thirty days: it is asked for again and again, and less and less often. */
static void poll_later(void **state)
{
    int64_t polled = 0;
    unsigned count = 0, of_day = 0;

    (void)state;
    for (int64_t at = now; (at = due_poll(now, polled, 1U << 31)) < now + 30LL * DAY; polled = at) {
        int64_t since = polled ? polled : now;
        assert_true(at > since && at - since <= 6LL * HOUR);
        assert_true(at - since <= POLL_LEAST * 2 || at - since <= since - now);
        count++;
        of_day += at < now + DAY;
    }
    assert_in_range(of_day, 8, 30);
    assert_in_range(count, 100, 180);
}

/* A hundred that were asked for over a week are asked for together: as often as the youngest wants
 * it, and each of them as often as if it were alone, or less. */
static void poll_together(void **state)
{
    int64_t polled = now, asked[100];
    unsigned moments = 0, polls = 0;

    (void)state;
    for (int i = 0; i < 100; i++)
        asked[i] = now - i * 7LL * DAY / 100;
    for (int64_t next = 0; next < now + DAY; polled = next) {
        next = INT64_MAX;
        for (int i = 0; i < 100; i++) {
            int64_t its = due_poll(asked[i], polled, 7);
            next = its < next ? its : next;
        }
        moments++;
        for (int i = 0; i < 100; i++)
            polls += due_poll(asked[i], polled, 7) <= next;
    }
    assert_in_range(moments, 8, 40);
    assert_in_range(polls, 400, 1200);
}

static void probe(void **state)
{
    (void)state;
    assert_int_equal(due_probe(1, 90 * DAY, 0), 5);
    assert_int_equal(due_probe(1, 90 * DAY, UINT32_MAX), 10);
    assert_int_equal(due_probe(3, 90 * DAY, UINT32_MAX), 40);
    assert_int_equal(due_probe(12, 90 * DAY, UINT32_MAX), 4 * HOUR);
    assert_int_equal(due_probe(UINT32_MAX, 90 * DAY, UINT32_MAX), 4 * HOUR);
    assert_int_equal(due_probe(UINT32_MAX, 0, UINT32_MAX), HOUR);
    assert_int_equal(due_probe(99, 8 * HOUR, UINT32_MAX), HOUR);
    assert_int_equal(due_probe(99, 1, UINT32_MAX), MINUTE);
}

FACTS(FACT(renewal,
           "due_renewal: in the first tenth of the last third, or of what the settings say"),
      FACT(parts, "due_part: numbers that follow each other are spread evenly"),
      FACT(catch_up, "due_catch_up: within four hours, or a twentieth of what is left"),
      FACT(poll_first, "due_poll: first after 20 to 40 seconds"),
      FACT(poll_later, "due_poll: less and less often, and at least each six hours"),
      FACT(poll_together, "due_poll: a hundred wake the computer no more often than one"),
      FACT(probe,
           "due_probe: from ten seconds to four hours, less near the end or where there is none"))
