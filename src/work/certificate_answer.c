/* SPDX-License-Identifier: MIT
 *
 * What came of a request.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cert/receipt.h"
#include "work/certificate_job.h"

/* The authority's sentence goes on one line of the file. */
static enum outcome write_end(struct job *job, enum step step, const char *message, struct why *why)
{
    (void)snprintf(job->pending.message, sizeof job->pending.message, "%s", message);
    return job_write(job, step, why);
}

static enum outcome in_request(const struct job *job, struct why *why)
{
    return job->pending.request ? fail_in(why, "request %u", job->pending.request)
                                : fail_in(why, "the request");
}

/* What came cannot be asked for once more. */
static enum outcome write_issued(struct job *job, struct chain *came, struct why *why)
{
    text_auto *pem = NULL;
    enum outcome out = OUTCOME_OK;

    if (!job->protocol->brings)
        return OUTCOME_OK;
    for (unsigned i = 0; !out && i < job->between.count && came->count < CHAIN_MOST; i++)
        out = chain_add(came, job->between.all[i], why);
    if (out || (out = chain_write(came, &pem, why)))
        return out;
    return pending_keep(job->all->folder, job->wanted->name, PENDING_ISSUED, pem, why);
}

static enum outcome take_pending(struct job *job, const struct cert_answer *answer, struct why *why)
{
    if (job->pending.step == STEP_PENDING && !answer->wait_s)
        return OUTCOME_OK;
    job->pending.again = answer->wait_s ? time(NULL) + answer->wait_s : 0;
    return write_end(job, STEP_PENDING, answer->message, why);
}

static enum outcome take_denied(struct job *job, const struct cert_answer *answer, struct why *why)
{
    enum outcome out = write_end(job, STEP_DENIED, answer->message, why);
    struct why left;

    if (out)
        return out;
    if (!job_open_same(job, &left))
        (void)key_remove(job->token, &job->pending.key, &left);
    (void)fail(why, REASON_CERTIFICATE_DENIED, "%s",
               *answer->message ? answer->message : "without a word why");
    return in_request(job, why);
}

enum outcome answer_take(struct job *job, const struct cert_answer *answer, struct chain *came,
                         struct why *why)
{
    enum outcome out;

    if (answer->request)
        job->pending.request = answer->request;
    switch (answer->disposition) {
    case DISPOSITION_ISSUED:
        if ((out = write_issued(job, came, why)))
            return out;
        return job->pending.step == STEP_ISSUED ? OUTCOME_OK : job_write(job, STEP_ISSUED, why);
    case DISPOSITION_PENDING:
        return take_pending(job, answer, why);
    case DISPOSITION_DENIED:
        return take_denied(job, answer, why);
    case DISPOSITION_FAILED:
        break;
    }
    (void)fail(why, REASON_REFUSED, "%s",
               *answer->message ? answer->message : "the authority failed");
    return in_request(job, why);
}

/* Nothing of what came is kept, nor the key: whoever asks again has a new one. */
static enum outcome refuse(struct job *job, struct why *why)
{
    struct why left;

    if (write_end(job, STEP_REFUSED, why->text, &left) ||
        key_remove(job->token, &job->pending.key, &left))
        log_line(LOG_LEVEL_ERROR, "%s", left.text);
    return in_request(job, why);
}

static bool is_refusal(enum reason reason)
{
    return reason == REASON_CERTIFICATE_OTHER_KEY || reason == REASON_CERTIFICATE_OTHER_CA ||
           reason == REASON_CERTIFICATE_OTHER_PERSON || reason == REASON_CERTIFICATE_TIME ||
           reason == REASON_CERTIFICATE_UNFIT;
}

enum outcome answer_keep(struct job *job, const struct chain *came, struct why *why)
{
    const struct wanted *wanted = job->wanted;
    struct asker *asker = job->all->errand->asker;
    chain_auto kept = { .count = 0 };
    const struct enrolment_template *template =
        enrolment_find(job->all->company.enrolment, job->pending.template);
    struct receipt receipt = { .authorities = &job->authority.own,
                               .for_clients = template && template->for_clients,
                               .person = &job->all->company.names,
                               .now = time(NULL) };
    enum outcome out;

    if ((out = job_open_same(job, why)) ||
        (out = key_public(job->token, &job->pending.key, &receipt.key, why)))
        return out;
    out = receipt_check(&receipt, came, &kept, why);
    gnutls_pubkey_deinit(receipt.key);
    if (out)
        return is_refusal(why->reason) ? refuse(job, why) : out;
    if ((out = keep_chain(job->token, &job->pending.key, wanted->name, &kept, asker, why)) ||
        (out = keep_prune(job->token, wanted->name, wanted->keep, &job->pending.key, asker, why)))
        return fail_in(why, "keeping the certificate");
    return pending_forget(job->all->folder, wanted->name, why);
}

enum outcome answer_issued(const struct job *job, struct chain *came, struct why *why)
{
    text_auto *pem = NULL;
    enum outcome out = pending_kept(job->all->folder, job->wanted->name, PENDING_ISSUED, &pem, why);

    if (!out && !pem)
        out = fail(why, REASON_STATE_DAMAGED, "the certificate that came is not there any more");
    return out ? out : chain_read(text_peek(pem), text_length(pem), came, why);
}
