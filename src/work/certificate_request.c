/* SPDX-License-Identifier: MIT
 *
 * One certificate, from a key to what is kept. Each step is written down before it is done.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cert/csr.h"
#include "net/wait.h"
#include "work/certificate_adopted.h"
#include "work/certificate_job.h"

static void job_free(struct job *job)
{
    proof_free(&job->proof);
    chain_free(&job->between);
    text_free(&job->pem);
    authority_free(&job->authority);
}

enum outcome job_write(struct job *job, enum step step, struct why *why)
{
    if (job->pending.step != step)
        job->pending.at = 0; /* now */
    job->pending.step = step;
    return pending_write(job->all->folder, job->wanted->name, &job->pending, why);
}

/* For what is shown; of what waits, the one that took it. One that takes certificates may take
 * nothing else. */
static const char *address(const struct job *job)
{
    bool waits = job->base == job->pending.base, renews = job->proof.certificate;

    if (!waits)
        return renews ? job->authority.renewal : job->base;
    return job->pending.renews && !renews && !strcmp(job->base, job->authority.renewal)
               ? job->authority.base
               : job->base;
}

static struct asking asking(struct job *job)
{
    return (struct asking){ .errand = job->all->errand,
                            .https = job->all->company.https,
                            .proof = &job->proof,
                            .own = &job->authority.own,
                            .wanted = job->wanted,
                            .template = &job->authority.template,
                            .pending = &job->pending,
                            .base = address(job),
                            .pem = job->pem ? text_peek(job->pem) : NULL,
                            .said = &job->said };
}

/* By what others of the authority know of its failure. Whoever is led on by a policy server knows
 * no more before. */
static const char *known_as(const struct job *job)
{
    bool waits = job->base == job->pending.base;

    return waits || !*job->authority.policy ? job->base : job->authority.policy;
}

/* What an exchange came to. */
static enum outcome note(struct job *job, enum outcome out, const struct why *why)
{
    const struct pause_heard heard = { .failed = out,
                                       .reason = out ? why->reason : REASON_NONE,
                                       .status = job->said.status,
                                       .wait_s = job->said.wait_s };

    pause_note(job->all, job->wanted, known_as(job), &heard);
    job->said = (struct enrol_said){ 0 };
    return out;
}

/* Of one that is not what was wanted: the next may fail as the last one did. */
static enum outcome note_failure(struct job *job, enum outcome out, const struct why *why)
{
    return out ? note(job, out, why) : OUTCOME_OK;
}

/* No certificate can have come of a request that was answered like this. */
static bool was_turned_away(enum reason reason)
{
    return reason == REASON_NO_ENROLMENT || reason == REASON_TICKET_REFUSED ||
           reason == REASON_REDIRECTED || reason == REASON_SERVER_BUSY;
}

static enum outcome make_renewal(struct job *job, const struct kept *old,
                                 const struct cert_template *template, struct why *why)
{
    const struct csr_renewal renewal = { .key = job->pending.key,
                                         .old = job->proof.key,
                                         .certificate = old->certificate,
                                         .template = template };

    return job->protocol->signs_renewal
               ? csr_renew_signed(job->token, &renewal, &job->pem, why)
               : csr_renew(job->token, &job->pending.key, old->certificate, &job->pem, why);
}

static enum outcome make_request(struct job *job, struct why *why)
{
    const struct kept *old = job->proof.key ? job->proof.old : NULL;
    const struct cert_template *template =
        job->protocol->names_template ? &job->authority.template : NULL;
    const char *at = address(job);
    enum outcome out;

    text_free(&job->pem);
    job->pending.renews = job->proof.certificate;
    memmove(job->pending.base, at, strlen(at) + 1);
    if ((out = old ? make_renewal(job, old, template, why)
                   : csr_make(job->token, &job->pending.key, &job->all->company.names, template,
                              &job->pem, why)) ||
        job->protocol->has_numbers)
        return out;
    return pending_keep(job->all->folder, job->wanted->name, PENDING_REQUEST, job->pem, why);
}

static enum outcome submit_once(struct job *job, struct why *why)
{
    struct cert_answer answer;
    chain_auto came = { .count = 0 };
    struct why left;
    bool sent = false;
    enum outcome out;

