/* SPDX-License-Identifier: MIT */
#include "agent/identity.h"

#include <string.h>

#include "agent/cache.h"
#include "agent/call.h"
#include "agent/certificates.h"
#include "agent/client.h"
#include "agent/news.h"
#include "agent/own.h"
#include "agent/run.h"
#include "agent/shares.h"
#include "agent/told.h"
#include "agent/web.h"
#include "agent/unlock.h"

enum { SECOND = 1000, DAY = 86400 * SECOND, ACCURACY_MOST = 30 * SECOND };
enum { RENEWAL_LEAST = 5 * SECOND, READING_AGAIN = 3600 * SECOND };

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
    (void)source, (void)usec;
    identity_wake(data);
    return 0;
}

static int64_t fact_ms(const struct identity *identity, enum slot slot)
{
    return identity->facts ? message_number(identity->facts, slot, 0) * SECOND : 0;
}

static bool is_signed_in(const struct message *facts)
{
    return facts_tell(facts, "signed-in");
}

bool identity_knows(const struct identity *identity)
{
    return !identity->look && identity->cache && cache_is_seen(identity->cache) &&
           is_signed_in(identity->facts) && !web_is_over(identity, agent_now());
}

/* Someone has signed in once, and has not signed out since. */
static bool wants_ticket(const struct identity *identity)
{
    return identity->facts && message_has(identity->facts, SLOT_PRINCIPAL) &&
           !message_number(identity->facts, SLOT_STAYS_SIGNED_OUT, 0);
}

static bool is_due(int64_t at, int64_t now)
{
    return at != SCHEDULE_NEVER && at <= now;
}

static bool can_renew(const struct identity *identity, int64_t now)
{
    return is_signed_in(identity->facts) &&
           schedule_can_renew(now, fact_ms(identity, SLOT_TICKET_END),
                              fact_ms(identity, SLOT_RENEWABLE_END));
}

/* What waits after a failure may come along after the shortest wait that it could have had. */
bool identity_may_renew(const struct identity *identity, int64_t now)
{
    if (identity->run || identity->look || identity->stopped ||
        identity->ticket_at == SCHEDULE_NEVER || identity->ticket_from > now)
        return false;
    if (identity->retry_at > now &&
        identity->retry_at - now > schedule_retry(identity->failures, 0))
        return false;
    return can_renew(identity, now);
}

/* The errand that is due; false: none is. */
static bool due_verb(const struct identity *identity, int64_t now, enum verb *verb)
{
    *verb = VERB_STATUS;
    if (identity->look && identity->look_at <= now)
        return true;
    if (identity->retry_at > now || identity->behind)
        return false;
    if (is_due(identity->ticket_at, now) && !identity->stopped) {
        *verb = web_is(identity) || can_renew(identity, now) ? VERB_RENEW : VERB_SIGN_IN;
        return true;
    }
    *verb = VERB_REFRESH;
    return is_due(identity->reading_at, now) && is_signed_in(identity->facts);
}

static void earliest(int64_t *at, int64_t other)
{
    if (other != SCHEDULE_NEVER && (*at == SCHEDULE_NEVER || other < *at))
        *at = other;
}

/* When to look again: what can wait is bundled with what else wakes the computer. */
static void set_timer(struct identity *identity, int64_t now)
{
    int64_t at = SCHEDULE_NEVER, end = web_end(identity);
    int64_t password = fact_ms(identity, SLOT_PASSWORD_END);

    if (!identity->stopped && !identity->behind)
        earliest(&at, identity->ticket_at);
    if (is_signed_in(identity->facts) && !identity->behind)
        earliest(&at, identity->reading_at);
    if (at != SCHEDULE_NEVER && at < identity->retry_at)
        at = identity->retry_at;
    earliest(&at, identity->warning_at);
    if (identity->look)
        earliest(&at, identity->look_at);
    if (end > now)
        earliest(&at, end);
    if (password > now)
        earliest(&at, password - (password - now - 1) / DAY * DAY);
    (void)sd_event_source_disable_unref(identity->timer);
    identity->timer = NULL;
    if (at == SCHEDULE_NEVER)
        return;
    int64_t delay = at > now ? at - now : 0, accuracy = delay / 20;
    if (accuracy > ACCURACY_MOST)
        accuracy = ACCURACY_MOST;
    (void)sd_event_add_time_relative(identity->agent->event, &identity->timer, CLOCK_BOOTTIME,
                                     (uint64_t)delay * 1000, (uint64_t)(accuracy + 1) * 1000,
                                     on_timer, identity);
}

