/* SPDX-License-Identifier: MIT
 *
 * One certificate, from a key to what is kept. Each step is written down before it is done.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "cert/csr.h"
#include "cert/receipt.h"
#include "work/certificate.h"

/* What all steps need. */
struct job {
    struct certificates *all;
    const struct wanted *wanted;
    struct pending pending;
    struct token *token;
    struct authority authority;
    struct negotiate *ticket;
};

static void job_free(struct job *job)
{
    negotiate_free(&job->ticket);
    token_close(&job->token);
    authority_free(&job->authority);
}

static enum outcome write_down(struct job *job, enum step step, struct why *why)
{
    job->pending.step = step;
    return pending_write(job->all->folder, job->wanted->name, &job->pending, why);
}

/* The authority's sentence goes on one line of the file. */
static enum outcome write_end(struct job *job, enum step step, const char *message, struct why *why)
{
    (void)snprintf(job->pending.message, sizeof job->pending.message, "%s", message);
    return write_down(job, step, why);
}

static enum outcome open_token(struct job *job, struct why *why)
{
    return job->token ? OUTCOME_OK
                      : certificate_unlock(job->all, job->wanted->token, &job->token, why);
}

/* The token that has the key of what is under way. */
static enum outcome open_same(struct job *job, struct why *why)
{
    char uri[TOKEN_URI];
    enum outcome out;

    if ((out = open_token(job, why)) || (out = token_uri(job->token, uri, why)))
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
    (void)snprintf(fresh.authority, sizeof fresh.authority, "%s", job->authority.name);
    (void)snprintf(fresh.template, sizeof fresh.template, "%s", job->wanted->template);
    job->pending = fresh;
    return write_down(job, STEP_BEGUN, why);
}

