/* SPDX-License-Identifier: MIT
 *
 * The token and the key of a request.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "work/certificate_job.h"

enum outcome job_open_token(struct job *job, struct why *why)
{
    return job->token ? OUTCOME_OK
                      : certificate_unlock(job->all, job->wanted->place, &job->token, why);
}

enum outcome job_open_same(struct job *job, struct why *why)
{
    struct token *seen = NULL;
    char uri[TOKEN_URI];
    enum outcome out;

    if (!job->token && (out = certificate_look(job->all, job->wanted->place, &seen, why)))
        return out;
    if (!job->token && !seen) /* no other one is made in its place */
        return fail(why, REASON_TOKEN_MISSING, "the key is in the token %s", job->pending.token);
    if ((out = job_open_token(job, why)) || (out = token_uri(job->token, uri, why)))
        return out;
    return !strcmp(uri, job->pending.token)
               ? OUTCOME_OK
               : fail(why, REASON_NO_KEY, "it was made in the token %s, and this is %s",
                      job->pending.token, uri);
}

/* Whose it is, where and how: as the settings are now. */
static enum outcome begin(struct job *job, struct why *why)
{
    struct pending fresh = { .kind = job->wanted->kind, .exportable = job->wanted->exportable };
    enum outcome out;

    if ((out = token_uri(job->token, fresh.token, why)) || (out = key_new_id(&fresh.key, why)))
        return out;
    (void)snprintf(fresh.person, sizeof fresh.person, "%s", job->all->company.ticket.principal);
    (void)snprintf(fresh.base, sizeof fresh.base, "%s", job->authority.base);
    (void)snprintf(fresh.protocol, sizeof fresh.protocol, "%s", job->protocol->word);
    (void)snprintf(fresh.authority, sizeof fresh.authority, "%s", job->authority.name);
    (void)snprintf(fresh.template, sizeof fresh.template, "%s", job->wanted->template);
    job->pending = fresh; /* its step is none */
    return job_write(job, STEP_BEGUN, why);
}

/* Is the key that was begun of use still? */
static bool is_as_wanted(const struct job *job)
{
    const struct pending *pending = &job->pending;
    char uri[TOKEN_URI];
    struct why why;

    return pending->kind == job->wanted->kind && pending->exportable == job->wanted->exportable &&
           !strcmp(pending->person, job->all->company.ticket.principal) &&
           (!strcmp(pending->base, job->authority.base) ||
            !strcmp(pending->base, job->authority.renewal)) &&
           !strcmp(pending->protocol, job->protocol->word) &&
           !strcmp(pending->template, job->wanted->template) && !token_uri(job->token, uri, &why) &&
           !strcmp(pending->token, uri);
}

/* The time that a token needs is not the network's. */
static enum outcome make_key(struct job *job, struct why *why)
{
    struct errand *errand = job->all->errand;
    const struct key_request request = { .kind = job->pending.kind,
                                         .exportable = job->pending.exportable,
                                         .name = job->wanted->name,
                                         .id = job->pending.key };
    long begin = clock_ms();

    errand_watch(0);
    enum outcome out = key_make(job->token, &request, errand->asker, why);
    errand->deadline_ms += clock_ms() - begin;
    errand_watch(errand->deadline_ms);
    return out;
}

/* Which keys a TPM makes is seen only by trying. A certificate that is there stays there. */
static enum outcome make_key_elsewhere(struct job *job, struct why *why)
{
    const struct kept_list *list;
    struct why unread;
    enum outcome out;

    if (why->reason != REASON_TOKEN_CANNOT || !job->wanted->is_free ||
        strcmp(job->wanted->place, PLACE_TPM) != 0 ||
        certificate_kept(job->all, PLACE_TPM, &list, &unread) ||
        (list && certificate_is_kept(list, job->wanted->name)))
        return reason_outcome(why->reason);

    asker_tell(job->all->errand->asker,
               "This computer's TPM makes no such key (%s): it is made in SoftHSM.",
               cert_key_name(job->wanted->kind));
    job->token = NULL; /* the errand closes it */
    job->wanted->place = PLACE_SOFTHSM;
    if ((out = job_open_token(job, why)) || (out = begin(job, why)))
        return out;
    return make_key(job, why);
}

enum outcome job_find_key(struct job *job, struct why *why)
{
    struct asker *asker = job->all->errand->asker;
    enum key_state state = KEY_ABSENT;
    enum outcome out;

    if ((out = job_open_token(job, why)) || (out = key_sweep(job->token, asker, why)))
        return out;
    if (job->pending.step != STEP_BEGUN || !is_as_wanted(job)) {
        if (job->pending.step != STEP_NONE &&
            (out = key_remove(job->token, &job->pending.key, why)))
            return out;
        if ((out = begin(job, why)))
            return out;
    }
    if ((out = key_look(job->token, &job->pending.key, &state, why)))
        return out;
    return state == KEY_WHOLE || !make_key(job, why) ? OUTCOME_OK : make_key_elsewhere(job, why);
}
