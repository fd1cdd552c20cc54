/* SPDX-License-Identifier: MIT */
#include "base/due.h"

enum { MINUTE = 60, HOUR = 3600, THIRD = 3, TENTH = 10, TWENTIETH = 20, EIGHTH = 8 };
enum { CATCH_UP_MOST = 4 * HOUR, PROBE_MOST = 4 * HOUR, MISSING_MOST = HOUR };
enum { PROBE_FIRST = 10 };
enum { POLL_LEAST = 20, POLL_MOST = POLL_LEAST << 10 };

/* FNV-1a of 64 bits, of which the upper half is the better one once they are mixed. */
uint32_t due_part(const void *bytes, size_t length)
{
    uint64_t mixed = 0xcbf29ce484222325;

    for (const unsigned char *b = bytes; length--; b++)
        mixed = (mixed ^ *b) * 0x100000001b3;
    mixed = (mixed ^ mixed >> 32) * 0x9e3779b97f4a7c15;
    return (uint32_t)(mixed >> 32);
}

int64_t due_part_of(int64_t span, uint32_t part)
{
    return (int64_t)((double)span * part / UINT32_MAX);
}

int64_t due_renewal(int64_t begin, int64_t end, int64_t before, uint32_t part)
{
    if (!before)
        before = (end - begin) / THIRD;
    return end - before + due_part_of(before / TENTH, part);
}

int64_t due_catch_up(int64_t now, int64_t end, uint32_t part)
{
    int64_t most = end > now ? (end - now) / TWENTIETH : 0;

    return now + due_part_of(most < CATCH_UP_MOST ? most : CATCH_UP_MOST, part);
}

int64_t due_poll(int64_t asked, int64_t polled, uint32_t part)
{
    int64_t from = polled > asked ? polled : asked, step = POLL_LEAST;
    int64_t shift = due_part_of(POLL_MOST - 1, part);

    while (step < POLL_MOST && step * 2 <= from - asked)
        step *= 2;
    if (from < asked + POLL_LEAST - 1)
        from = asked + POLL_LEAST - 1;
    return from + step - (from + shift) % step;
}

int64_t due_probe(unsigned failures, int64_t left, uint32_t random)
{
    int64_t most = left ? left / EIGHTH : MISSING_MOST, wait = PROBE_FIRST;

    if (most > PROBE_MOST)
        most = PROBE_MOST;
    if (most < MINUTE)
        most = MINUTE;
    while (--failures && wait < most)
        wait *= 2;
    if (wait > most)
        wait = most;
    return wait / 2 + due_part_of(wait / 2, random);
}
