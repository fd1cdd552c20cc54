/* SPDX-License-Identifier: MIT
 *
 * Within work: the ways of asking an authority, a row each.
 */
#ifndef WORK_CERTIFICATE_PROTOCOL_H
#define WORK_CERTIFICATE_PROTOCOL_H

#include "work/certificate.h"

/* All is borrowed. */
struct asking {
    struct errand *errand;
    struct https *https;
    const struct proof *proof;
    const struct chain *own; /* certificates of the authority that is meant */
    const struct wanted *wanted;
    const struct cert_template *template; /* as far as it is known */
    const struct pending *pending;
    const char *base;
    const char *pem;         /* the request */
    struct enrol_said *said; /* the last answer */
};

struct protocol {
    const char *word;
    bool is_in_directory; /* which names server and certificates */
    bool has_numbers;     /* by which is fetched what came of a request; else it is sent again */
    bool brings;          /* the certificate comes with the answer */
    bool names_template;  /* in the request */
    bool signs_renewal;   /* the old key signs the request, too */

    /* Where it is asked: by the settings, or by the directory; service NULL: that has none. */
    enum outcome (*place)(const struct wanted *wanted, const struct enrolment *enrolment,
                          const struct enrolment_service *service, struct authority *authority,
                          struct why *why);

    /* What of a user name and a password it is shown. NULL: nothing. */
    enum outcome (*login)(const char *user, const struct secret *password, struct secret **login,
                          struct why *why);

    /* Before a request is made: does the server ask the authority that is meant, and would it take
     * such a request? Gives certificates that may lead to the authority. NULL: cannot be asked. */
    enum outcome (*greet)(const struct asking *asking, struct chain *between, struct why *why);

    /* As enrol_submit and est_enrol; what came with the answer is added to the chain. */
    enum outcome (*submit)(const struct asking *asking, struct cert_answer *answer,
                           struct chain *came, bool *sent, struct why *why);

    /* What came of it, as often as one likes. */
    enum outcome (*fetch)(const struct asking *asking, struct cert_answer *answer,
                          struct chain *came, struct why *why);
};

/* Of enrolment web services (CES): the addresses that the directory names, or those of the
 * settings.
 */
enum outcome policy_place(const struct wanted *wanted, const struct enrolment *enrolment,
                          const struct enrolment_service *service, struct authority *authority,
                          struct why *why);

/* NULL: there is none of that name. */
const struct protocol *protocol_find(const char *word);

#endif
