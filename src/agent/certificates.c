/* SPDX-License-Identifier: MIT */
#include "agent/certificates.h"

#include <stdlib.h>
#include <string.h>

#include "agent/certificate_rows.h"
#include "agent/news.h"
#include "agent/run.h"
#include "agent/unlock.h"
#include "agent/web.h"
#include "base/due.h"
#include "wire/state.h"

enum { SECOND = 1000, DAY = 86400 * SECOND };
static const int64_t soon = 7LL * DAY, /* an end that the person hears of */
    roll_out = 600LL * SECOND;         /* over which a company's new settings are spread */

/* Asks nobody; asks for those that are not there, and what became of those that wait; and renews,
 * too, what should be. */
enum errand { ERRAND_LOOK, ERRAND_MISSING, ERRAND_ALL };
static const char *const actions[] = {
    [ERRAND_LOOK] = "status", [ERRAND_MISSING] = "request", [ERRAND_ALL] = "renew"
};

struct certificates {
    int64_t at;         /* SCHEDULE_NEVER: not before there is something new */
    enum errand due;    /* at that time */
    enum errand errand; /* the one under way, or the last one */
    int64_t catch_up;   /* what should have been renewed has its turn then; NEVER: not drawn yet */
    unsigned failures;
    enum reason trouble;  /* of the last try; NONE */
    bool again;           /* something new has come while an errand was under way */
    bool left;            /* somebody has signed out while it was */
    bool look;            /* what there is may be something else */
    struct run *run;      /* NULL */
    struct message *rows; /* what there is, as the last errand told; NULL: not known */
    sd_event_source *timer;
};

static void next(struct identity *identity);

/* One of its certificates by the settings; NULL. */
static const char *wanted(const struct identity *identity, size_t number)
{
    return web_is(identity) ? NULL
                            : conf_certificate_for(identity->agent->conf, identity->name, number);
}

/* Has it any that the agent is to care for? Of those that are adopted it tells the end. */
static bool has_any(const struct identity *identity)
{
    const char *name;

    for (size_t n = 0; (name = wanted(identity, n)); n++)
        if (!strcmp(conf_text(identity->agent->conf, name, SETTING_CERTIFICATE_WHEN), "ticket"))
            return true;
    return !web_is(identity) && state_has_adopted();
}

static struct certificates *open_all(struct identity *identity)
{
    if (!identity->certificates &&
        (identity->certificates = calloc(1, sizeof *identity->certificates)))
        identity->certificates->at = identity->certificates->catch_up = SCHEDULE_NEVER;
    return identity->certificates;
}

void certificates_free(struct identity *identity)
{
    struct certificates *all = identity->certificates;

    identity->certificates = NULL;
    if (all) {
        (void)sd_event_source_disable_unref(all->timer);
        message_free(&all->rows);
    }
    free(all);
}

void certificates_tell(const struct identity *identity, struct message *message)
{
    const struct certificates *all = identity->certificates;

    if (all && all->rows)
        message_copy(message, all->rows, SLOT_CERTIFICATES);
}

uint64_t certificates_digest(const struct identity *identity)
{
    uint64_t digests[SLOT_END];

    message_digests(identity->certificates ? identity->certificates->rows : NULL, digests);
    return digests[SLOT_CERTIFICATES];
}

int64_t certificates_at(const struct identity *identity)
{
    return identity->certificates ? identity->certificates->at : SCHEDULE_NEVER;
}

bool certificates_wait(const struct identity *identity)
{
    const struct certificates *all = identity->certificates;

    return all && !all->run && all->at != SCHEDULE_NEVER &&
           (all->trouble == REASON_KEYCHAIN_LOCKED || all->trouble == REASON_NO_KEYCHAIN);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
    (void)source, (void)usec;
    next(data);
    return 0;
}

static void set_timer(struct identity *identity, int64_t now)
{
    struct certificates *all = identity->certificates;

    all->timer = sd_event_source_disable_unref(all->timer);
    if (all->at == SCHEDULE_NEVER)
        return;
    uint64_t delay = all->at > now ? (uint64_t)(all->at - now) : 0;
    (void)sd_event_add_time_relative(identity->agent->event, &all->timer, CLOCK_BOOTTIME,
                                     delay * 1000, (delay / 20 + 1) * 1000, on_timer, identity);
}

