/* SPDX-License-Identifier: MIT
 *
 * A ticket alone proves nothing at a login: whoever sits at the keyboard can answer as a KDC. It is
 * believed once the KDC has shown that it knows a key of this computer, or a domain controller has
 * proved itself with that ticket over TLS with a verified certificate and channel binding.
 */
#ifndef WORK_PROVE_H
#define WORK_PROVE_H

#include "directory/server.h"
#include "kerberos/tickets.h"

/* All borrowed for the call. */
struct prove_request {
    const struct dc *dc;
    const struct ticket *ticket;
    int keytab;          /* an open descriptor; -1: this computer has none */
    const char *ca_file; /* for TLS; NULL: the system's authorities */
    int budget_ms;
};

/* With a keytab that decides; without one, LDAPS does. NOT_AUTHENTIC: do not let them in. OFFLINE,
 * BUSY: nothing is known, do not let them in either. */
enum outcome prove(struct tickets *tickets, const struct prove_request *request,
                   struct asker *asker, struct why *why);

#endif
