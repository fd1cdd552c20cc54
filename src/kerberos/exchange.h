/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: one request to a KDC and its reply, over TCP (RFC 4120 7.2.2), to one server,
 * within a time, and given up when the person cancels.
 */
#ifndef KERBEROS_EXCHANGE_H
#define KERBEROS_EXCHANGE_H

#include <krb5.h>
#include <sys/socket.h>

#include "base/asker.h"
#include "base/outcome.h"

enum { REPLY_MOST = 256 << 10 };

struct kdc {
    const char *name; /* for messages */
    struct sockaddr_storage address;
    struct asker *asker;
    int budget_ms; /* counts down */
};

/* The reply's data is malloc'ed and the caller's: free(reply->data). */
enum outcome exchange(struct kdc *kdc, const krb5_data *request, krb5_data *reply,
                      struct why *why);

#endif