/* Is the key that was begun of use still? */
static bool is_as_wanted(const struct job *job)
{
    const struct pending *pending = &job->pending;
    char uri[TOKEN_URI];
    struct why why;

    return pending->kind == job->wanted->kind && pending->exportable == job->wanted->exportable &&
           !strcmp(pending->person, job->all->company.ticket.principal) &&
           !strcmp(pending->base, job->authority.base) &&
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

/* A whole key, known by its id: that of before, or a new one. */
static enum outcome find_key(struct job *job, struct why *why)
{
    struct asker *asker = job->all->errand->asker;
    enum key_state state = KEY_ABSENT;
    enum outcome out;

    if ((out = open_token(job, why)) || (out = key_sweep(job->token, asker, why)))
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
    return state == KEY_WHOLE ? OUTCOME_OK : make_key(job, why);
}

static struct enrol exchange(const struct job *job)
{
    struct errand *errand = job->all->errand;

    return (struct enrol){ .https = job->all->company.https,
                           .ticket = job->ticket,
                           .base = job->pending.base,
                           .asker = errand->asker,
                           .budget_ms = errand_left(errand) };
}

/* No certificate can have come of a request that was answered like this. */
static bool was_turned_away(enum reason reason)
{
    return reason == REASON_NO_ENROLMENT || reason == REASON_TICKET_REFUSED ||
           reason == REASON_REDIRECTED || reason == REASON_SERVER_BUSY;
}

static enum outcome take_answer(struct job *job, const struct cert_answer *answer, struct why *why)
{
    enum outcome out = OUTCOME_OK;
    struct why left;

    if (answer->request)
        job->pending.request = answer->request;
    switch (answer->disposition) {
    case DISPOSITION_ISSUED:
        return job->pending.step == STEP_ISSUED ? OUTCOME_OK : write_down(job, STEP_ISSUED, why);
    case DISPOSITION_PENDING: /* since when, stays */
        return job->pending.step == STEP_PENDING
                   ? OUTCOME_OK
                   : write_end(job, STEP_PENDING, answer->message, why);
    case DISPOSITION_DENIED:
        if ((out = write_end(job, STEP_DENIED, answer->message, why)))
            return out;
        if (!open_same(job, &left))
            (void)key_remove(job->token, &job->pending.key, &left);
        return fail(why, REASON_CERTIFICATE_DENIED, "request %u: %s", job->pending.request,
                    *answer->message ? answer->message : "without a word why");
    case DISPOSITION_FAILED:
        break;
    }
    return fail(why, REASON_REFUSED, "request %u: %s", job->pending.request,
                *answer->message ? answer->message : "the authority failed");
}

static enum outcome submit(struct job *job, struct why *why)
{
    struct cert_answer answer;
    text_auto *pem = NULL;
    struct why left;
    bool sent = false;
    enum outcome out;

    if ((out = csr_make(job->token, &job->pending.key, &job->all->company.names, &pem, why)) ||
        (out = write_down(job, STEP_UNKNOWN, why)))
        return out;
    const struct enrol enrol = exchange(job);
    out = enrol_submit(&enrol, text_peek(pem), job->pending.template, &answer, &sent, why);
    if (out && (!sent || was_turned_away(why->reason)) && write_down(job, STEP_BEGUN, &left))
        log_line(LOG_LEVEL_ERROR, "%s", left.text);
    return out ? out : take_answer(job, &answer, why);
}

/* Nothing of what came is kept, nor the key: whoever asks again has a new one. */
static enum outcome refuse(struct job *job, struct why *why)
{
    struct why left;

    if (write_end(job, STEP_REFUSED, why->text, &left) ||
        key_remove(job->token, &job->pending.key, &left))
        log_line(LOG_LEVEL_ERROR, "%s", left.text);
    return fail_in(why, "request %u", job->pending.request);
}

static bool is_refusal(enum reason reason)
{
    return reason == REASON_CERTIFICATE_OTHER_KEY || reason == REASON_CERTIFICATE_OTHER_CA ||
           reason == REASON_CERTIFICATE_OTHER_PERSON || reason == REASON_CERTIFICATE_TIME ||
           reason == REASON_CERTIFICATE_UNFIT;
}

/* What came is looked at, kept, and then the old ones go. */
static enum outcome keep(struct job *job, const struct chain *came, struct why *why)
{
    const struct wanted *wanted = job->wanted;
    struct asker *asker = job->all->errand->asker;
    chain_auto kept = { .count = 0 };
    struct receipt receipt = { .authorities = &job->authority.own,
                               .person = &job->all->company.names,
                               .now = time(NULL) };
    enum outcome out;

    if ((out = open_same(job, why)) ||
        (out = key_public(job->token, &job->pending.key, &receipt.key, why)))
        return out;
    out = receipt_check(&receipt, came, &kept, why);
    gnutls_pubkey_deinit(receipt.key);
    if (out)
        return is_refusal(why->reason) ? refuse(job, why) : out;
    if ((out = keep_chain(job->token, &job->pending.key, wanted->name, &kept, asker, why)) ||
        (out = keep_prune(job->token, wanted->name, wanted->keep, asker, why)))
        return fail_in(why, "keeping the certificate");
    return pending_forget(job->all->folder, wanted->name, why);
}

static enum outcome fetch(struct job *job, const char **did, struct why *why)
{
    struct cert_answer answer;
    chain_auto came = { .count = 0 };
    const struct enrol enrol = exchange(job);
    enum outcome out;

    if ((out = enrol_fetch(&enrol, job->pending.request, true, &answer, &came, why)) ||
        (out = take_answer(job, &answer, why)))
        return out;
    if (answer.disposition != DISPOSITION_ISSUED)
        return OUTCOME_OK;
    if (!(out = keep(job, &came, why)))
        *did = "kept";
    return out;
}

/* The last time it was not seen what became of it: only a person may ask for one more. */
static enum outcome confirm_again(const struct job *job, struct why *why)
{
    char prompt[300], answer[8];
    struct question question = { .kind = QUESTION_CHOICE,
                                 .name = "request-again",
                                 .prompt = prompt,
                                 .suggestion = "2",
                                 .choices = { "Ask again", "Leave it" } };
    enum outcome out;

    (void)snprintf(prompt, sizeof prompt,
                   "The authority may have got the request for %s, and its answer was lost. Ask "
                   "again?",
                   job->wanted->name);
    if (message_number(job->all->errand->request, SLOT_CAN_ASK, 0) &&
        !(out = asker_ask_text(job->all->errand->asker, &question, answer, sizeof answer, why)) &&
        !strcmp(answer, "1"))
        return OUTCOME_OK;
    return fail(why, REASON_REQUEST_UNKNOWN, "by the template %s at %s", job->pending.template,
                job->pending.base);
}

/* Who asked is not who is signed in now: it is none of theirs. */
static enum outcome check_person(const struct job *job, struct why *why)
{
    const char *now = job->all->company.ticket.principal;

    return !strcmp(job->pending.person, now)
               ? OUTCOME_OK
               : fail(why, REASON_OTHER_PRINCIPAL, "%s asked for it, and %s is signed in",
                      job->pending.person, now);
}

/* Nobody is there, and only somebody can help: who decides, or who has other settings. */
static bool waits_for_person(const struct job *job)
{
    const struct pending *pending = &job->pending;
    bool is_over = pending->step == STEP_UNKNOWN || pending->step == STEP_DENIED ||
                   pending->step == STEP_REFUSED;

    return is_over && message_number(job->all->errand->request, SLOT_UNATTENDED, 0) &&
           !strcmp(pending->template, job->wanted->template) && pending->kind == job->wanted->kind;
}

static enum outcome go_on(struct job *job, const char **did, struct why *why)
{
    struct pending *pending = &job->pending;
    bool waits = pending->step == STEP_PENDING || pending->step == STEP_ISSUED;
    enum outcome out;

    if ((!waits && job->all->action == ACTION_POLL) || waits_for_person(job))
        return OUTCOME_OK;
    if ((out = company_find(job->all, why)) || (waits && (out = check_person(job, why))) ||
        (out = authority_find(job->all, job->wanted, &job->authority, why)))
        return out;
    if (pending->step == STEP_UNKNOWN && (out = confirm_again(job, why)))
        return out;
    if (!waits && (out = find_key(job, why)))
        return out;
    if ((out = authority_greet(job->all, job->wanted, pending->base, &job->ticket, why)))
        return out;
    if (!waits && (out = submit(job, why)))
        return out;
    if (!waits && pending->step != STEP_ISSUED)
        return OUTCOME_OK;
    return fetch(job, did, why);
}

enum outcome certificate_request(struct certificates *all, const struct wanted *wanted,
                                 const char **did, struct why *why)
{
    struct job job = { .all = all, .wanted = wanted };
    enum outcome out = pending_read(all->folder, wanted->name, &job.pending, why);

    *did = "nothing";
    if (!out)
        out = go_on(&job, did, why);
    job_free(&job);
    return out;
}

/* Every key of that name, with its certificate; the authorities that nothing needs any more go too.
 */
static enum outcome remove_kept(struct certificates *all, const struct token *token,
                                const struct kept_list *list, const char *name, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    for (size_t i = 0; !out && i < list->count; i++)
        if (!strcmp(list->all[i].name, name))
            out = key_remove(token, &list->all[i].id, why);
    return out ? out : keep_prune(token, name, 1, all->errand->asker, why);
}

static bool has_any(const struct kept_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->all[i].name, name))
            return true;
    return false;
}

enum outcome certificate_remove(struct certificates *all, const char *name, const char *uri,
                                struct why *why)
{
    struct pending pending;
    token_auto *seen = NULL, *token = NULL;
    kept_list_auto list = { .count = 0 };
    enum outcome out;

    if (pending_read(all->folder, name, &pending, why)) /* damaged: the key is in the token only */
        log_line(LOG_LEVEL_ERROR, "%s", why->text);
    if ((out = certificate_look(all, uri, &seen, why)) ||
        (seen && (out = keep_list(seen, &list, why))))
        return out;
    token_close(&seen);
    if (has_any(&list, name) || pending.step != STEP_NONE) {
        if ((out = certificate_unlock(all, uri, &token, why)) ||
            (pending.step != STEP_NONE && (out = key_remove(token, &pending.key, why))) ||
            (out = remove_kept(all, token, &list, name, why)))
            return out;
    }
    return pending_forget(all->folder, name, why);
}
