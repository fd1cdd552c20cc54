/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: one request to a KDC and its reply, over TCP (RFC 4120 7.2.2), to one server,
 * within a time, and given up when the person cancels.
 */
#ifndef KERBEROS_EXCHANGE_H
#define KERBEROS_EXCHANGE_H

#include <krb5.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/asker.h"
#include "base/outcome.h"

enum { REPLY_MOST = 256 << 10, KDC_PORT = 88, KPASSWD_PORT = 464 };

struct kdc {
    const char *name; /* for messages */
    struct sockaddr_storage address;
    struct asker *asker;
    int budget_ms;  /* counts down */
    int reserve_ms; /* that must be left of it when a silence is given up, for another server */
    int port;       /* that was dialled last */
    int ahead;      /* a connection that is being made to it; 0: none */
    /* Waits instead of poll(2); NULL: that one. */
    int (*poll)(struct kdc *kdc, struct pollfd *pfd, int timeout_ms);
    void *data; /* its */
};

/* The reply's data is malloc'ed and the caller's: free(reply->data). NO_DC: it does not answer;
 * TIME_OUT: not before only the reserve is left. */
enum outcome exchange(struct kdc *kdc, const krb5_data *request, krb5_data *reply, struct why *why);

/* Begins the connection for the next exchange while this one is under way; hang up what is not
 * used. */
void exchange_ahead(struct kdc *kdc, int port);
void exchange_hang_up(struct kdc *kdc);

/* The same in two halves, for another port. While the first one runs, nothing is sent. */
enum outcome exchange_dial(struct kdc *kdc, int port, int *fd, struct why *why);
enum outcome exchange_on(struct kdc *kdc, int fd, const krb5_data *request, krb5_data *reply,
                         struct why *why);

/* Until fd is ready for events, within the budget; CANCELLED. */
enum outcome exchange_wait(struct kdc *kdc, int fd, short events, struct why *why);

#endif
