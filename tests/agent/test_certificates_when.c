/* SPDX-License-Identifier: MIT
 *
 * When the agent cares for certificates.
 */
#include "wifi.h"

/* The time has come that the last row told. */
static void pass(void)
{
    world.now += delay();
    certificates_look(identity);
}

static void renews(void **state)
{
    (void)state;
    begin_with(WIFI);
    again = world.now + HOUR;
    ends(OUTCOME_OK, "valid", world.now - 2 * HOUR, world.now + 2 * HOUR);
    assert_int_equal(delay(), HOUR);
    pass();
    assert_string_equal(asked(), "renew");
    finish();
}

/* The computer was off when it should have been renewed. */
static void catches_up(void **state)
{
    (void)state;
    begin_with(WIFI);
    again = world.now - 7 * day;
    ends(OUTCOME_OK, "valid", world.now - 200 * day, world.now + 80 * day);
    assert_null(world.aside);
    assert_int_equal(delay(), 2LL * HOUR - SECOND); /* half of four */
    world.now += HOUR;
    certificates_want(identity); /* another ticket: it was drawn once */
    assert_string_equal(asked(), "request");
    ends(OUTCOME_OK, "valid", world.now - 200 * day, world.now + 80 * day);
    assert_int_equal(delay(), HOUR - SECOND);
    pass();
    assert_string_equal(asked(), "renew");
    ends(OUTCOME_OK, "valid", world.now - 200 * day,
         world.now + 80 * day); /* somebody must decide */
    assert_int_equal(delay(), day);
    finish();
}

static void catches_up_in_time(void **state)
{
    (void)state;
    begin_with(WIFI);
    again = world.now - HOUR;
    ends(OUTCOME_OK, "valid", world.now - 10 * HOUR, world.now + HOUR);
    assert_in_range(delay(), 80 * SECOND, 90 * SECOND); /* half of a twentieth */
    finish();
}

static void polls(void **state)
{
    (void)state;
    begin_with(WIFI);
    again = world.now + 20 * SECOND;
    ends(OUTCOME_OK, "pending", world.now, 0);
    assert_int_equal(delay(), 20 * SECOND);
    pass();
    assert_string_equal(asked(), "renew");
    ends(OUTCOME_OK, "pending", world.now, 0); /* the clock of the worker: not at once */
    assert_int_equal(delay(), MINUTE);
    finish();
}

/* As long as the worker says. */
static void paused(void **state)
{
    (void)state;
    begin_with(WIFI);
    again = world.now + 3 * HOUR;
    ends(fail(&why, REASON_SERVER_BUSY, "x"), "failed", 0, 0);
    assert_int_equal(delay(), 3 * HOUR);
    again = 0;
    pass();
    fails_with(REASON_SERVER_BUSY);
    assert_true(delay() < SECOND);
    finish();
}

static void by_settings(void **state)
{
    (void)state;
    begin_with(WIFI);
    ends(OUTCOME_OK, "none", 0, 0);
    certificates_doubt(identity, true);
    assert_string_equal(asked(), "renew");
    ends(OUTCOME_OK, "none", 0, 0);
    certificates_doubt(identity, false);
    assert_string_equal(asked(), "status");
    ends(OUTCOME_OK, "none", 0, 0);
    assert_null(world.aside);
    assert_in_range(delay(), 4 * MINUTE, 6 * MINUTE);
    pass();
    assert_string_equal(asked(), "request");
    finish();
}

static struct identity *other(void)
{
    const char settings[] = "[identity other]\n[certificate mail]\nidentity = other\n";

    assert_int_equal(
        conf_read(agent.conf, "g", settings, strlen(settings), WHO_ADMINISTRATOR, &why), 0);
    return identity_find(&agent, "other");
}

static void one_at_a_time(void **state)
{
    (void)state;
    begin_with(WIFI);
    struct identity *second = other();
    assert_string_equal(message_text(world.aside, SLOT_IDENTITY), "default");
    certificates_want(second);
    assert_string_equal(message_text(world.aside, SLOT_ACTION), "status"); /* which asks nobody */
    message_free(&world.aside);
    certificates_ended(second, OUTCOME_OK, &why, NULL);
    assert_null(world.aside);
    certificates_ended(identity, OUTCOME_OK, &why, NULL);
    assert_string_equal(message_text(world.aside, SLOT_IDENTITY), "other");
    assert_string_equal(asked(), "request");
    finish();
}

FACTS(FACT(renews, "certificates: looked at when one is due"),
      FACT(catches_up, "certificates: what should have been renewed is, within hours, drawn once"),
      FACT(catches_up_in_time, "certificates: and well before its end"),
      FACT(polls, "certificates: who waits for a decision asks when the worker said"),
      FACT(paused, "certificates: an authority that is let alone is asked when the worker said"),
      FACT(by_settings,
           "certificates: the person's settings count at once, the company's within ten minutes"),
      FACT(one_at_a_time, "certificates: two identities ask one after the other"))
