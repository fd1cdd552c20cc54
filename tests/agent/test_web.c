/* SPDX-License-Identifier: MIT
 *
 * An identity of an OpenID provider in the agent: its looks, its end, and tokens for programs.
 */
#include "agent/world.h"

#include "agent/web.h"
#include "conf/conf_set.h"

static struct identity *identity;

static void set(const char *key, const char *value)
{
    struct why why;

    assert_false(conf_set(agent.conf, "identity", key, value, WHO_ADMINISTRATOR, "test", &why));
}

/* What is known of who signed in. */
struct person {
    const char *state, *subject, *kept;
    int64_t read_at, token_end; /* ms */
};

static struct message *facts_of(const struct person *person)
{
    struct message *result = message_new(MESSAGE_RESULT);

    message_add(result, SLOT_PRINCIPAL, "alice@corp.example");
    message_add(result, SLOT_ISSUER, "https://idp.example");
    message_add(result, SLOT_SUBJECT, person->subject ? person->subject : "alice");
    message_add(result, SLOT_STATE, person->state ? person->state : "signed-in");
    message_add(result, SLOT_REMEMBERED, person->kept);
    if (person->read_at)
        message_add_number(result, SLOT_READ_AT, person->read_at / SECOND);
    if (person->token_end)
        message_add_number(result, SLOT_TOKEN_END, person->token_end / SECOND);
    return result;
}

static void hears(enum verb verb, const struct person *person, enum outcome outcome,
                  const struct why *why)
{
    message_auto *result = person ? facts_of(person) : message_new(MESSAGE_RESULT);

    identity->run = NULL;
    identity_ended(identity, verb, false, outcome, why, NULL, result);
}

static void hears_of(const struct person *person)
{
    hears(VERB_RENEW, person, OUTCOME_OK, NULL);
}

static void start_web(void)
{
    identity = start();
    set("provider", "oidc");
    set("issuer", "https://idp.example");
    set("client_id", "lab");
    set("verify_interval", "60m");
}

static void looks(void **state)
{
    static const struct {
        const char *kept;
        int64_t read_at, least, most; /* from now; SCHEDULE_NEVER */
        uint32_t random;
    } rows[] = {
        { "yes", 0, HOUR, HOUR, 0 },
        { "yes", 0, HOUR - 6 * MINUTE, HOUR, UINT32_MAX },
        { "yes", -30 * MINUTE, 24 * MINUTE, 30 * MINUTE, 12345 },
        /* Overdue, or by a clock that was set back: soon, and not at once for all computers. */
        { "yes", -2 * HOUR, 0, MINUTE, 54321 },
        { "yes", -HOUR, 0, MINUTE, 0 },
        { "yes", 5 * HOUR, 0, MINUTE, 999999 },
        { "never", 0, SCHEDULE_NEVER, SCHEDULE_NEVER, 0 },
        { NULL, 0, SCHEDULE_NEVER, SCHEDULE_NEVER, 0 },
    };

    (void)state;
    start_web();
    for (size_t i = 0; i < COUNT(rows); i++) {
        message_free(&identity->facts);
        identity->facts =
            facts_of(&(struct person){ .kept = rows[i].kept, .read_at = begin + rows[i].read_at });
        int64_t at = web_look_at(identity, begin, rows[i].random);
        if (rows[i].least == SCHEDULE_NEVER)
            assert_int_equal(at, SCHEDULE_NEVER);
        else
            assert_true(at >= begin + rows[i].least && at <= begin + rows[i].most);
    }
    message_free(&identity->facts);
    assert_int_equal(web_look_at(identity, begin, 0), SCHEDULE_NEVER);
    finish();
}

static void ends(void **state)
{
    struct person person = { .token_end = begin + HOUR };

    (void)state;
    start_web();
    assert_int_equal(web_end(identity), SCHEDULE_NEVER); /* nothing is known */
    identity->facts = facts_of(&person);
    assert_int_equal(web_end(identity), begin + HOUR);
    assert_false(web_is_over(identity, begin + HOUR - 1));
    assert_true(web_is_over(identity, begin + HOUR));
    message_free(&identity->facts);
    person.kept = "yes"; /* and new ones then */
    identity->facts = facts_of(&person);
    assert_int_equal(web_end(identity), SCHEDULE_NEVER);
    message_free(&identity->facts);
    identity->facts = facts_of(&(struct person){ .subject = "bob" }); /* no end was told */
    assert_int_equal(web_end(identity), SCHEDULE_NEVER);
    finish();
}

static void day_of_looks(void **state)
{
    struct person person = { .kept = "yes" };

    (void)state;
    start_web();
    hears(VERB_STATUS, &person, OUTCOME_OK, NULL);
    int looked = 0;
    while (world.now < begin + day) {
        assert_null(identity->run); /* it waits */
        assert_non_null(identity->timer);
        assert_true(identity->ticket_at > world.now);
        world.now = identity->ticket_at;
        identity_wake(identity);
        assert_true(identity->run && identity->run->verb == VERB_RENEW);
        assert_true(looked++ < 30);
        person.read_at = world.now;
        hears_of(&person);
    }
    assert_in_range(looked, 23, 28);
    finish();
}