    if ((out = make_request(job, why)) || (out = job_write(job, STEP_UNKNOWN, why)))
        return out;
    const struct asking asked = asking(job);
    out = note(job, job->protocol->submit(&asked, &answer, &came, &sent, why), why);
    if (out && (!sent || was_turned_away(why->reason)) && job_write(job, STEP_BEGUN, &left))
        log_line(LOG_LEVEL_ERROR, "%s", left.text);
    return out ? out : answer_take(job, &answer, &came, why);
}

static bool is_unattended(const struct job *job)
{
    return message_number(job->all->errand->request, SLOT_UNATTENDED, 0);
}

/* The old certificate was shown, and that may be why it failed: TLS 1.3 hangs up late. Where nobody
 * is there to type a password, there is no other proof. */
static bool is_for_old(const struct job *job, enum reason reason)
{
    bool has_other = !job->wanted->by_password || !is_unattended(job);

    return has_other && job->proof.certificate &&
           (reason == REASON_REFUSED || reason == REASON_NO_ENROLMENT || reason == REASON_NO_TLS ||
            reason == REASON_CONNECTION_LOST);
}

/* As for a first request, then. */
static enum outcome without_old(struct job *job, struct why *why)
{
    log_line(LOG_LEVEL_INFO, "%s", why->text);
    proof_free(&job->proof);
    chain_free(&job->between);
    return proof_find(job->all, job->wanted, address(job), &job->proof, why);
}

static enum outcome greet_once(struct job *job, struct why *why)
{
    const struct asking asked = asking(job);

    return job->protocol->greet
               ? note_failure(job, job->protocol->greet(&asked, &job->between, why), why)
               : OUTCOME_OK;
}

static enum outcome submit(struct job *job, struct why *why)
{
    enum outcome out = submit_once(job, why);

    if (!out || job->pending.step != STEP_BEGUN || !is_for_old(job, why->reason))
        return out;
    if ((out = without_old(job, why)) || (out = greet_once(job, why)))
        return out;
    return submit_once(job, why);
}

/* Whoever has a certificate of that name shows it, where the protocol knows of that; one that is
 * adopted at least signs. */
static enum outcome prove_old(struct job *job, bool waits, struct why *why)
{
    bool shows = waits ? job->pending.renews : *job->authority.renewal, is_adopted = false;
    enum outcome out = OUTCOME_OK;

    if ((shows || !waits) &&
        (out = proof_adopted(job->all, job->wanted->name, &is_adopted, &job->proof, why)))
        return out;
    if (shows && !is_adopted &&
        ((out = waits ? job_open_same(job, why) : job_open_token(job, why)) ||
         (out = proof_renew(job->token, job->wanted->name, &job->all->company.names, &job->proof,
                            why))))
        return out;
    job->proof.certificate = shows ? job->proof.key : NULL;
    return OUTCOME_OK;
}

static enum outcome greet(struct job *job, bool waits, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    if (!waits && *job->authority.policy && (out = policy_ask(job, why)))
        return note_failure(job, out, why);
    if ((out = prove_old(job, waits, why)))
        return out;
    if (!job->proof.certificate && !job->proof.login &&
        (out = proof_find(job->all, job->wanted, address(job), &job->proof, why)))
        return out;
    out = greet_once(job, why);
    if (!out || !is_for_old(job, why->reason))
        return out;
    return (out = without_old(job, why)) ? out : greet_once(job, why);
}

static enum outcome fetch_once(struct job *job, struct cert_answer *answer, struct chain *came,
                               struct why *why)
{
    const struct asking asked = asking(job);

    return note(job, job->protocol->fetch(&asked, answer, came, why), why);
}

/* The request is the same as before (RFC 7030 4.2.3). */
static enum outcome ask_again(struct job *job, struct chain *came, struct why *why)
{
    struct cert_answer answer;
    enum outcome out = OUTCOME_OK;

