/* SPDX-License-Identifier: MIT */
#include "world.h"

static struct identity *identity;
static struct why why;

static void begin_with(const char *settings)
{
    identity = start_with(settings);
}

#define SHARE(name, more) "[share " name "]\nurl = smb://files/" name "\n" more
#define TICKET            "when = ticket\n"

/* What the errand under way was asked for; NULL: there is none. */
static const char *asked(enum slot slot)
{
    return world.aside ? message_text(world.aside, slot) : NULL;
}

/* The errand ends: the share's state is now another one, or not. */
static void ends(enum outcome out, const char *did)
{
    message_auto *result = message_new(MESSAGE_RESULT);
    const char *name = asked(SLOT_SHARE);
    const char *const columns[] = {
        name ? name : "all", "mounted", "smb://files/x", "gvfs", "", did, "", "", ""
    };

    message_add_row(result, SLOT_SHARES, columns);
    message_free(&world.aside);
    shares_ended(identity, out, &why, result);
}

static void fails_with(enum reason reason)
{
    ends(fail(&why, reason, "share"), "");
}

static void mounts(void **state)
{
    (void)state;
    begin_with(SHARE("a", TICKET) SHARE("b", "") SHARE("c", TICKET)
                   SHARE("d", TICKET "identity = other\n"));
    assert_string_equal(asked(SLOT_ACTION), "mount");
    assert_string_equal(asked(SLOT_SHARE), "a");
    assert_int_equal(world.count[VERB_SHARES], 1);
    ends(OUTCOME_OK, "mounted");
    assert_string_equal(asked(SLOT_SHARE), "c");
    ends(OUTCOME_OK, "mounted");
    assert_null(world.aside);
    assert_int_equal(shares_at(identity), SCHEDULE_NEVER);
    assert_int_equal(world.logs, 2);
    finish();
}

static void again(void **state)
{
    (void)state;
    begin_with(SHARE("a", TICKET));
    ends(OUTCOME_OK, "mounted");
    shares_want(identity);
    assert_string_equal(asked(SLOT_SHARE), "a");
    shares_want(identity); /* while it is under way */
    ends(OUTCOME_OK, "");
    assert_null(world.aside);
    assert_int_equal(world.logs, 1);
    finish();
}

static void waits_longer(void **state)
{
    int64_t last = 0;

    (void)state;
    begin_with(SHARE("a", TICKET) SHARE("b", TICKET));
    for (int i = 0; i < 20; i++) {
        assert_string_equal(asked(SLOT_SHARE), "a");
        fails_with(REASON_NO_SERVER);
        if (!i) {
            assert_string_equal(asked(SLOT_SHARE), "b"); /* has its turn all the same */
            ends(OUTCOME_OK, "mounted");
        }
        assert_null(world.aside);
        int64_t delay = shares_at(identity) - world.now;
        assert_true(delay >= last && delay <= 900 * SECOND);
        last = delay;
        world.now += delay;
        shares_retry(identity);
    }
    assert_int_equal(world.logs, 2); /* that it fails, and of b */
    ends(OUTCOME_OK, "mounted");
    assert_int_equal(world.logs, 3);
    finish();
}

static void network(void **state)
{
    (void)state;
    begin_with(SHARE("a", TICKET));
    fails_with(REASON_NO_SERVER);
    assert_null(world.aside);
    shares_retry(identity);
    assert_string_equal(asked(SLOT_SHARE), "a");
    ends(OUTCOME_OK, "mounted");
    shares_retry(identity); /* nothing has failed */
    assert_null(world.aside);
    finish();
}

static void no_hope(void **state)
{
    static const enum reason reasons[] = { REASON_SHARE_FORBIDDEN, REASON_NOT_SIGNED_IN,
                                           REASON_TICKET_EXPIRED };

    (void)state;
    for (size_t i = 0; i < COUNT(reasons); i++) {
        begin_with(SHARE("a", TICKET));
        fails_with(reasons[i]);
        assert_int_equal(shares_at(identity), SCHEDULE_NEVER);
        shares_retry(identity);
        assert_null(world.aside);
        shares_want(identity); /* a new ticket may have other groups */
        assert_non_null(world.aside);
        finish();
    }
}

static void settings(void **state)
{
    (void)state;
    begin_with(SHARE("a", TICKET));
    fails_with(REASON_SHARE_FAILED);
    assert_true(shares_at(identity) - world.now > 100 * SECOND);
    finish();
}

static void leaves(void **state)
{
    (void)state;
    begin_with(SHARE("a", TICKET) SHARE("b", TICKET));
    assert_string_equal(asked(SLOT_SHARE), "a");
    shares_leave(identity, identity->facts);
    assert_int_equal(world.abandoned, 1);
    assert_string_equal(asked(SLOT_SHARE), "a");
    fails_with(REASON_CANCELLED);
    assert_string_equal(asked(SLOT_ACTION), "unmount");
    assert_null(asked(SLOT_SHARE));
    assert_string_equal(asked(SLOT_PRINCIPAL), "alice@AD.LAB.TEST");
    shares_want(identity); /* signed in again meanwhile */
    assert_string_equal(asked(SLOT_ACTION), "unmount");
    ends(OUTCOME_OK, "unmounted");
    assert_string_equal(asked(SLOT_ACTION), "mount");
    ends(OUTCOME_OK, "mounted");
    ends(OUTCOME_OK, "mounted");
    assert_null(world.aside);
    assert_int_equal(world.logs, 3);
    finish();
}

static void not_started(void **state)
{
    (void)state;
    identity = start();
    world.cannot_start = true;
    assert_int_equal(conf_read(agent.conf, "f", SHARE("a", TICKET), strlen(SHARE("a", TICKET)),
                               WHO_ADMINISTRATOR, &why),
                     0);
    shares_want(identity);
    assert_true(shares_at(identity) > world.now);
    shares_leave(identity, NULL);
    finish();
}

FACTS(FACT(mounts, "shares_want: those with when = ticket, of this identity, one after the other"),
      FACT(again, "shares_want: what is mounted already is not told again"),
      FACT(waits_longer,
           "shares: one that fails is told once, tried less and less, keeps no other"),
      FACT(network, "shares_retry: the network has changed: what failed is tried at once"),
      FACT(no_hope, "shares: without a ticket or the right group it waits for a new ticket"),
      FACT(settings, "shares: what only an administrator can mend is not tried each second"),
      FACT(leaves, "shares_leave: the errand under way is ended, then all are unmounted"),
      FACT(not_started, "shares: no worker can be started: later"))
