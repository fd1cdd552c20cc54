/* SPDX-License-Identifier: MIT */
#include "wifi.h"

static void asks(void **state)
{
    (void)state;
    begin_with(WIFI);
    assert_string_equal(asked(), "request");
    assert_int_equal(world.count[VERB_CERTIFICATE], 1);
    ends(OUTCOME_OK, "valid", world.now, world.now + 365LL * 86400 * SECOND);
    assert_null(world.aside);
    assert_int_equal(delay(), 86400LL * SECOND);
    finish();
}

static void on_demand(void **state)
{
    (void)state;
    begin_with("[certificate wifi]\nwhen = demand\n");
    assert_string_equal(asked(), "status");
    ends(OUTCOME_OK, "valid", world.now, world.now + HOUR);
    assert_int_equal(certificates_at(identity), SCHEDULE_NEVER);
    finish();
}

static void not_ours(void **state)
{
    static const char *const settings[] = { "[certificate wifi]\nidentity = other\n",
                                            "[share wifi]\nurl = smb://files/a\n" };

    (void)state;
    for (size_t i = 0; i < COUNT(settings); i++) {
        begin_with(settings[i]);
        assert_null(world.aside);
        assert_int_equal(certificates_at(identity), SCHEDULE_NEVER);
        finish();
    }
}

static void waits_longer(void **state)
{
    int64_t last = 0;

    (void)state;
    begin_with(WIFI);
    for (int i = 0; i < 20; i++) {
        fails_with(REASON_NO_SERVER);
        assert_true(delay() > last || delay() > 600 * SECOND);
        assert_true(delay() <= 900 * SECOND);
        last = delay();
    }
    assert_true(last > 600 * SECOND);
    assert_int_equal(world.logs, 1);
    certificates_retry(identity); /* another network */
    assert_string_equal(asked(), "request");
    fails_with(REASON_NO_SERVER);
    assert_true(delay() < SECOND);
    fails_with(REASON_TOKEN_FAILED); /* as SoftHSM does where another program is in it */
    assert_true(delay() < SECOND);
    finish();
}

static void no_hope(void **state)
{
    static const enum reason reasons[] = { REASON_CERTIFICATE_DENIED, REASON_NOT_SIGNED_IN,
                                           REASON_WRONG_PIN, REASON_CERTIFICATE_OTHER_KEY,
                                           REASON_NO_KEYCHAIN };

    (void)state;
    for (size_t i = 0; i < COUNT(reasons); i++) {
        begin_with(WIFI);
        fails_with(reasons[i]);
        assert_null(world.aside);
        assert_int_equal(delay(), 86400LL * SECOND);
        finish();
    }
}

static void administrators(void **state)
{
    int64_t last = 0;

    (void)state;
    begin_with(WIFI);
    for (int i = 0; i < 8; i++) {
        fails_with(REASON_NO_AUTHORITY);
        assert_true(delay() >= last && delay() > 1800 * SECOND && delay() < 9LL * 3600 * SECOND);
        last = delay();
    }
    assert_true(last > 7LL * 3600 * SECOND);
    assert_int_equal(world.logs, 1);
    finish();
}

/* What the person hears of. */
static void told(void **state)
{
    (void)state;
    begin_with(WIFI);
    fails_with(REASON_CERTIFICATE_DENIED);
    assert_int_equal(world.certificate, REASON_NONE); /* no row says which one */
    ends(fail(&why, REASON_CERTIFICATE_DENIED, "x"), "failed", 0, 0);
    assert_int_equal(world.certificate, REASON_CERTIFICATE_DENIED);
    assert_string_equal(world.certificate_name, "wifi");
    ends(OUTCOME_OK, "denied", 0, 0);
    assert_int_equal(world.certificate, REASON_CERTIFICATE_DENIED);
    ends(OUTCOME_OK, "pending", world.now, 0);
    assert_int_equal(world.certificate, REASON_NONE);
    ends(fail(&why, REASON_NO_SERVER, "x"), "failed", 0, 0);
    ends(fail(&why, REASON_NOT_SIGNED_IN, "x"), "failed", 0, 0);
    ends(fail(&why, REASON_CANCELLED, "x"), "failed", 0, 0);
    assert_int_equal(world.certificate, REASON_NONE);
    finish();
}

static void told_end(void **state)
{
    static const struct {
        int64_t days;
        enum reason told;
    } rows[] = { { 8, REASON_NONE }, { 6, REASON_NO_SERVER } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        begin_with(WIFI);
        message_auto *result = message_new(MESSAGE_RESULT);
        int64_t end = world.now + rows[i].days * 86400 * SECOND;
        add_row(result, "failed", 0, 0);
        add_row(result, "valid", world.now - 86400LL * SECOND, end);
        certificates_ended(identity, fail(&why, REASON_NO_SERVER, "x"), &why, result);
        assert_int_equal(world.certificate, rows[i].told);
        assert_int_equal(world.certificate_end, rows[i].told ? end / SECOND * SECOND : 0);
        finish();
    }
}

static void meanwhile(void **state)
{
    (void)state;
    begin_with(WIFI);
    certificates_want(identity);
    assert_int_equal(world.count[VERB_CERTIFICATE], 1);
    ends(OUTCOME_OK, "none", 0, 0);
    assert_int_equal(world.count[VERB_CERTIFICATE], 2);
    finish();
}

static void signed_out(void **state)
{
    (void)state;
    begin_with(WIFI);
    certificates_leave(identity);
    assert_int_equal(world.abandoned, 1);
    fails_with(REASON_CANCELLED);
    assert_null(world.aside);
    assert_int_equal(certificates_at(identity), SCHEDULE_NEVER);
    finish();
}

