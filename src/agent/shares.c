/* SPDX-License-Identifier: MIT */
#include "agent/shares.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/run.h"
#include "agent/web.h"
#include "conf/name.h"

enum { SHARES_MOST = 64, LATER = 10 /* as after that many failures */ };

struct job {
    char name[NAME_IDENTITY_MOST + 1];
    int64_t at; /* SCHEDULE_NEVER: not before there is something new */
    unsigned failures;
    enum reason trouble; /* of the last try; NONE */
};

struct shares {
    struct job jobs[SHARES_MOST];
    struct job fresh[SHARES_MOST]; /* while they are listed anew */
    size_t count;
    struct run *run;                      /* the errand under way; NULL */
    char current[NAME_IDENTITY_MOST + 1]; /* the share that it mounts; "": it unmounts */
    struct message *leaving; /* the request to unmount, which goes before the jobs; NULL */
    sd_event_source *timer;
};

static void next(struct identity *identity);

static struct shares *open_shares(struct identity *identity)
{
    if (!identity->shares)
        identity->shares = calloc(1, sizeof *identity->shares);
    return identity->shares;
}

void shares_free(struct identity *identity)
{
    struct shares *shares = identity->shares;

    identity->shares = NULL;
    if (!shares)
        return;
    (void)sd_event_source_disable_unref(shares->timer);
    message_free(&shares->leaving);
    free(shares);
}

/* "shares mount team", as one would type it. */
static void tell(const struct identity *identity, const char *action, const char *name,
                 size_t length, enum outcome outcome, const struct why *why)
{
    char words[80];

    (void)snprintf(words, sizeof words, "shares %s%s%.*s", action, length ? " " : "", (int)length,
                   name);
    agent_log(identity->name, words, outcome, why);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
    (void)source, (void)usec;
    next(data);
    return 0;
}

int64_t shares_at(const struct identity *identity)
{
    const struct shares *shares = identity->shares;
    int64_t at = SCHEDULE_NEVER;

    for (size_t i = 0; shares && i < shares->count; i++)
        if (shares->jobs[i].at != SCHEDULE_NEVER &&
            (at == SCHEDULE_NEVER || shares->jobs[i].at < at))
            at = shares->jobs[i].at;
    return at;
}

static void set_timer(struct identity *identity, int64_t now)
{
    struct shares *shares = identity->shares;
    int64_t at = shares_at(identity);

    shares->timer = sd_event_source_disable_unref(shares->timer);
    if (at == SCHEDULE_NEVER)
        return;
    uint64_t delay = at > now ? (uint64_t)(at - now) : 0;
    (void)sd_event_add_time_relative(identity->agent->event, &shares->timer, CLOCK_BOOTTIME,
                                     delay * 1000, (delay / 20 + 1) * 1000, on_timer, identity);
}

static struct job *due_job(struct shares *shares, int64_t now)
{
    for (size_t i = 0; i < shares->count; i++)
        if (shares->jobs[i].at != SCHEDULE_NEVER && shares->jobs[i].at <= now)
            return &shares->jobs[i];
    return NULL;
}

static struct message *make_request(struct identity *identity, const char *action, const char *name)
{
    struct message *request = run_request(identity, VERB_SHARES);

    if (request) {
        message_add(request, SLOT_ACTION, action);
        message_add(request, SLOT_SHARE, name);
    }
    return request;
}

/* What is due, if nothing is under way. */
static void next(struct identity *identity)
{
    struct shares *shares = identity->shares;
    message_auto *request = shares->run ? NULL : shares->leaving;
    int64_t now = agent_now();
    struct why why;

    if (shares->run)
        return;
    struct job *job = request ? NULL : due_job(shares, now);
    shares->leaving = NULL;
    shares->current[0] = '\0';
    if (job) {
        job->at = SCHEDULE_NEVER;
        (void)strcpy(shares->current, job->name);
        request = make_request(identity, "mount", job->name);
    }
    enum outcome out = request ? run_aside(identity, &request, &shares->run, shares_ended, &why)
                       : job   ? fail_memory(&why)
                               : OUTCOME_OK;
    if (out)
        shares_ended(identity, out, &why, NULL);
    else if (!shares->run)
        set_timer(identity, now);
}

static struct job *find_job(struct shares *shares, const char *name)
{
    for (size_t i = 0; i < shares->count; i++)
        if (!strcmp(shares->jobs[i].name, name))
            return &shares->jobs[i];
    return NULL;
}

