/* SPDX-License-Identifier: MIT */
#include "work/certificate_protocol.h"

#include <string.h>

#include "cert/est.h"

static struct enrol exchange(const struct asking *asking)
{
    return (struct enrol){ .https = asking->https,
                           .ticket = asking->proof->ticket,
                           .login = asking->proof->login,
                           .certificate = asking->proof->certificate,
                           .base = asking->base,
                           .asker = asking->errand->asker,
                           .budget_ms = errand_left(asking->errand) };
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

static const struct protocol protocols[] = {
    { .word = "certsrv",
      .is_in_directory = true,
      .has_numbers = true,
      .address = enrol_base,
      .submit = certsrv_submit,
      .fetch = certsrv_fetch },
    { .word = "est",
      .takes_password = true,
      .renews = true,
      .address = est_base,
      .greet = est_greet,
      .submit = est_submit,
      .fetch = est_fetch },
};

const struct protocol *protocol_find(const char *word)
{
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
        if (!strcmp(protocols[i].word, word))
            return &protocols[i];
    return NULL;
}
