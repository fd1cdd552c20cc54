/* SPDX-License-Identifier: MIT
 *
 * One errand of a worker: what was asked, the settings, who is asking, what comes of it.
 */
#ifndef WORK_ERRAND_H
#define WORK_ERRAND_H

#include <stdint.h>

#include "base/asker.h"
#include "conf/conf.h"
#include "conf/name.h"
#include "directory/locate.h"
#include "directory/person.h"
#include "kerberos/tickets.h"
#include "wire/message.h"

struct errand {
    const struct message *request;
    const char *identity;
    struct conf *conf;
    struct asker *asker;
    struct message *result; /* facts are added as they are known, failure or not */
    int64_t deadline_ms;    /* of errand_clock; moves on while a person is being asked */
};

/* Monotonic milliseconds, and how many are left, at least 1. */
int64_t errand_clock(void);
int errand_left(const struct errand *errand);

/* A remembered fact or a slot of the request; NULL if absent or empty. */
const char *errand_text(const struct errand *errand, enum slot slot);

/* Who signs in, and where. */
struct login {
    char user[NAME_USER_MOST + 1];     /* as Kerberos takes it */
    char domain[NAME_DOMAIN_MOST + 1]; /* where to look for the domain controllers */
    bool enterprise;                   /* user is a UPN, "alice@corp.example" */
};

/* From what was typed, the settings, what is remembered, the login name and the network, and by
 * asking; finds the domain controller on the way. */
enum outcome login_locate(struct errand *errand, struct login *login, struct dc *dc,
                          struct why *why);

/* A live DC of this domain, within the errand's time. */
enum outcome errand_locate(struct errand *errand, const char *domain, struct dc *dc,
                           struct why *why);

/* Shows a domain that nobody typed or set; CANCELLED, not-confirmed, unless the person agrees. */
enum outcome errand_confirm(struct errand *errand, const char *domain, const char *who_named_it,
                            struct why *why);

/* Pins libkrb5 to the DC and opens it; the realm (256 bytes) is the domain in capitals. */
enum outcome errand_kerberos(const struct dc *dc, char *realm, struct tickets **tickets,
                             struct why *why);

/* Facts into the result. */
void facts_ticket(struct errand *errand, const struct ticket *ticket);
void facts_dc(struct errand *errand, const struct dc *dc);
void facts_person(struct errand *errand, const struct person *person);
/* Whatever else is remembered of the same principal. */
void facts_remembered(struct errand *errand);
/* Days left and the like, which depend on the hour. */
void facts_now(struct errand *errand);

/* The verbs. */
#define WORKER_VERB(name, word, function, ...)                                                     \
    enum outcome verb_##function(struct errand *errand, struct why *why);
#include "wire/verbs.def"

#endif