static void was_directory(void **state)
{
    struct person person = { .kept = "yes", .read_at = begin };

    (void)state;
    identity = start();
    go(identity, 4LL * HOUR, 8);
    assert_true(identity->reading_at > 0);
    world.now += day; /* a reading is overdue */
    set("provider", "oidc");
    identities_doubt(&agent, true);
    identity_wake(identity);
    assert_int_equal(identity->run->verb, VERB_STATUS);
    person.read_at = world.now;
    hears(VERB_STATUS, &person, OUTCOME_OK, NULL);
    assert_null(identity->run);
    assert_int_equal(identity->reading_at, SCHEDULE_NEVER);
    finish();
}

static void forgets(void **state)
{
    struct person person = { .kept = "yes", .read_at = begin };
    struct why why;

    (void)state;
    start_web();
    hears(VERB_STATUS, &person, OUTCOME_OK, NULL);
    assert_true(identity_knows(identity));
    identities_doubt(&agent, true);
    assert_false(identity_knows(identity));
    identity_wake(identity);
    enum outcome out = fail(&why, REASON_BAD_SETTING, "a settings file with a mistake");
    hears(VERB_STATUS, NULL, out, &why);
    assert_non_null(identity->facts); /* that is about something else */
    identities_doubt(&agent, true);
    identity_wake(identity);
    out = fail(&why, REASON_NOT_SIGNED_IN, "another issuer");
    hears(VERB_STATUS, NULL, out, &why);
    assert_null(identity->facts);
    assert_false(identity_knows(identity));
    assert_null(identity->run);
    assert_int_equal(identity->ticket_at, SCHEDULE_NEVER);
    finish();
}

static void goes_on(void **state)
{
    struct person person = { .kept = "yes", .state = "expired", .read_at = begin };
    struct why why;

    (void)state;
    start_web();
    enum outcome out = fail(&why, REASON_TOKEN_EXPIRED, "ended");
    hears(VERB_RENEW, &person, out, &why);
    assert_true(identity->stopped);
    person.state = NULL; /* somebody signed in, and not through us */
    hears(VERB_STATUS, &person, OUTCOME_OK, NULL);
    assert_false(identity->stopped);
    finish();
}

/* What should be in the keychain is not: nothing is tried until that changes. */
static void gone(void **state)
{
    struct person person = { .kept = "yes", .state = "expired", .read_at = begin };
    struct why why;

    (void)state;
    start_web();
    enum outcome out = fail(&why, REASON_NOT_STORED, "gone");
    hears(VERB_RENEW, &person, out, &why);
    assert_true(identity->stopped && identity->wants_keychain);
    assert_int_equal(world.asks_person, 1);
    int tried = world.count[VERB_RENEW];
    go(identity, 7 * day, 1);
    assert_int_equal(world.count[VERB_RENEW], tried);
    person.state = NULL;
    person.read_at = world.now;
    hears_of(&person);
    assert_false(identity->stopped || identity->wants_keychain);
    finish();
}

/* They are mounted by the ticket, of which there is none. */
static void shares(void **state)
{
    static const char settings[] = "[share a]\nurl = smb://files/a\nwhen = ticket\n";
    struct person person = { .kept = "yes", .read_at = begin };
    struct why why;

    (void)state;
    start_web();
    assert_false(conf_read(agent.conf, "f", settings, strlen(settings), WHO_ADMINISTRATOR, &why));
    hears_of(&person);
    shares_want(identity); /* as when the network comes */
    assert_int_equal(world.count[VERB_SHARES], 0);
    shares_leave(identity, identity->facts);
    assert_int_equal(world.count[VERB_SHARES], 0);
    assert_int_equal(shares_at(identity), SCHEDULE_NEVER);
    finish();
}

static struct message *wants(const char *audience, const char *scope)
{
    struct message *request = message_new(MESSAGE_REQUEST);

    message_add(request, SLOT_VERB, "token");
    message_add(request, SLOT_AUDIENCE, audience);
    message_add(request, SLOT_SCOPE, scope);
    return request;
}

static void takes(const char *audience, const char *scope, const char *token, int64_t end)
{
    message_auto *request = wants(audience, scope), *result = message_new(MESSAGE_RESULT);
    secret_auto *secret = secret_new(100);

    assert_true(secret_append(secret, token, strlen(token)));
    message_add_secret(result, SLOT_ACCESS_TOKEN, secret);
    message_add_number(result, SLOT_ACCESS_TOKEN_END, end / SECOND);
    tokens_take(identity, request, result);
}

/* The token that is given; NULL: none. */
static bool gives(const char *audience, const char *scope, const char *token)
{
    message_auto *request = wants(audience, scope), *result = message_new(MESSAGE_RESULT);
    bool given = tokens_give(identity, request, result);
    secret_auto *secret = message_secret(result, SLOT_ACCESS_TOKEN);

    assert_int_equal(given, secret != NULL);
    return token ? given && !strcmp(secret_peek(secret), token) : !given;
}

