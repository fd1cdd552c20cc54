/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "work/certificate.h"

#define CA    "https://pki.ad.lab.test/certsrv/"
#define OTHER "https://ca2.ad.lab.test/certsrv/"
enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

static struct why why;
static struct errand errand;
static struct message *request;

/* One errand, which knows what those before it have written. */
static struct certificates *begin(const char *folder, bool unattended)
{
    struct certificates *all = calloc(1, sizeof *all);

    assert_non_null(all);
    request = message_new(MESSAGE_REQUEST);
    if (unattended)
        message_add_number(request, SLOT_UNATTENDED, 1);
    errand = (struct errand){ .request = request };
    all->errand = &errand;
    assert_int_equal(file_open_folder(test_folder(), folder, &all->folder, &why), 0);
    pauses_read(all);
    return all;
}

static void end(struct certificates **all)
{
    pauses_end(*all);
    (void)close((*all)->folder);
    message_free(&request);
    free(*all);
    *all = NULL;
}

static struct wanted wifi = { .name = "wifi" };

static void fails(struct certificates *all, const char *base, enum reason reason, int status,
                  int wait_s)
{
    const struct pause_heard heard = { true, reason, status, wait_s };

    pause_note(all, &wifi, base, &heard);
}

static void succeeds(struct certificates *all, const char *base)
{
    pause_note(all, &wifi, base, &(struct pause_heard){ .status = 200 });
}

static long left(struct certificates *all)
{
    time_t until = pause_until(all, CA);

    return until ? (long)(until - time(NULL)) : 0;
}

static void together(void **state)
{
    struct certificates *all = begin("together", true);

    (void)state;
    assert_int_equal(pause_check(all, &wifi, CA, &why), 0);
    fails(all, CA, REASON_NO_SERVER, 0, 0);
    test_reason(pause_check(all, &wifi, CA, &why), &why, REASON_NO_SERVER,
                "asked again in 1 minutes");
    assert_int_equal(pause_check(all, &wifi, OTHER, &why), 0);
    end(&all);
    all = begin("together", true);
    test_reason(pause_check(all, &wifi, CA, &why), &why, REASON_NO_SERVER, CA);
    assert_in_range(left(all), 3, 10);
    assert_int_equal(pause_check(all, &wifi, OTHER, &why), 0);
    end(&all);
}

/* Where the errand is killed, too. */
static void killed(void **state)
{
    struct certificates *all = begin("killed", true);

    (void)state;
    fails(all, CA, REASON_SERVER_BUSY, 503, 0);
    all->pauses.count = 0;
    pauses_read(all);
    test_reason(pause_check(all, &wifi, CA, &why), &why, REASON_SERVER_BUSY, CA);
    end(&all);
}

/* Once an errand, not once for each of a hundred. */
static void person(void **state)
{
    struct certificates *all = begin("person", true);

    (void)state;
    fails(all, CA, REASON_TIME_OUT, 0, 0);
    end(&all);
    all = begin("person", false);
    assert_int_equal(pause_check(all, &wifi, CA, &why), 0);
    fails(all, CA, REASON_TIME_OUT, 0, 0);
    test_reason(pause_check(all, &wifi, CA, &why), &why, REASON_TIME_OUT, CA);
    end(&all);
    all = begin("person", false);
    succeeds(all, CA);
    end(&all);
    all = begin("person", true);
    assert_int_equal(pause_check(all, &wifi, CA, &why), 0);
    assert_false(pause_was(all, "wifi"));
    end(&all);
}

static void longer(void **state)
{
    struct certificates *all = begin("longer", true);
    long last = 0;

    (void)state;
    for (int i = 0; i < 20; i++) {
        fails(all, CA, REASON_CONNECTION_LOST, 0, 0);
        assert_true(left(all) > last - 2 || left(all) >= HOUR / 2 - 2);
        last = left(all);
    }
    assert_in_range(last, HOUR / 2 - 2, HOUR);
    end(&all);
}

static void server_says(void **state)
{
    struct certificates *all = begin("says", true);

    (void)state;
    fails(all, CA, REASON_SERVER_BUSY, 503, 2 * HOUR);
    assert_in_range(left(all), 2 * HOUR - 2, 2 * HOUR + HOUR / 4);
    fails(all, CA, REASON_SERVER_BUSY, 429, 30 * DAY);
    assert_in_range(left(all), DAY - 2, DAY + 3 * HOUR);
    end(&all);
}

