/* SPDX-License-Identifier: MIT
 *
 * Renewals of one worker: who may follow, and what serves those who do.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "work/asker.h"
#include "work/series.h"

static struct why why;

static const char settings[] = "[identity b]\nservers = dc9.corp.example\n";

/* A worker that has answered the first request, which named a, b and c; the tests are the front. */
static struct {
    int fds[2];
    struct wire front, worker;
    struct wire_asker asker;
    struct message *first;
    struct series series;
    struct errand errand;
} world;

static struct message *request(const char *verb, const char *identity)
{
    struct message *message = message_new(MESSAGE_REQUEST);

    message_add(message, SLOT_VERB, verb);
    message_add(message, SLOT_IDENTITY, identity);
    message_add_number(message, SLOT_UNATTENDED, 1);
    return message;
}

static void answered(void)
{
    world.front.counts[MESSAGE_REQUEST] = world.front.counts[MESSAGE_RESULT] = 1;
    world.worker.counts[MESSAGE_REQUEST] = world.worker.counts[MESSAGE_RESULT] = 1;
    assert_int_equal(wire_again(&world.front, &why), 0);
}

static int begin(void **state)
{
    (void)state;
    memset(&world, 0, sizeof world);
    assert_int_equal(setenv("XDG_STATE_HOME", test_folder(), 1), 0);
    assert_int_equal(wire_pair(world.fds, &why), 0);
    world.front = wire_begin(world.fds[0], WIRE_FRONT);
    world.worker = wire_begin(world.fds[1], WIRE_WORKER);
    world.asker = wire_asker(&world.worker);
    world.first = request("renew", "default");
    for (const char *name = "a\0b\0c\0"; *name; name += 2)
        message_add_pair(world.first, SLOT_NEXT, name, "FILE:/tmp/x");
    world.series = (struct series){ .first = world.first };
    world.errand = (struct errand){
        .series = &world.series, .conf = conf_new(), .front = &world.asker, .identity = "default"
    };
    assert_int_equal(conf_read(world.errand.conf, "settings", settings, sizeof settings - 1,
                               WHO_ADMINISTRATOR, &why),
                     0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    errand_watch(0);
    series_end(&world.series);
    journal_close(&world.errand.journal);
    conf_free(&world.errand.conf);
    message_free(&world.first);
    wire_end(&world.front);
    wire_end(&world.worker);
    fd_close(&world.fds[0]);
    fd_close(&world.fds[1]);
    return 0;
}

static void open_series(void)
{
    assert_int_equal(series_open(&world.series, &why), 0);
    world.series.begun = true;
    world.errand.journal.fd = -1;
}

/* Another request, after the answer to the one before: is it taken? */
static bool takes(struct message *message)
{
    answered();
    assert_int_equal(wire_send(&world.front, message, &why), 0);
    bool taken = series_next(&world.errand);
    if (taken)
        assert_string_equal(world.errand.identity, message_text(message, SLOT_IDENTITY));
    message_free(&message);
    return taken;
}

static void in_order(void **state)
{
    (void)state;
    open_series();
    assert_true(takes(request("renew", "a")));
    assert_true(takes(request("renew", "c"))); /* b was left out */
    assert_false(takes(request("renew", "b")));
}

static void once(void **state)
{
    (void)state;
    open_series();
    assert_true(takes(request("renew", "b")));
    assert_false(takes(request("renew", "b")));
}

static void as_announced(void **state)
{
    struct message *more = request("renew", "a"), *attended = request("renew", "a");

    (void)state;
    open_series();
    message_add_pair(more, SLOT_NEXT, "d", "FILE:/tmp/x");
    message_drop(attended, SLOT_UNATTENDED);
    assert_false(takes(request("renew", "d")));
    assert_false(takes(request("sign-in", "a")));
    assert_false(takes(request("renew", "default")));
    assert_false(takes(more));
    assert_false(takes(attended));
    assert_true(takes(request("renew", "a")));
}

static void not_fenced(void **state)
{
    (void)state;
    open_series();
    world.series.begun = false;
    assert_false(takes(request("renew", "a")));
}

static void nobody_there(void **state)
{
    (void)state;
    open_series();
    answered();
    fd_close(&world.fds[0]);
    assert_false(series_next(&world.errand));
}

static void only_renewals(void **state)
{
    (void)state;
    message_free(&world.first);
    world.series.first = world.first = request("sign-in", "default");
    assert_int_equal(series_open(&world.series, &why), 0);
    message_add_pair(world.first, SLOT_NEXT, "a", "FILE:/tmp/x");
    test_reason(series_open(&world.series, &why), &why, REASON_BAD_REQUEST, "only renewals");
    message_free(&world.first);
    world.series.first = world.first = request("renew", "default");
    message_add_pair(world.first, SLOT_NEXT, "../a", "FILE:/tmp/x");
    test_reason(series_open(&world.series, &why), &why, REASON_BAD_REQUEST, "cannot name");
}

/* What is open of a password is a fact of the renewal: read before files were fenced off. */
static void journals(void **state)
{
    static const char line[] = "\n1 keyring=not-followed alice@CORP.EXAMPLE\n";

    (void)state;
    assert_true(!mkdir("chatelaine", 0700) || !access("chatelaine", F_OK));
    test_write("chatelaine/b.journal", line, sizeof line - 1);
    assert_int_equal(chmod("chatelaine/b.journal", 0600), 0);
    open_series();
    assert_int_equal(unlink("chatelaine/b.journal"), 0);
    assert_true(takes(request("renew", "a")));
    assert_false(journal_is_open(&world.errand.journal, "alice@CORP.EXAMPLE"));
    assert_true(takes(request("renew", "b")));
    assert_true(journal_is_open(&world.errand.journal, "alice@CORP.EXAMPLE"));
}

static const struct dc dc1 = { .host = "dc1.corp.example", .domain = "corp.example" };

/* What an errand of this identity gets of what default found. */
static bool finds(const char *identity, const char *domain, enum outcome *out)
{
    struct errand errand = world.errand;
    struct dc dc = { .host = "" };

    errand.identity = identity;
    bool found = series_found(&errand, domain, &dc, out, &why);
    if (found && !*out)
        assert_string_equal(dc.host, dc1.host);
    return found;
}

static void one_answer(void **state)
{
    enum outcome out;

    (void)state;
    assert_false(finds("a", "corp.example", &out));
    series_note(&world.errand, "corp.example", &dc1, OUTCOME_OK, NULL);
    assert_true(finds("a", "CORP.EXAMPLE", &out));
    assert_int_equal(out, OUTCOME_OK);
    assert_false(finds("a", "other.example", &out));
    assert_false(finds("b", "corp.example", &out));       /* its settings name a server */
    assert_false(finds("default", "corp.example", &out)); /* who asks again has a reason */
    world.errand.dead_count = 1;
    assert_false(finds("a", "corp.example", &out));
}

static void for_a_second(void **state)
{
    enum outcome out;

    (void)state;
    series_note(&world.errand, "corp.example", &dc1, OUTCOME_OK, NULL);
    world.series.found.at_ms = clock_ms() - SERIES_MS / 2;
    assert_true(finds("a", "corp.example", &out));
    world.series.found.at_ms = clock_ms() - SERIES_MS - 1;
    assert_false(finds("a", "corp.example", &out));
}

static void no_answer(void **state)
{
    struct why none;
    enum outcome out;

    (void)state;
    (void)fail(&none, REASON_NO_DC, "nobody answers");
    series_note(&world.errand, "corp.example", NULL, OUTCOME_OFFLINE, &none);
    assert_true(finds("a", "corp.example", &out));
    test_reason(out, &why, REASON_NO_DC, "nobody answers");
    (void)fail(&none, REASON_BAD_SETTING, "no site");
    series_note(&world.errand, "corp.example", NULL, OUTCOME_SETTINGS, &none);
    assert_false(finds("a", "corp.example", &out));
}

#define SERIES(function, name)                                                                     \
    {                                                                                              \
        name, function, begin, end, NULL                                                           \
    }

FACTS(SERIES(in_order, "series_next: those named follow in their order, some may be left out"),
      SERIES(once, "series_next: each has one turn"),
      SERIES(as_announced, "series_next: nobody else, no other verb, nobody to be asked"),
      SERIES(not_fenced, "series_next: nobody after a worker that could not be confined"),
      SERIES(nobody_there, "series_next: the last one, when the front is gone"),
      SERIES(only_renewals, "series_open: NEXT is for renewals, and names identities"),
      SERIES(journals, "series_open: what is open of a password is read before it is needed"),
      SERIES(one_answer, "series_found: a server that answered serves others of the same settings"),
      SERIES(for_a_second, "series_found: for a second"),
      SERIES(no_answer, "series_found: that none answered, too, and no other failure"))