    if (!job->protocol->has_numbers)
        out = pending_kept(job->all->folder, job->wanted->name, PENDING_REQUEST, &job->pem, why);
    if (!out && !job->protocol->has_numbers && !job->pem)
        out = fail(why, REASON_STATE_DAMAGED, "the request is not there any more");
    if (out)
        return out;
    out = fetch_once(job, &answer, came, why);
    if (out && is_for_old(job, why->reason) && !(out = without_old(job, why)))
        out = fetch_once(job, &answer, came, why);
    return out ? out : answer_take(job, &answer, came, why);
}

static bool has_come(const struct job *job)
{
    return job->pending.step == STEP_ISSUED && job->protocol->brings;
}

static enum outcome fetch(struct job *job, const char **did, struct why *why)
{
    chain_auto came = { .count = 0 };
    enum outcome out = has_come(job) ? answer_issued(job, &came, why) : ask_again(job, &came, why);

    if (out || job->pending.step != STEP_ISSUED)
        return out;
    if ((out = answer_keep(job, &came, why)))
        return out;
    *did = "kept";
    return adopted_forget(job->all, job->wanted->name, why); /* it has taken its place */
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
    return fail(why, REASON_REQUEST_UNKNOWN, "it was asked for at %s", job->pending.base);
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

    return is_over && is_unattended(job) && !strcmp(pending->template, job->wanted->template) &&
           pending->kind == job->wanted->kind;
}

/* The server said when; what is later than it can say comes of a clock that was wrong. Where nobody
 * is there all that wait are asked for together. */
static bool is_too_soon(const struct job *job)
{
    const struct pending *pending = &job->pending;
    long wait = (long)(pending->again - time(NULL));

    if (is_unattended(job) && pending->step == STEP_PENDING)
        return pause_poll(job->all, pending) > job->all->began;
    if (pending->step != STEP_PENDING || wait <= 0 || wait > WAIT_MOST)
        return false;
    asker_tell(job->all->errand->asker,
               "Certificate %s is to be asked for again in %ld minutes at the earliest.",
               job->wanted->name, (wait + 59) / 60);
    return true;
}

/* What waits goes on as it began, whatever the settings say now. */
static enum outcome choose(struct job *job, bool waits, struct why *why)
{
    job->protocol = waits ? protocol_find(job->pending.protocol) : job->wanted->protocol;
    job->base = waits ? job->pending.base : job->authority.base;
    return job->protocol ? OUTCOME_OK
                         : fail(why, REASON_STATE_DAMAGED, "it was asked for by the protocol %s",
                                job->pending.protocol);
}

/* Makes a request and sends it. */
static enum outcome ask_anew(struct job *job, struct why *why)
{
    enum outcome out = job_find_key(job, why);

    return out ? out : submit(job, why);
}

static enum outcome go_on(struct job *job, const char **did, struct why *why)
{
    struct pending *pending = &job->pending;
    bool waits = pending->step == STEP_PENDING || pending->step == STEP_ISSUED;
    enum outcome out;

    if ((!waits && job->all->action == ACTION_POLL) || waits_for_person(job) || is_too_soon(job))
        return OUTCOME_OK;
    if ((out = company_find(job->all, why)) || (waits && (out = check_person(job, why))) ||
        (out = authority_find(job->all, job->wanted, &job->authority, why)) ||
        (out = choose(job, waits, why)))
        return out;
    if (pending->step == STEP_UNKNOWN && (out = confirm_again(job, why)))
        return out;
    if (!has_come(job) && (out = pause_check(job->all, job->wanted, known_as(job), why)))
        return out;
    if (waits)
        pause_polls(job->all, job->base);
    if (!has_come(job) && (out = greet(job, waits, why)))
        return is_unattended(job) && why->reason == REASON_NOBODY_TO_ASK ? OUTCOME_OK : out;
    if (!waits && (out = ask_anew(job, why)))
        return out;
    return waits || pending->step == STEP_ISSUED ? fetch(job, did, why) : OUTCOME_OK;
}

enum outcome certificate_request(struct certificates *all, struct wanted *wanted, const char **did,
                                 struct why *why)
{
    struct job job = { .all = all, .wanted = wanted };
    enum outcome out = pending_read(all->folder, wanted->name, &job.pending, why);

    *did = "nothing";
    if (!out)
        out = go_on(&job, did, why);
    job_free(&job);
    certificate_changed(all);
    return out;
}