/* How many days the password has left, which depends on the hour. */
static void count_days(struct identity *identity, int64_t now)
{
    int64_t end = fact_ms(identity, SLOT_PASSWORD_END), second = now / SECOND * SECOND;
    int64_t days = end > now ? (end - second) / DAY : 0;

    if (!end || days == message_number(identity->facts, SLOT_PASSWORD_DAYS_LEFT, -1))
        return;
    message_drop(identity->facts, SLOT_PASSWORD_DAYS_LEFT);
    message_add_number(identity->facts, SLOT_PASSWORD_DAYS_LEFT, days);
    news_changed(identity);
}

/* The password's end is told when it is due, and once. */
static void warn(struct identity *identity, int64_t now)
{
    const char *days = conf_text(identity->agent->conf, identity->name, SETTING_WARNING_DAYS);
    int64_t end = fact_ms(identity, SLOT_PASSWORD_END);
    struct warning due = schedule_warning(now, end, days);

    identity->warning_at = schedule_next_warning(now, end, days);
    if (!due.level || (due.end == identity->warned.end && due.level >= identity->warned.level))
        return;
    told_set(identity, due);
    news_password_ends(identity, end);
}

static void start(struct identity *identity, enum verb verb)
{
    struct why why;
    enum outcome out = own_start(identity, verb, &why);

    if (out)
        identity_ended(identity, verb, false, out, &why, NULL, NULL);
}

void identity_wake(struct identity *identity)
{
    int64_t now = agent_now();
    enum verb verb;

    while (!identity->run && (clients_next(identity) || calls_next(identity)))
        ;
    if (identity->run)
        return;
    warn(identity, now);
    count_days(identity, now);
    if (is_signed_in(identity->facts) && web_is_over(identity, now)) {
        message_drop(identity->facts, SLOT_STATE);
        message_add(identity->facts, SLOT_STATE, "expired");
        news_changed(identity);
    }
    set_timer(identity, now);
    if (due_verb(identity, now, &verb))
        start(identity, verb);
}

/* Not for some seconds, but before the end. */
static int64_t renewal_at(int64_t now, int64_t end, uint32_t random)
{
    int64_t at = schedule_renewal(now, end, random), least = (end - now) * 8 / 10;

    if (least > RENEWAL_LEAST)
        least = RENEWAL_LEAST;
    return at < now + least ? now + least : at;
}

/* A ticket that was not known before gets its time of renewal; one that was lost by force is asked
 * for again when it would have been renewed. */
static void plan(struct identity *identity, const struct message *before, bool fresh, int64_t now)
{
    const struct message *facts = identity->facts;
    int64_t end = fact_ms(identity, SLOT_TICKET_END);

    if (web_is(identity)) {
        web_plan(identity, before, wants_ticket(identity), now);
        return;
    }
    int64_t read_at = message_number(facts, SLOT_READ_AT, 0) * SECOND;
    bool signed_in = is_signed_in(identity->facts) && end > now;

    fresh |= !before || message_number(before, SLOT_TICKET_END, 0) * SECOND != end ||
             !is_signed_in(before);
    if (!wants_ticket(identity)) {
        identity->ticket_at = SCHEDULE_NEVER;
    } else if (signed_in && (fresh || identity->ticket_at == SCHEDULE_NEVER)) {
        identity->ticket_at = renewal_at(now, end, agent_random());
        identity->ticket_from = renewal_at(now, end, 0);
        identity->stopped = false;
        if (fresh) {
            shares_want(identity);
            certificates_want(identity);
        }
    } else if (!signed_in && identity->ticket_at == SCHEDULE_NEVER) {
        identity->ticket_at = 0; /* overdue by whatever clock */
    }
    identity->reading_at = !signed_in ? SCHEDULE_NEVER
                           : read_at  ? schedule_reading(read_at, agent_random())
                                      : SCHEDULE_NEVER;
}