/* Those that the settings name now, with what is known of them from before; without a ticket none
 * can be mounted. */
static void list_jobs(struct identity *identity)
{
    const struct conf *conf = identity->agent->conf;
    struct shares *shares = identity->shares;
    const char *name;
    size_t count = 0;

    for (size_t n = 0; (name = conf_share(conf, n)) && count < SHARES_MOST; n++) {
        struct job job = { .at = SCHEDULE_NEVER }, *before = find_job(shares, name);
        if (web_is(identity) ||
            strcmp(conf_text(conf, name, SETTING_SHARE_IDENTITY), identity->name) != 0 ||
            strcmp(conf_text(conf, name, SETTING_WHEN), "ticket") != 0)
            continue;
        (void)snprintf(job.name, sizeof job.name, "%s", name);
        shares->fresh[count++] = before ? *before : job;
    }
    memcpy(shares->jobs, shares->fresh, sizeof shares->jobs);
    shares->count = count;
}

void shares_want(struct identity *identity)
{
    struct shares *shares = open_shares(identity);

    if (!shares)
        return;
    list_jobs(identity);
    for (size_t i = 0; i < shares->count; i++) {
        shares->jobs[i].failures = 0;
        if (!shares->run || strcmp(shares->jobs[i].name, shares->current) != 0)
            shares->jobs[i].at = agent_now();
    }
    next(identity);
}

void shares_retry(struct identity *identity)
{
    struct shares *shares = identity->shares;

    if (!shares)
        return;
    list_jobs(identity);
    for (size_t i = 0; i < shares->count; i++)
        if (shares->jobs[i].at != SCHEDULE_NEVER) {
            shares->jobs[i].at = agent_now();
            shares->jobs[i].failures = 0;
        }
    next(identity);
}

void shares_leave(struct identity *identity, const struct message *facts)
{
    struct shares *shares = open_shares(identity);

    if (!shares || !facts || web_is(identity))
        return;
    message_free(&shares->leaving);
    if ((shares->leaving = make_request(identity, "unmount", NULL))) {
        message_drop_facts(shares->leaving);
        message_add_facts(shares->leaving, facts);
    }
    for (size_t i = 0; i < shares->count; i++)
        shares->jobs[i].at = SCHEDULE_NEVER;
    if (shares->run)
        run_abandon(shares->run);
    next(identity);
}

/* Time may help, or else somebody who has a look at it. */
static void take_failure(struct identity *identity, struct job *job, enum outcome outcome,
                         const struct why *why)
{
    if (outcome == OUTCOME_CANCELLED)
        return;
    if (why->reason != job->trouble)
        tell(identity, "mount", job->name, strlen(job->name), outcome, why);
    job->trouble = why->reason;
    if (outcome == OUTCOME_DENIED || outcome == OUTCOME_EXPIRED || outcome == OUTCOME_LOCKED)
        return; /* until there is a new ticket */
    if (outcome != OUTCOME_OFFLINE && outcome != OUTCOME_BUSY && job->failures < LATER)
        job->failures = LATER;
    else
        job->failures++;
    job->at = agent_now() + schedule_retry(job->failures, agent_random());
}

/* Tells of each share that something was done to. */
static bool tell_done(struct identity *identity, const char *action, const struct message *result)
{
    struct slot_value value;
    bool any = false;

    for (size_t at = 0; result && message_next(result, &at, &value);) {
        size_t length, did;
        const char *name;
        if (value.slot != SLOT_SHARES)
            continue;
        name = message_column(&value, SHARE_NAME, &length);
        (void)message_column(&value, SHARE_DID, &did);
        if (did)
            tell(identity, action, name, length, OUTCOME_OK, NULL);
        any |= did > 0;
    }
    return any;
}

void shares_ended(struct identity *identity, enum outcome outcome, const struct why *why,
                  const struct message *result)
{
    struct shares *shares = identity->shares;
    bool mounts = *shares->current;
    struct job *job = mounts ? find_job(shares, shares->current) : NULL;
    bool told = tell_done(identity, mounts ? "mount" : "unmount", result);

    shares->run = NULL;
    if (!mounts && outcome)
        tell(identity, "unmount", "", 0, outcome, why);
    if (job && outcome) {
        take_failure(identity, job, outcome, why);
    } else if (job) {
        if (!told && job->trouble)
            tell(identity, "mount", job->name, strlen(job->name), OUTCOME_OK, NULL);
        job->trouble = REASON_NONE;
        job->failures = 0;
    }
    next(identity);
}
