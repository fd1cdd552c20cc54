/* SPDX-License-Identifier: MIT */
#include "agent/certificates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/news.h"
#include "agent/run.h"
#include "agent/unlock.h"
#include "agent/web.h"
#include "conf/name.h"
#include "wire/state.h"

enum { SECOND = 1000, DAY = 86400 * SECOND };
static const int64_t soon = 7LL * DAY; /* an end that the person hears of */

/* What the rows of a result tell. */
struct found {
    int64_t at;                          /* when the next errand is due */
    int64_t end;                         /* of the failed one, where one is still valid; 0 */
    char failed[NAME_IDENTITY_MOST + 1]; /* the first one; "" */
    bool waits;                          /* one waits for the person */
};

struct certificates {
    int64_t at; /* SCHEDULE_NEVER: not before there is something new */
    unsigned failures;
    enum reason trouble;  /* of the last try; NONE */
    bool again;           /* something new has come while an errand was under way */
    bool left;            /* somebody has signed out while it was */
    bool look;            /* what there is may be something else */
    bool looks;           /* the errand under way asks nobody */
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
        identity->certificates->at = SCHEDULE_NEVER;
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

/* What is due, if nothing is under way. */
static void next(struct identity *identity)
{
    struct certificates *all = identity->certificates;
    message_auto *request = NULL;
    int64_t now = agent_now();
    struct why why;

    if (all->run)
        return;
    bool is_due = all->at != SCHEDULE_NEVER && all->at <= now;
    if (!is_due && !all->look) {
        set_timer(identity, now);
        return;
    }
    if (is_due)
        all->at = SCHEDULE_NEVER;
    all->looks = !is_due;
    all->again = all->left = all->look = false;
    if ((request = run_request(identity, VERB_CERTIFICATE)))
        message_add(request, SLOT_ACTION, is_due ? "renew" : "status");
    enum outcome out = request ? run_aside(identity, &request, &all->run, certificates_ended, &why)
                               : fail_memory(&why);
    if (out)
        certificates_ended(identity, out, &why, NULL);
}

void certificates_want(struct identity *identity)
{
    struct certificates *all =
        wanted(identity, 0) || has_any(identity) ? open_all(identity) : identity->certificates;

    if (!all)
        return;
    all->at = has_any(identity) ? agent_now() : SCHEDULE_NEVER;
    all->failures = 0;
    all->again = all->run;
    all->look = true;
    next(identity);
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

static bool is_text(const struct slot_value *row, enum certificate_column column, const char *text)
{
    size_t length;
    const char *is = message_column(row, column, &length);

    return length == strlen(text) && !memcmp(is, text, length);
}

static int64_t time_of(const struct slot_value *row, enum certificate_column column)
{
    size_t length;

    return strtoll(message_column(row, column, &length), NULL, 10) * SECOND;
}

/* "certificate wifi", as one would type it. */
static void tell(const struct identity *identity, const struct slot_value *row,
                 enum outcome outcome, const struct why *why)
{
    char words[80];
    size_t length;
    const char *name = message_column(row, CERTIFICATE_NAME, &length);

    (void)snprintf(words, sizeof words, "certificate %.*s", (int)length, name);
    agent_log(identity->name, words, outcome, why);
}

static void copy_name(const struct slot_value *row, char name[NAME_IDENTITY_MOST + 1])
{
    size_t length;
    const char *text = message_column(row, CERTIFICATE_NAME, &length);

    (void)snprintf(name, NAME_IDENTITY_MOST + 1, "%.*s", (int)length, text);
}

/* When this one wants the next errand; once a day they are all looked at anyway. */
static int64_t due(const struct identity *identity, const struct slot_value *row, const char *name,
                   int64_t now)
{
    if (is_text(row, CERTIFICATE_STATE, "pending") || is_text(row, CERTIFICATE_STATE, "issued"))
        return schedule_poll(now, time_of(row, CERTIFICATE_BEGIN), agent_random());
    if (!is_text(row, CERTIFICATE_STATE, "valid"))
        return now + DAY;
    int64_t before = conf_seconds(identity->agent->conf, name, SETTING_RENEW_BEFORE) * SECOND;
    int64_t end = time_of(row, CERTIFICATE_END);
    int64_t at = schedule_certificate(time_of(row, CERTIFICATE_BEGIN), end, before, agent_random());
    return at > now ? at : end;
}

static void take_row(const struct identity *identity, const struct slot_value *row, int64_t now,
                     struct found *found)
{
    char name[NAME_IDENTITY_MOST + 1];

    copy_name(row, name);
    if (is_text(row, CERTIFICATE_DID, "kept"))
        tell(identity, row, OUTCOME_OK, NULL);
    if (!*found->failed && is_text(row, CERTIFICATE_STATE, "failed"))
        (void)strcpy(found->failed, name);
    if (!strcmp(found->failed, name) && is_text(row, CERTIFICATE_STATE, "valid"))
        found->end = time_of(row, CERTIFICATE_END);
    found->waits |= is_text(row, CERTIFICATE_STATE, "denied") ||
                    is_text(row, CERTIFICATE_STATE, "refused") ||
                    is_text(row, CERTIFICATE_STATE, "unknown");
    int64_t at = due(identity, row, name, now);
    if (at > now && at < found->at)
        found->at = at;
}

static struct found take_rows(const struct identity *identity, const struct message *result,
                              int64_t now)
{
    struct found found = { .at = now + DAY };
    struct slot_value row;

    for (size_t i = 0; result && message_next(result, &i, &row);)
        if (row.slot == SLOT_CERTIFICATES)
            take_row(identity, &row, now, &found);
    return found;
}

/* The row as it stays: what was done just now is over by then. */
static void add_row(struct message *rows, const struct slot_value *row)
{
    char *text = strdup(row->text), *rest = text;
    const char *columns[CERTIFICATE_COLUMNS];

    for (unsigned i = 0; text && i < CERTIFICATE_COLUMNS; i++)
        columns[i] = strsep(&rest, "\t");
    columns[CERTIFICATE_DID] = "";
    if (text)
        message_add_row(rows, SLOT_CERTIFICATES, columns);
    free(text);
}

/* Those who want to know hear of what is different now. */
static void remember(struct identity *identity, const struct message *result)
{
    uint64_t before = certificates_digest(identity);
    message_auto *rows = message_new(MESSAGE_RESULT);
    struct slot_value row;

    if (!rows)
        return;
    for (size_t i = 0; message_next(result, &i, &row);)
        if (row.slot == SLOT_CERTIFICATES)
            add_row(rows, &row);
    message_free(&identity->certificates->rows);
    identity->certificates->rows = rows;
    rows = NULL;
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

void certificates_ended(struct identity *identity, enum outcome outcome, const struct why *why,
                        const struct message *result)
{
    struct certificates *all = identity->certificates;
    int64_t now = agent_now();
    struct found found = take_rows(identity, result, now);
    bool goes_on = all->again || (!all->left && outcome != OUTCOME_CANCELLED);

    all->run = NULL;
    if (result && (!outcome || message_has(result, SLOT_CERTIFICATES)))
        remember(identity, result);
    if (all->looks) {
        if (all->at != SCHEDULE_NEVER && found.at < all->at)
            all->at = found.at;
        next(identity);
        return;
    }
    if (outcome && outcome != OUTCOME_CANCELLED) {
        int64_t retry = take_failure(identity, outcome, why, now);
        found.at = found.at < retry ? found.at : retry;
    } else if (!outcome) {
        all->trouble = REASON_NONE;
        all->failures = 0;
    }
    if (outcome != OUTCOME_CANCELLED)
        warn(identity, outcome, outcome ? why->reason : REASON_NONE, &found, now);
    if (all->again)
        found.at = now;
    all->at = goes_on && has_any(identity) ? found.at : SCHEDULE_NEVER;
    unlock_update(identity->agent);
    next(identity);
}
