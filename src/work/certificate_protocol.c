/* SPDX-License-Identifier: MIT */
#include "work/certificate_protocol.h"

#include <string.h>

#include "cert/ces.h"
#include "cert/est.h"

static struct enrol exchange(const struct asking *asking)
{
    return (struct enrol){ .https = asking->https,
                           .ticket = asking->proof->ticket,
                           .login = asking->proof->login,
                           .certificate = asking->proof->certificate,
                           .base = asking->base,
                           .asker = asking->errand->asker,
                           .budget_ms = errand_left(asking->errand),
                           .said = asking->said };
}

static enum outcome certsrv_place(const struct wanted *wanted, const struct enrolment *enrolment,
                                  const struct enrolment_service *service,
                                  struct authority *authority, struct why *why)
{
    (void)enrolment;
    return enrol_base(*wanted->web_pages ? wanted->web_pages : service->host, authority->base, why);
}

static enum outcome certsrv_submit(const struct asking *asking, struct cert_answer *answer,
                                   struct chain *came, bool *sent, struct why *why)
{
    const struct enrol enrol = exchange(asking);

    (void)came; /* it is fetched by its number */
    return enrol_submit(&enrol, asking->pem, asking->pending->template, answer, sent, why);
}

static enum outcome certsrv_fetch(const struct asking *asking, struct cert_answer *answer,
                                  struct chain *came, struct why *why)
{
    const struct enrol enrol = exchange(asking);

    return enrol_fetch(&enrol, asking->pending->request, true, answer, came, why);
}

/* Whatever is shown, it is at one place. */
static enum outcome est_place(const struct wanted *wanted, const struct enrolment *enrolment,
                              const struct enrolment_service *service, struct authority *authority,
                              struct why *why)
{
    enum outcome out = est_base(wanted->web_pages, authority->base, why);

    (void)enrolment, (void)service;
    (void)strcpy(authority->renewal, authority->base);
    return out;
}

static enum outcome est_greet(const struct asking *asking, struct chain *between, struct why *why)
{
    const struct enrol first = exchange(asking);
    enum outcome out = est_authorities(&first, asking->own, between, why);

    if (out || asking->pending->step == STEP_PENDING) /* the request is as it was */
        return out;
    const struct enrol second = exchange(asking);
    return est_check(&second, asking->wanted->kind, why);
}

static enum outcome est_submit(const struct asking *asking, struct cert_answer *answer,
                               struct chain *came, bool *sent, struct why *why)
{
    const struct est_request request = { asking->pending->renews, asking->pem };
    const struct enrol enrol = exchange(asking);

    return est_enrol(&enrol, &request, answer, came, sent, why);
}

/* The same request again (RFC 7030 4.2.3). */
static enum outcome est_fetch(const struct asking *asking, struct cert_answer *answer,
                              struct chain *came, struct why *why)
{
    bool sent;

    return est_submit(asking, answer, came, &sent, why);
}

static enum outcome ces_greet(const struct asking *asking, struct chain *between, struct why *why)
{
    bool waits = asking->pending->step == STEP_PENDING;

    (void)between;
    return waits ? OUTCOME_OK : template_check(asking->template, asking->wanted->kind, why);
}

static enum outcome ces_enrol(const struct asking *asking, struct cert_answer *answer,
                              struct chain *came, bool *sent, struct why *why)
{
    const struct enrol enrol = exchange(asking);

    return ces_submit(&enrol, asking->pem, answer, came, sent, why);
}

static enum outcome ces_ask(const struct asking *asking, struct cert_answer *answer,
                            struct chain *came, struct why *why)
{
    const struct enrol enrol = exchange(asking);

    return ces_fetch(&enrol, asking->pending->request, answer, came, why);
}

static const struct protocol protocols[] = {
    { .word = "certsrv",
      .is_in_directory = true,
      .has_numbers = true,
      .signs_renewal = true,
      .place = certsrv_place,
      .submit = certsrv_submit,
      .fetch = certsrv_fetch },
    { .word = "est",
      .brings = true,
      .place = est_place,
      .login = est_login,
      .greet = est_greet,
      .submit = est_submit,
      .fetch = est_fetch },
    { .word = "ces",
      .is_in_directory = true,
      .has_numbers = true,
      .brings = true,
      .names_template = true,
      .signs_renewal = true,
      .place = policy_place,
      .login = soap_login,
      .greet = ces_greet,
      .submit = ces_enrol,
      .fetch = ces_ask },
};

const struct protocol *protocol_find(const char *word)
{
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
        if (!strcmp(protocols[i].word, word))
            return &protocols[i];
    return NULL;
}
