/* SPDX-License-Identifier: MIT
 *
 * A company's computers, whose certificates were all issued on the same day and last a year. They
 * are on for nine hours of each working day. FLEET: how many computers (1,000); tests/bench/fleet
 * has 100,000.
 */
#include "fleet.h"

static int64_t at_hour(int on_day, int hour)
{
    return begin + on_day * day + hour * (int64_t)HOUR;
}

static void start(void)
{
    const char *fleet = getenv("FLEET");
    static const char settings[] = "[certificate wifi]\nkey = p-256\n";
    struct why why;

    memset(&world, 0, sizeof world);
    world.count = fleet ? atoi(fleet) : 1000;
    world.all = calloc((size_t)world.count, sizeof *world.all);
    world.heap = calloc((size_t)world.count, sizeof *world.heap);
    world.answered = calloc(MINUTES, sizeof *world.answered);
    world.vain = calloc(MINUTES, sizeof *world.vain);
    assert_true(world.count > 1 && world.all && world.heap && world.answered && world.vain);
    world.agent = (struct agent){ .conf = conf_new(), .identity_count = 1 };
    assert_int_equal(
        conf_read(world.agent.conf, "f", settings, strlen(settings), WHO_ADMINISTRATOR, &why), 0);
    world.now = begin;
    for (int i = 0; i < world.count; i++) {
        struct computer *computer = &world.all[i];
        *computer = (struct computer){ .identity = { .agent = &world.agent, .name = "default" } };
        computer->timer.at = computer->ends = NEVER;
        computer->power = morning(0);
        put(computer, world.heaped++);
        settle(computer);
    }
}

static void finish(void)
{
    for (int i = 0; i < world.count; i++)
        certificates_free(&world.all[i].identity);
    conf_free(&world.agent.conf);
    free(world.all);
    free(world.heap);
    free(world.answered);
    free(world.vain);
}

static int peak(const int *minutes, int *at)
{
    int most = 0;

    for (int i = 0; i < MINUTES; i++)
        if (minutes[i] > most) {
            most = minutes[i];
            *at = i;
        }
    return most;
}

/* Of the working days between the first and the last request, over the nine hours of each. */
static double mean(const int *minutes)
{
    int sum = 0, days = 0;

    for (int i = 0; i < MINUTES; i += 24 * 60) {
        int of_day = 0;
        for (int j = i; j < i + 24 * 60; j++)
            of_day += minutes[j];
        sum += of_day;
        days += of_day != 0;
    }
    return days ? sum / (days * 9.0 * 60) : 0;
}

/* No certificate may end, none may be forgotten, and no minute is busier than if four hours were
 * all the time that there is, give or take what chance does. */
static void judge(const char *title)
{
    int at = 0, ignored, left = 0, busiest = peak(world.answered, &at);
    double usual = mean(world.answered);

    for (int i = 0; i < world.count; i++)
        left += world.all[i].issued < begin + RESUME * day;
    print_message(
        "# %s: %d renewed, %d ended before; peak minute %d (day %d, %02d:%02d), mean %.1f, "
        "peak/mean %.1f; in vain %d at most; longest catch-up %.1f h\n",
        title, world.renewed, world.ended, busiest, RESUME + at / 1440, at % 1440 / 60, at % 60,
        usual, busiest / usual, peak(world.vain, &ignored), (double)world.longest / HOUR);
    assert_int_equal(world.ended, 0);
    assert_int_equal(left, 0);
    assert_int_equal(world.renewed, world.count);
    assert_true(busiest * 100 <= world.count);
    assert_true(peak(world.vain, &ignored) * 60 <= world.count);
}

static void usual(void **state)
{
    (void)state;
    start();
    go();
    judge("as usual");
    assert_true(world.longest < 4 * day); /* over a weekend */
    finish();
}

static void no_authority(void **state)
{
    (void)state;
    start();
    world.away = at_hour(245, 0);
    world.back = at_hour(252, 9);
    go();
    judge("authority away for a week");
    assert_true(world.longest < day);
    finish();
}

static void no_network(void **state)
{
    (void)state;
    start();
    world.cut = at_hour(245, 0);
    world.joined = at_hour(252, 9);
    go();
    judge("network away for a week");
    assert_true(world.longest < day);
    finish();
}

static void new_start(void **state)
{
    (void)state;
    start();
    world.away = at_hour(246, 10);
    world.back = world.away + 10LL * MINUTE;
    go();
    judge("authority starts anew");
    finish();
}

FACTS(FACT(usual, "fleet: issued on the same day, renewed over weeks"),
      FACT(no_authority, "fleet: the authority is away for a week, just when all are due"),
      FACT(no_network, "fleet: the network is, and comes back for all on a Monday at nine"),
      FACT(new_start, "fleet: the authority starts anew in the middle of a day"))