/* What a result tells replaces what was known; a look that found nothing tells that, too. */
static bool learn(struct identity *identity, const struct message *result, bool fresh, int64_t now)
{
    message_auto *before = identity->facts;
    message_auto *facts = message_new(MESSAGE_RESULT);

    identity->facts = NULL;
    if (!facts)
        return false;
    message_add_facts(facts, result);
    identity->facts = facts;
    facts = NULL;
    bool is_else = before && facts_differ(before, identity->facts);
    if (is_else) {
        shares_leave(identity, before);
        certificates_leave(identity);
    }
    if (is_else || !is_signed_in(identity->facts))
        tokens_drop(identity);
    plan(identity, before, fresh, now);
    if (web_is(identity))
        web_watch(identity);
    else
        cache_watch(identity, message_text(identity->facts, SLOT_TICKET_CACHE));
    return !before || !facts_are_same(before, identity->facts);
}

/* By the settings of now nobody has signed in yet. */
static bool unlearn(struct identity *identity)
{
    bool had = identity->facts;

    message_free(&identity->facts);
    tokens_drop(identity);
    identity->ticket_at = identity->reading_at = SCHEDULE_NEVER;
    web_watch(identity); /* until somebody does */
    return had;
}

/* The directory was not read; nothing hangs on it. */
static void miss_reading(struct identity *identity, int64_t now)
{
    identity->reading_at = now + READING_AGAIN;
    identity->reading_missed = true;
}

/* What to do after a failure: time helps, or the person, or an administrator. */
static void take_trouble(struct identity *identity, enum verb verb, enum outcome outcome,
                         const struct why *why, int64_t now)
{
    static const unsigned later = 10; /* as after that many failures */

    if (verb == VERB_RENEW && !web_is(identity) &&
        (outcome == OUTCOME_EXPIRED || outcome == OUTCOME_DENIED ||
         why->reason == REASON_REFUSED)) {
        message_drop(identity->facts, SLOT_RENEWABLE_END); /* a new ticket is needed */
        return;
    }
    if (verb == VERB_REFRESH) {
        miss_reading(identity, now);
        return;
    }
    bool is_outside = why->reason == REASON_OUTSIDE_HOURS,
         is_news = identity->trouble != why->reason;
    if (is_outside)
        identity->failures = is_news ? 1 : identity->failures + 1;
    else if (outcome == OUTCOME_OFFLINE || outcome == OUTCOME_BUSY)
        identity->failures++;
    else if (outcome == OUTCOME_DENIED || outcome == OUTCOME_EXPIRED || outcome == OUTCOME_LOCKED ||
             outcome == OUTCOME_CANCELLED || why->reason == REASON_NO_KEYCHAIN ||
             why->reason == REASON_KEYCHAIN_UNSAFE)
        identity->stopped = true;
    else
        identity->failures = identity->failures < later ? later : identity->failures + 1;
    if (!identity->stopped)
        identity->retry_at = is_outside ? schedule_hours(now, identity->failures, agent_random())
                                        : now + schedule_retry(identity->failures, agent_random());
    bool signs_in = verb == VERB_SIGN_IN || web_is(identity);
    if (signs_in)
        identity->wants_keychain = why->reason == REASON_KEYCHAIN_LOCKED ||
                                   why->reason == REASON_NO_KEYCHAIN ||
                                   (web_is(identity) && why->reason == REASON_NOT_STORED);
    if (signs_in && (identity->stopped || (is_outside && is_news)))
        news_password_needed(identity, why);
}