/* One errand at a time asks, of all the identities: they may have the same authority, and the
 * worker of the other one would only wait. */
static bool is_other_asking(const struct identity *identity)
{
    const struct agent *agent = identity->agent;

    for (size_t i = 0; i < agent->identity_count; i++) {
        const struct certificates *other = agent->identities[i]->certificates;
        if (agent->identities[i] != identity && other && other->run && other->errand != ERRAND_LOOK)
            return true;
    }
    return false;
}

static void start(struct identity *identity, enum errand errand)
{
    struct certificates *all = identity->certificates;
    message_auto *request = run_request(identity, VERB_CERTIFICATE);
    struct why why;

    all->errand = errand;
    all->again = all->left = all->look = false;
    if (errand == ERRAND_ALL)
        all->catch_up = SCHEDULE_NEVER;
    if (request)
        message_add(request, SLOT_ACTION, actions[errand]);
    enum outcome out = request ? run_aside(identity, &request, &all->run, certificates_ended, &why)
                               : fail_memory(&why);
    if (out)
        certificates_ended(identity, out, &why, NULL);
}

/* What is due, if nothing is under way. */
static void next(struct identity *identity)
{
    struct certificates *all = identity->certificates;
    int64_t now = agent_now();

    if (!all || all->run)
        return;
    bool is_due = all->at != SCHEDULE_NEVER && all->at <= now;
    bool may_ask = is_due && !is_other_asking(identity);
    if (may_ask) {
        all->at = SCHEDULE_NEVER;
        start(identity, all->due);
    } else if (all->look) {
        start(identity, ERRAND_LOOK);
    } else if (!is_due) { /* else the end of the other one's is waited for */
        set_timer(identity, now);
    }
}

static void want(struct identity *identity, enum errand errand, int64_t at)
{
    struct certificates *all =
        wanted(identity, 0) || has_any(identity) ? open_all(identity) : identity->certificates;

    if (!all)
        return;
    all->at = has_any(identity) ? at : SCHEDULE_NEVER;
    all->due = errand;
    all->failures = 0;
    all->again = all->run;
    all->look = true;
    next(identity);
}

void certificates_want(struct identity *identity)
{
    want(identity, ERRAND_MISSING, agent_now());
}

void certificates_doubt(struct identity *identity, bool by_person)
{
    int64_t now = agent_now();

    if (by_person)
        want(identity, ERRAND_ALL, now);
    else
        want(identity, ERRAND_MISSING, now + due_part_of(roll_out, agent_random()));
}

void certificates_look(struct identity *identity)
{
    struct certificates *all =
        wanted(identity, 0) || has_any(identity) ? open_all(identity) : identity->certificates;

    if (!all)
        return;
    all->look = true;
    next(identity);
}

void certificates_know(struct identity *identity)
{
    const struct certificates *all = identity->certificates;

    if (!all || (!all->rows && !all->run))
        certificates_look(identity);
}

void certificates_retry(struct identity *identity)
{
    struct certificates *all = identity->certificates;

    if (!all || !all->failures || all->run)
        return;
    certificates_want(identity);
}

void certificates_leave(struct identity *identity)
{
    struct certificates *all = identity->certificates;

    if (!all)
        return;
    all->at = SCHEDULE_NEVER;
    all->again = false;
    all->left = true;
    if (all->run)
        run_abandon(all->run);
    else
        set_timer(identity, agent_now());
}

/* Those who want to know hear of what is different now. */
static void remember(struct identity *identity, const struct message *result)
{
    uint64_t before = certificates_digest(identity);
    struct message *rows = rows_copy(result);

    if (!rows)
        return;
    message_free(&identity->certificates->rows);
    identity->certificates->rows = rows;
    if (certificates_digest(identity) != before)
        news_changed(identity);
}

/* A person has to do something: not before there is a new ticket, or the next day. */
static bool is_up_to_person(enum outcome outcome, enum reason reason)
{
    return outcome == OUTCOME_DENIED || outcome == OUTCOME_EXPIRED || outcome == OUTCOME_LOCKED ||
           outcome == OUTCOME_NOT_OURS || reason == REASON_NO_KEYCHAIN ||
           reason == REASON_KEYCHAIN_UNSAFE || reason == REASON_REQUEST_UNKNOWN;
}

