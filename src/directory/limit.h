/* SPDX-License-Identifier: MIT
 *
 * Within directory: an end to the waiting inside libldap. In a TLS handshake, libldap asks a
 * non-blocking socket again and again, without a pause or an end, for what a silent server does not
 * send. This layer below TLS waits properly, until the time is over or the person cancels.
 */
#ifndef DIRECTORY_LIMIT_H
#define DIRECTORY_LIMIT_H

#include <ldap.h>
#include <stdbool.h>

#include "base/asker.h"

struct limit {
    struct asker *asker;
    long end_ms;    /* of clock_ms */
    bool is_over;   /* it ended for want of an answer, as why says: */
    struct why why; /* TIME_OUT, CANCELLED, CONNECTION_LOST */
};

/* The limit is borrowed until limit_end. False if libldap refuses. */
bool limit_begin(LDAP *handle, struct limit *limit);
void limit_end(LDAP *handle);

#endif
