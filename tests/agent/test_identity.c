/* SPDX-License-Identifier: MIT
 *
 * The life of an identity in a made-up world.
 */
#include "agent/world.h"

static void week(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.password_end = begin + 60 * day;
    go(identity, 14 * day, 2);
    assert_true(world.has_ticket && world.end > world.now);
    assert_in_range(world.count[VERB_SIGN_IN], 2, 4);
    assert_in_range(world.count[VERB_RENEW], 50, 90);
    assert_in_range(world.count[VERB_REFRESH], 3 * 14, 5 * 14);
    assert_int_equal(world.count[VERB_STATUS], 1);
    assert_int_equal(world.asks_person, 0);
    finish();
}

static void warnings(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.password_end = begin + 20 * day;
    go(identity, 25 * day, 3);
    assert_int_equal(world.warnings, 5 + 24);
    finish();
}

static void no_keychain(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.keychain = REASON_NO_KEYCHAIN;
    world.renewable_end = world.end;
    go(identity, 3 * day, 2); /* readings that are due must not make it spin */
    assert_string_equal(message_text(identity->facts, SLOT_STATE), "expired");
    assert_int_equal(world.count[VERB_SIGN_IN], 2);
    assert_int_equal(world.asks_person, 1);
    finish();
}

static void offline(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    int logs = world.logs;
    world.online = false;
    go(identity, 7 * day, 9);
    assert_in_range(world.logs - logs, 1, 4);
    assert_in_range(world.count[VERB_SIGN_IN] + world.count[VERB_RENEW], 300, 7 * 24 * 8);
    world.online = true;
    identities_nudge(&agent);
    go(identity, SECOND, 60);
    assert_true(world.end > world.now);
    finish();
}

static void refused(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.renewable_end = world.now; /* the KDC knows better than the ticket says */
    go(identity, 10LL * HOUR, 4);
    assert_int_equal(world.count[VERB_SIGN_IN], 2);
    assert_true(world.end > world.now);
    finish();
}

static void signed_out(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.has_ticket = false;
    world.stays_out = true;
    identity->look = true;
    identity_wake(identity);
    int before = world.count[VERB_SIGN_IN];
    go(identity, 7 * day, 1);
    assert_int_equal(world.count[VERB_SIGN_IN], before);
    finish();
}

static void destroyed(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, MINUTE, 60);
    world.has_ticket = false; /* kdestroy */
    identity->look = true;
    identity_wake(identity);
    go(identity, HOUR, 4);
    assert_string_equal(message_text(identity->facts, SLOT_STATE), "signed-out");
    assert_int_equal(world.count[VERB_SIGN_IN], 1); /* not fought */
    go(identity, 10LL * HOUR, 4);
    assert_int_equal(world.count[VERB_SIGN_IN], 2); /* but when it would have been renewed */
    finish();
}

static void adopted(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.keychain = REASON_NOT_STORED;
    go(identity, day, 4);
    assert_true(identity->stopped);
    world.has_ticket = true; /* kinit */
    world.end = world.now + 10LL * HOUR;
    world.renewable_end = world.now + day;
    identity->look = true;
    identity_wake(identity);
    go(identity, 9LL * HOUR, 4);
    assert_true(world.count[VERB_RENEW] >= 1);
    finish();
}

static void clock_jumps(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.keychain = REASON_NOT_STORED;
    world.now += day;
    identities_nudge(&agent);
    go(identity, MINUTE, 60);
    world.now -= day;
    identities_nudge(&agent);
    go(identity, MINUTE, 60);
    assert_string_equal(message_text(identity->facts, SLOT_STATE), "signed-in");
    go(identity, 8LL * HOUR, 4); /* and it is kept fresh as before */
    assert_true(world.count[VERB_RENEW] >= 1);
    finish();
}

static void clock_back_offline(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.online = false;
    go(identity, 12LL * HOUR, 12);
    world.now -= day;
    world.online = true;
    identities_nudge(&agent);
    go(identity, MINUTE, 60);
    assert_true(world.end > world.now);
    finish();
}

static void dead_worker(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.worker_dies = true;
    world.has_ticket = false;
    identity->look = true;
    identity_wake(identity);
    go(identity, 5 * MINUTE, 100);
    assert_false(identity_knows(identity)); /* what is known may be wrong */
    world.worker_dies = false;
    go(identity, 15 * MINUTE, 60);
    assert_string_equal(message_text(identity->facts, SLOT_STATE), "signed-out");
    world.worker_dies = true;
    go(identity, 2 * day, 9);
    finish();
}

static void no_worker(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.cannot_start = true;
    go(identity, 2 * day, 9);
    identity->look = true;
    identity_wake(identity);
    go(identity, day, 12);
    world.cannot_start = false;
    go(identity, HOUR, 9);
    assert_true(world.end > world.now);
    finish();
}

static void queue(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, HOUR, 4);
    world.waiting = 5; /* none of which can be started */
    world.now = identity->ticket_at;
    identity_wake(identity);
    assert_int_equal(world.waiting, 0);
    go(identity, MINUTE, 60);
    assert_int_equal(world.count[VERB_RENEW], 1);
    finish();
}