/* How many rows there are to tell; state, reason: of the first one. */
static int rows(char *state, char *did)
{
    message_auto *message = message_new(MESSAGE_NEWS);
    struct slot_value row;
    size_t length;
    int count = 0;

    certificates_tell(identity, message);
    for (size_t at = 0; message_next(message, &at, &row); count++) {
        const char *text = message_column(&row, CERTIFICATE_STATE, &length);
        if (!count)
            (void)snprintf(state, 16, "%.*s", (int)length, text);
        (void)message_column(&row, CERTIFICATE_DID, &length);
        *did = length != 0;
    }
    return count;
}

static void tells(void **state)
{
    char is[16], did;

    (void)state;
    begin_with(WIFI);
    assert_int_equal(rows(is, &did), 0);
    assert_int_equal(certificates_digest(identity), 0);
    world.changes = 0;
    ends(OUTCOME_OK, "valid", world.now, world.now + HOUR);
    assert_int_equal(rows(is, &did), 1);
    assert_string_equal(is, "valid");
    assert_false(did);
    assert_int_equal(world.changes, 1);
    certificates_look(identity);
    assert_string_equal(asked(), "status");
    ends(OUTCOME_OK, "valid", world.now, world.now + HOUR);
    assert_int_equal(world.changes, 1);
    certificates_look(identity);
    certificates_ended(identity, fail(&why, REASON_WORKER_DIED, "x"), &why, NULL);
    assert_int_equal(rows(is, &did), 1);
    certificates_look(identity);
    ends(OUTCOME_OK, "ended", world.now, world.now + HOUR);
    assert_int_equal(world.changes, 2);
    finish();
}

/* The person has asked for one by hand, and somebody has to decide. */
static void sooner(void **state)
{
    (void)state;
    begin_with(WIFI);
    ends(OUTCOME_OK, "none", 0, 0);
    assert_int_equal(delay(), day);
    certificates_look(identity);
    ends(OUTCOME_OK, "none", 0, 0);
    assert_int_equal(delay(), day);
    certificates_look(identity);
    again = world.now + MINUTE;
    ends(OUTCOME_OK, "pending", world.now, 0);
    assert_int_equal(delay(), MINUTE);
    finish();
}

static void look_first(void **state)
{
    (void)state;
    begin_with(WIFI);
    ends(OUTCOME_OK, "none", 0, 0);
    certificates_look(identity);
    certificates_want(identity); /* a new ticket */
    assert_string_equal(asked(), "status");
    ends(OUTCOME_OK, "none", 0, 0);
    assert_string_equal(asked(), "request");
    finish();
}

/* A worker that did not hear of it comes to a good end. */
static void signed_out_late(void **state)
{
    (void)state;
    begin_with(WIFI);
    certificates_leave(identity);
    ends(OUTCOME_OK, "pending", world.now, 0);
    assert_int_equal(certificates_at(identity), SCHEDULE_NEVER);
    finish();
}

/* It ends without having been renewed, which is told then. */
static void at_the_end(void **state)
{
    (void)state;
    begin_with(WIFI);
    ends(OUTCOME_OK, "valid", world.now - HOUR, world.now + MINUTE);
    assert_int_equal(delay(), MINUTE);
    finish();
}

static void no_more_settings(void **state)
{
    char is[16], did;

    (void)state;
    begin_with(WIFI);
    ends(OUTCOME_OK, "none", 0, 0);
    conf_free(&agent.conf);
    agent.conf = conf_new();
    identities_doubt(&agent, true);
    assert_string_equal(asked(), "status");
    message_auto *result = message_new(MESSAGE_RESULT);
    message_free(&world.aside);
    certificates_ended(identity, OUTCOME_OK, &why, result);
    assert_int_equal(rows(is, &did), 0);
    finish();
}

static void cannot_start(void **state)
{
    (void)state;
    begin_with(WIFI);
    ends(OUTCOME_OK, "none", 0, 0);
    world.cannot_start = true;
    certificates_want(identity);
    assert_null(world.aside);
    assert_true(delay() > 0);
    world.cannot_start = false;
    finish();
}

FACTS(FACT(asks, "certificates: with a new ticket all are looked at, and again within a day"),
      FACT(on_demand, "certificates: those on demand are only looked at"),
      FACT(not_ours, "certificates: none of another identity"),
      FACT(waits_longer,
           "certificates: a server that is away, or a token, is asked less and less often"),
      FACT(no_hope, "certificates: what a person has to change is not tried again that day"),
      FACT(administrators,
           "certificates: what an administrator has to change is tried after hours"),
      FACT(told, "certificates: the person hears of what only a person can change"),
      FACT(told_end, "certificates: and of an end that is near, if it cannot be renewed"),
      FACT(meanwhile, "certificates: a new ticket while they are looked at: once more"),
      FACT(signed_out, "certificates: after a sign-out nothing is asked for"),
      FACT(signed_out_late, "certificates: nor where the errand ends well all the same"),
      FACT(tells, "certificates: what there is is known, and told when it changes"),
      FACT(sooner, "certificates: one that waits for a decision since a look is polled"),
      FACT(look_first, "certificates: a new ticket during a look: then they are cared for"),
      FACT(at_the_end, "certificates: one that is not renewed is looked at when it ends"),
      FACT(no_more_settings, "certificates: without settings there are none to tell of"),
      FACT(cannot_start, "certificates: without a worker it goes on later"))