static void start_signed_in(void)
{
    struct person person = { .kept = "yes", .read_at = begin };

    start_web();
    hears(VERB_STATUS, &person, OUTCOME_OK, NULL);
    takes(NULL, NULL, "first", begin + HOUR);
    assert_true(gives(NULL, NULL, "first"));
}

static void as_asked(void **state)
{
    static char most[513];

    (void)state;
    memset(most, 'a', 512);
    start_signed_in();
    assert_true(gives("", "", "first"));
    assert_true(gives(NULL, "mail", NULL));
    assert_true(gives("mail", NULL, NULL));
    takes(NULL, "mail", "second", begin + HOUR);
    takes("mail", NULL, "third", begin + HOUR);
    takes(most, most, "fourth", begin + HOUR);
    assert_true(gives(NULL, "mail", "second"));
    assert_true(gives("mail", NULL, "third"));
    assert_true(gives(most, most, "fourth"));
    assert_true(gives(most, "a", NULL));
    assert_true(gives(NULL, NULL, "first"));
    takes(NULL, NULL, "fifth", begin + 2LL * HOUR); /* in its place */
    assert_true(gives(NULL, NULL, "fifth"));
    finish();
}

static void lasts(void **state)
{
    (void)state;
    start_signed_in();
    world.now = begin + HOUR - 61 * SECOND;
    assert_true(gives(NULL, NULL, "first"));
    world.now = begin + HOUR - MINUTE;
    assert_true(gives(NULL, NULL, NULL));
    takes(NULL, "none", "late", world.now + MINUTE);
    takes(NULL, "told", "never", 0);
    assert_true(gives(NULL, "none", NULL) && gives(NULL, "told", NULL));
    finish();
}

static void many(void **state)
{
    char scope[20];

    (void)state;
    start_signed_in();
    takes(NULL, NULL, "first", begin + 5LL * HOUR);
    for (int i = 0; i < 15; i++) {
        (void)snprintf(scope, sizeof scope, "%d", i);
        takes(NULL, scope, scope, begin + 2 * HOUR + i * MINUTE);
    }
    assert_true(gives(NULL, "0", "0"));
    takes(NULL, "last", "last", begin + 90LL * MINUTE);
    assert_true(gives(NULL, "0", NULL)); /* which ended first */
    assert_true(gives(NULL, "last", "last") && gives(NULL, NULL, "first") &&
                gives(NULL, "1", "1") && gives(NULL, "14", "14"));
    finish();
}

/* Whatever says that it is not so any more that this person is signed in. */
static void dropped(void **state)
{
    static const struct person rows[] = {
        { .state = "signed-out" },
        { .state = "expired", .kept = "yes" },
        { .subject = "bob", .kept = "yes" },
    };
    struct person person = { .kept = "yes", .read_at = begin };
    struct why why;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        start_signed_in();
        identity->look = true; /* something has changed */
        assert_true(gives(NULL, NULL, NULL));
        identity->look = false;
        assert_true(gives(NULL, NULL, "first"));
        hears(VERB_STATUS, &rows[i], OUTCOME_OK, NULL);
        hears(VERB_STATUS, &person, OUTCOME_OK, NULL);
        assert_true(gives(NULL, NULL, NULL)); /* also if alice is there again */
        finish();
    }
    start_signed_in();
    hears_of(&person);
    assert_true(gives(NULL, NULL, "first"));
    identities_doubt(&agent, true); /* other settings */
    identity->look = false;
    assert_true(gives(NULL, NULL, NULL));
    takes(NULL, NULL, "second", begin + HOUR);
    enum outcome out = fail(&why, REASON_NOT_SIGNED_IN, "no");
    hears(VERB_STATUS, NULL, out, &why);
    hears(VERB_STATUS, &person, OUTCOME_OK, NULL);
    assert_true(gives(NULL, NULL, NULL));
    takes(NULL, NULL, "third", begin + HOUR);
    tokens_drop(NULL);
    assert_true(gives(NULL, NULL, NULL));
    finish();
}

FACTS(FACT(looks, "web_look_at: in the interval, spread, and never for what is not kept"),
      FACT(ends, "web_end: that of the token, unless new ones can be had"),
      FACT(day_of_looks, "identity: a provider is asked once in an interval, and nothing spins"),
      FACT(was_directory, "identity: of a directory before, and nothing of that is due any more"),
      FACT(forgets, "identity: by other settings nobody has signed in, and then nothing is known"),
      FACT(gone,
           "web: what the keychain should have and has not is not asked for, until it changes"),
      FACT(goes_on, "identity: a sign-in elsewhere is looked after again"),
      FACT(shares, "identity: without a ticket there is nothing to do with shares"),
      FACT(as_asked, "tokens: for the audience and scope that were asked for alone"),
      FACT(lasts, "tokens: one that ends in a minute is none"),
      FACT(many, "tokens: of too many the one goes that ends first"),
      FACT(dropped, "tokens: none outlives that the person is signed in"))