static void reading_failed(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.no_reading = true;
    go(identity, HOUR / 2, 6);
    assert_int_equal(world.count[VERB_SIGN_IN], 1);
    world.no_reading = false;
    go(identity, 2LL * HOUR, 6);
    assert_int_equal(world.count[VERB_SIGN_IN], 1);
    assert_int_equal(world.count[VERB_REFRESH], 1);
    finish();
}

static void keychain_later(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.keychain = REASON_KEYCHAIN_LOCKED;
    go(identity, HOUR, 60);
    assert_in_range(world.count[VERB_SIGN_IN], 2, 30);
    world.keychain = REASON_NONE;
    go(identity, 16 * MINUTE, 60);
    assert_true(world.end > world.now);
    finish();
}

static void outside_hours(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.keychain = REASON_OUTSIDE_HOURS;
    go(identity, day, 4);
    assert_in_range(world.count[VERB_SIGN_IN], 4, 6);
    assert_int_equal(world.asks_person, 1);
    assert_false(identity->stopped);
    int before = world.count[VERB_SIGN_IN];
    for (int i = 0; i < 10; i++) { /* networks come and go */
        identities_nudge(&agent);
        go(identity, MINUTE, 60);
    }
    assert_int_equal(world.count[VERB_SIGN_IN], before);
    world.keychain = REASON_NONE;
    identity_wake(identity);
    go(identity, 9LL * HOUR, 4);
    assert_true(world.end > world.now);
    finish();
}

static void hours_and_clock(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.keychain = REASON_OUTSIDE_HOURS;
    go(identity, MINUTE, 60);
    assert_int_equal(world.count[VERB_SIGN_IN], 1);
    world.now -= day;
    world.keychain = REASON_NONE;
    identities_nudge(&agent);
    go(identity, MINUTE, 60);
    assert_true(world.end > world.now);
    finish();
}

static void locked(void **state)
{
    struct identity *identity = start();

    (void)state;
    world.keychain = REASON_ACCOUNT_LOCKED;
    go(identity, 3 * day, 4);
    identities_nudge(&agent);
    go(identity, day, 4);
    assert_int_equal(world.count[VERB_SIGN_IN], 1);
    assert_int_equal(world.asks_person, 1);
    finish();
}

/* Renewed by itself after six hours of ten. */
static void goes_along(void **state)
{
    struct identity *identity = start();

    (void)state;
    go(identity, 4LL * HOUR - MINUTE, 4);
    assert_false(identity_may_renew(identity, world.now));
    go(identity, 2LL * MINUTE, 60);
    assert_true(identity_may_renew(identity, world.now));
    assert_int_equal(world.count[VERB_RENEW], 0);
    identity->look = true; /* who knows what is there */
    assert_false(identity_may_renew(identity, world.now));
    identity->look = false;
    world.online = false;
    identity_wake(identity);
    go(identity, 2LL * HOUR, 60);
    assert_true(identity->failures > 0);
    identity->retry_at = world.now + schedule_retry(identity->failures, 0) + 1;
    assert_false(identity_may_renew(identity, world.now));
    identity->retry_at--; /* the least that it could have had to wait */
    assert_true(identity_may_renew(identity, world.now));
    identity->stopped = true;
    assert_false(identity_may_renew(identity, world.now));
    finish();
}

static void behind_another(void **state)
{
    struct identity *identity = start();
    struct run other = { VERB_RENEW };

    (void)state;
    go(identity, 5LL * HOUR, 4);
    identity->behind = &other;
    identity_wake(identity);
    go(identity, 4LL * HOUR, 4);
    identity_wake(identity);
    assert_int_equal(world.count[VERB_RENEW], 0);
    identity->behind = NULL;
    identity_wake(identity);
    go(identity, MINUTE, 60);
    assert_int_equal(world.count[VERB_RENEW], 1);
    finish();
}

FACTS(FACT(week, "identity: two weeks at the office, always a good ticket"),
      FACT(warnings, "identity: the end of the password is told on its days and hours, none twice"),
      FACT(no_keychain,
           "identity: without a keychain the person is asked for once, and it is quiet"),
      FACT(offline, "identity: a week without a network is quiet, and a network ends it"),
      FACT(refused, "identity: a renewal that is refused leads to a new ticket"),
      FACT(signed_out, "identity: who signed out stays signed out"),
      FACT(destroyed, "identity: a ticket that was destroyed is not fought for"),
      FACT(adopted, "identity: a ticket got elsewhere is kept fresh"),
      FACT(clock_jumps, "identity: the clock a day ahead and back leaves things as they were"),
      FACT(clock_back_offline, "identity: the clock set back does not make a retry late"),
      FACT(dead_worker, "identity: a look that failed is made again"),
      FACT(no_worker, "identity: without a worker it neither spins nor gives up"),
      FACT(outside_hours,
           "identity: outside its hours it is tried a few times a day, whatever comes"),
      FACT(hours_and_clock, "identity: and at once when the clock is set back"),
      FACT(locked, "identity: a locked account is not tried again"),
      FACT(goes_along, "identity_may_renew: from 40 percent on, or after the shortest wait"),
      FACT(behind_another,
           "identity: behind another one's renewal it starts none, and waits quietly"),
      FACT(queue, "identity: fronts whose errand cannot start do not hold up what is due"),
      FACT(reading_failed, "identity: a directory that was not read at sign-in is read later"),
      FACT(keychain_later, "identity: a keychain that is unlocked later is used then"))
