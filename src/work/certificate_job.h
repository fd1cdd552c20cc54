/* SPDX-License-Identifier: MIT
 *
 * Within work: one request on its way, through certificate_request.c (what is asked) and
 * certificate_answer.c (what came of it).
 */
#ifndef WORK_CERTIFICATE_JOB_H
#define WORK_CERTIFICATE_JOB_H

#include "work/certificate_protocol.h"

/* What all steps need. */
struct job {
    struct certificates *all;
    struct wanted *wanted;
    struct pending pending;
    struct token *token; /* borrowed; NULL: not open yet */
    struct authority authority;
    const struct protocol *protocol; /* of what is under way, or is to be */
    const char *base;                /* the same */
    struct proof proof;
    struct chain between;   /* certificates that the server gave before all else */
    struct text *pem;       /* the request */
    struct enrol_said said; /* the last answer of the authority */
};

/* Each step is written down before it is done. */
enum outcome job_write(struct job *job, enum step step, struct why *why);

/* With its PIN; job_open_same: the one that has the key of what is under way. */
enum outcome job_open_token(struct job *job, struct why *why);
enum outcome job_open_same(struct job *job, struct why *why);

/* A whole key, known by its id: that of before, or a new one. */
enum outcome job_find_key(struct job *job, struct why *why);

/* Asks the policy server, as who is signed in, where the authority is asked for such a certificate.
 * What it was shown stays the proof where that is for the same server. */
enum outcome policy_ask(struct job *job, struct why *why);

/* Writes down what an authority said, and does away with a key that is denied. A failure where it
 * was denied, or the authority failed. */
enum outcome answer_take(struct job *job, const struct cert_answer *answer, struct chain *came,
                         struct why *why);

/* What came before, of a protocol that cannot be asked for it again. */
enum outcome answer_issued(const struct job *job, struct chain *came, struct why *why);

/* What came is looked at, kept, and then the old ones go. */
enum outcome answer_keep(struct job *job, const struct chain *came, struct why *why);

#endif