/* A look that told nothing is made again. */
static void take_look(struct identity *identity, const struct message *result, int64_t now)
{
    identity->look = !result;
    identity->look_failures = result ? 0 : identity->look_failures + 1;
    identity->look_at = result ? 0 : now + schedule_retry(identity->look_failures, agent_random());
}

static void settle(struct identity *identity)
{
    identity->failures = 0;
    identity->retry_at = 0;
    identity->stopped = identity->wants_keychain = false;
    if (!identity->online)
        news_network_up(identity);
    identity->online = true;
}

/* What was told of another cache, such as whether it is the default, is not so for us. */
static bool is_our_cache(const struct identity *identity, const struct message *request)
{
    const char *theirs = request ? message_text(request, SLOT_CCACHE) : NULL;
    const char *ours = identity->agent->ccache;

    return !request || !strcmp(theirs ? theirs : "", ours ? ours : "");
}

void identity_ended(struct identity *identity, enum verb verb, bool client, enum outcome outcome,
                    const struct why *why, const struct message *request,
                    const struct message *result)
{
    int64_t now = agent_now();
    bool changed = false, asks_servers = verb_row(verb)->confinement & CONFINEMENT_NETWORK;

    bool ours = is_our_cache(identity, request), teaches = verb != VERB_DOCTOR;
    if (verb == VERB_STATUS && ours)
        take_look(identity, result, now);
    else if (verb == VERB_STATUS)
        teaches = false;
    bool past_us = outcome && why->reason == REASON_NOT_SIGNED_IN && asks_servers &&
                   (web_is(identity) || verb == VERB_SIGN_IN);
    identity->look |= past_us || (teaches && !ours);
    if (result && teaches && message_has(result, SLOT_PRINCIPAL))
        changed =
            learn(identity, result, !outcome && (verb == VERB_RENEW || verb == VERB_SIGN_IN), now);
    else if (verb == VERB_STATUS && outcome && why->reason == REASON_NOT_SIGNED_IN && ours &&
             web_is(identity))
        changed = unlearn(identity);
    if (!outcome && result && request)
        tokens_take(identity, request, result);
    if (outcome == OUTCOME_OFFLINE && asks_servers)
        identity->online = false;
    bool has_ticket = verb == VERB_SIGN_IN && result && message_has(result, SLOT_TICKET_END);
    if (!outcome && asks_servers && verb != VERB_DOCTOR)
        settle(identity);
    else if (outcome && has_ticket)
        miss_reading(identity, now);
    else if (outcome && !client && asks_servers && !past_us)
        take_trouble(identity, verb, outcome, why, now);
    if (outcome != OUTCOME_OK ? (asks_servers && why->reason != identity->trouble) : asks_servers)
        agent_log(identity->name, verb_row(verb)->word, outcome, why);
    if (asks_servers)
        identity->trouble = outcome ? why->reason : REASON_NONE;
    warn(identity, now); /* before what was told of another end is taken back */
    if (changed)
        news_changed(identity);
    else if (verb == VERB_STATUS && !identity->facts)
        clients_tell(identity); /* that nothing is known */
    if (changed && !client)
        news_places_open(identity);
    if (!outcome)
        news_ended(identity, verb);
    if (!identity->run) /* else theirs is still under way */
        calls_ended(identity, outcome, why);
    unlock_update(identity->agent);
    certificates_know(identity);
    cache_settle(identity->cache,
                 web_is(identity) || (!outcome && verb_row(verb)->confinement & CONFINEMENT_CACHE));
    if (identity->agent->ending)
        agent_end(identity->agent);
    else
        identity_wake(identity);
}