/* Time may help, as with SoftHSM while another program is in it; or else an administrator, who is
 * not waited for every few minutes. */
static int64_t take_failure(struct identity *identity, enum outcome outcome, const struct why *why,
                            int64_t now)
{
    struct certificates *all = identity->certificates;
    bool by_time =
        outcome == OUTCOME_OFFLINE || outcome == OUTCOME_BUSY || why->reason == REASON_TOKEN_FAILED;

    if (why->reason != all->trouble) {
        agent_log(identity->name, "certificate", outcome, why);
        all->failures = 0;
    }
    all->trouble = why->reason;
    all->failures++;
    if (is_up_to_person(outcome, why->reason))
        return now + DAY;
    return by_time ? now + schedule_retry(all->failures, agent_random())
                   : schedule_hours(now, all->failures, agent_random());
}

/* The person hears of what only a person can change, or of an end that comes near. */
static void warn(struct identity *identity, enum outcome outcome, enum reason reason,
                 const struct found *found, int64_t now)
{
    bool is_near = found->end && found->end - now < soon;
    bool signs_in = reason == REASON_NOT_SIGNED_IN || reason == REASON_TICKET_EXPIRED;

    if (!outcome && !found->waits)
        news_certificate(identity, "", 0, REASON_NONE);
    else if (*found->failed && (is_near || (is_up_to_person(outcome, reason) && !signs_in)))
        news_certificate(identity, found->failed, found->end, reason);
}

/* When the next errand is due by what was found: what should have been renewed already is not asked
 * for by all computers at once. What has just failed is not overdue, but has its own time. */
static int64_t plan(struct certificates *all, const struct found *found, int64_t now)
{
    if (found->overdue == SCHEDULE_NEVER || all->errand == ERRAND_ALL)
        return found->at;
    if (all->catch_up == SCHEDULE_NEVER)
        all->catch_up =
            due_catch_up(now / SECOND, found->overdue / SECOND, agent_random()) * SECOND;
    return all->catch_up < found->at ? all->catch_up : found->at;
}

/* Those that have waited for the end of this one's errand come first. */
static void next_of_all(struct identity *identity)
{
    struct agent *agent = identity->agent;

    for (size_t i = 0; i < agent->identity_count; i++)
        if (agent->identities[i] != identity)
            next(agent->identities[i]);
    next(identity);
}

static void take_end(struct identity *identity, enum outcome outcome, const struct why *why,
                     const struct found *found, int64_t now)
{
    struct certificates *all = identity->certificates;
    bool goes_on = all->again || (!all->left && outcome != OUTCOME_CANCELLED);
    int64_t at = plan(all, found, now);

    if (outcome && outcome != OUTCOME_CANCELLED) {
        int64_t retry = take_failure(identity, outcome, why, now);
        if (!found->is_paused)
            at = at < retry ? at : retry;
    } else if (!outcome) {
        all->trouble = REASON_NONE;
        all->failures = 0;
    }
    if (outcome != OUTCOME_CANCELLED)
        warn(identity, outcome, outcome ? why->reason : REASON_NONE, found, now);
    if (!all->again) {
        all->due = ERRAND_ALL;
        all->at = goes_on && has_any(identity) ? at : SCHEDULE_NEVER;
    } else if (!has_any(identity)) {
        all->at = SCHEDULE_NEVER;
    }
    unlock_update(identity->agent);
}

void certificates_ended(struct identity *identity, enum outcome outcome, const struct why *why,
                        const struct message *result)
{
    struct certificates *all = identity->certificates;
    int64_t now = agent_now();
    struct found found = rows_find(identity, result, now);

    all->run = NULL;
    if (result && (!outcome || message_has(result, SLOT_CERTIFICATES)))
        remember(identity, result);
    if (all->errand != ERRAND_LOOK) {
        take_end(identity, outcome, why, &found, now);
    } else if (all->at != SCHEDULE_NEVER) {
        int64_t at = plan(all, &found, now);
        all->at = at < all->at ? at : all->at;
    }
    next_of_all(identity);
}