/* What is about one request alone, or none of the authority's. */
static void not_those(void **state)
{
    static const struct {
        enum reason reason;
        int status;
        bool pauses;
    } rows[] = { { REASON_REFUSED, 403, false },     { REASON_NO_ENROLMENT, 404, false },
                 { REASON_REFUSED, 500, true },      { REASON_NO_ENROLMENT, 501, false },
                 { REASON_REFUSED, 502, true },      { REASON_TICKET_REFUSED, 0, false },
                 { REASON_NOT_SIGNED_IN, 0, false }, { REASON_CERTIFICATE_UNKNOWN, 0, false },
                 { REASON_CANCELLED, 0, false } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char folder[16];
        (void)snprintf(folder, sizeof folder, "not%zu", i);
        struct certificates *all = begin(folder, true);
        fails(all, CA, rows[i].reason, rows[i].status, 0);
        assert_int_equal(pause_check(all, &wifi, CA, &why) != 0, rows[i].pauses);
        end(&all);
    }
}

/* Whose failure it was has the last turn: the others are not to wait for that one alone. */
static void last(void **state)
{
    struct certificates *all = begin("last", true);

    (void)state;
    fails(all, CA, REASON_TIME_OUT, 0, 0);
    assert_true(pause_was(all, "wifi"));
    assert_false(pause_was(all, "mail"));
    end(&all);
}

static void polls(void **state)
{
    struct certificates *all = begin("polls", true);
    struct pending pending = { .base = CA, .person = "alice@AD.LAB.TEST", .at = all->began - HOUR };

    (void)state;
    assert_true(pause_poll(all, &pending) <= all->began);
    pause_polls(all, CA);
    assert_true(pause_poll(all, &pending) <= all->began); /* in this errand they still are */
    pauses_end(all);
    time_t next = pause_poll(all, &pending);
    assert_in_range(next - all->began, 1, HOUR);
    end(&all);
    all = begin("polls", true);
    assert_int_equal(pause_poll(all, &pending), next);
    pending.again = next + HOUR; /* the server says so */
    assert_int_equal(pause_poll(all, &pending), next + HOUR);
    pending.again = all->began + 40 * DAY; /* nothing that it can say: a clock was wrong */
    assert_int_equal(pause_poll(all, &pending), next);
    pause_polls(all, CA);
    fails(all, CA, REASON_TIME_OUT, 0, 0);
    end(&all);
    all = begin("polls", true);
    pending.again = 0;
    assert_int_equal(pause_poll(all, &pending),
                     pause_until(all, CA) > next ? pause_until(all, CA) : next);
    end(&all);
}

static void damaged(void **state)
{
    static const char *const lines[] = {
        "",
        "x",
        "1 2 3 server-busy wifi",
        "-1 2 3 server-busy wifi " CA,
        "1 99999999999999999999 3 server-busy wifi " CA,
        "1 2 3 no-such-reason wifi " CA,
        "1 2 3 server-busy abcdefghijabcdefghijabcdefghijabcd " CA,
        "1 2 3 server-busy wi\x1b[fi " CA,
        "1 2 3 server-busy wifi https://\xff",
    };
    struct pauses pauses;

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        pauses_parse(&pauses, lines[i], strlen(lines[i]));
        assert_int_equal(pauses.count, 0);
    }
    pauses_parse(&pauses, "x\n1 2 3 server-busy wifi " CA "\n", 33 + sizeof CA);
    assert_int_equal(pauses.count, 1);
    assert_string_equal(pauses.all[0].base, CA);
}

/* More authorities than anybody has. */
static void many(void **state)
{
    struct certificates *all = begin("many", true);
    char base[64];

    (void)state;
    for (int i = 0; i < 3 * PAUSES_MOST; i++) {
        (void)snprintf(base, sizeof base, "https://ca%d/", i);
        fails(all, base, REASON_NO_SERVER, 0, 0);
        test_reason(pause_check(all, &wifi, base, &why), &why, REASON_NO_SERVER, base);
    }
    assert_int_equal(all->pauses.count, PAUSES_MOST);
    end(&all);
}

FACTS(FACT(together, "pause_check: an authority that failed is let alone, by the next errand, too"),
      FACT(killed, "pause_note: on the disk before anything else is done"),
      FACT(person, "pause_check: a person may always try, once an errand; success ends it"),
      FACT(longer, "pause_note: longer and longer"),
      FACT(server_says, "pause_note: as long as the server says, a day at most"),
      FACT(not_those, "pause_note: an answer to one request is no failure of the authority"),
      FACT(last, "pause_was: of which certificate it failed"),
      FACT(polls, "pause_poll: all that wait are asked for in one errand, then later"),
      FACT(damaged, "pauses_parse: what makes no sense is not believed"),
      FACT(many, "pause_note: of many authorities the last ones are known"))
