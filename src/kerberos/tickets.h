/* SPDX-License-Identifier: MIT
 *
 * Kerberos tickets of a person (RFC 4120), by libkrb5's API.
 */
#ifndef KERBEROS_TICKETS_H
#define KERBEROS_TICKETS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

#include "base/asker.h"
#include "base/outcome.h"
#include "base/secret.h"

/* A context of libkrb5; made after pin_realm. */
struct tickets;
enum outcome tickets_open(struct tickets **tickets, struct why *why);

/* The one KDC that renewals and tickets for services are got from, by us and not by libkrb5.
 * Borrowed as long as the context lives. A silent KDC is TIME_OUT when only the reserve is left. */
struct tickets_kdc {
    const char *name; /* for messages */
    const char *realm;
    struct sockaddr_storage address;
    struct asker *asker;
    int budget_ms, reserve_ms;
};
void tickets_point(struct tickets *tickets, const struct tickets_kdc *kdc);
void tickets_close(struct tickets **tickets);
#define tickets_auto __attribute__((cleanup(tickets_close))) struct tickets

/* What a ticket-granting ticket says. Times are seconds since 1970 UTC, 0: none. */
struct ticket {
    char principal[512], realm[256], user[256]; /* user: the principal without its realm */
    char cache[1024];                           /* "FILE:/tmp/krb5cc_1000" */
    bool is_default;                            /* the cache is where libkrb5 looks by itself */
    time_t end, renewable_end;
    time_t password_end; /* from the KDC's reply, when it tells */
};

/* A certificate whose key is in a token, for libkrb5's plugin (RFC 4556). */
struct ticket_card {
    const char *identity; /* "PKCS11:module_name=/usr/lib/...:slotid=0:certid=01" */
    const char *anchors;  /* PEM file of who certifies KDCs */

    /* Once the KDC wants it: the PIN; OK without one: none is to be typed here. Any failure ends
     * the attempt with that why. */
    enum outcome (*pin)(struct ticket_card *card, struct secret **pin, struct why *why);
};

struct ticket_request {
    const char *user;  /* "alice", or with enterprise "alice@corp.example" (RFC 6806) */
    const char *realm; /* in capitals */
    bool enterprise;
    const char *kdc; /* the server's name, for messages */
    struct sockaddr_storage address;
    const struct secret *password;
    struct ticket_card *card;        /* instead of it; NULL. After pin_realm_for_certificates */
    int64_t lifetime_s, renewable_s; /* 0: the KDC's choice; not renewable */
    bool forwardable;
    const char *ccache; /* the caller's KRB5CCNAME; NULL: libkrb5's default */
    struct asker *asker;
    int budget_ms;  /* for all of it */
    int reserve_ms; /* that a KDC leaves of it which is silent before the password was used */
};

/* Gets a ticket with the password: one attempt at that one KDC, whatever comes back. The cache is
 * written only on success, as cache.h says. The account being in another realm is NO_DOMAIN with
 * that realm's name in other_realm (256 bytes), before the password was used. With a card instead:
 * kdc-takes-none before its PIN is asked for; not-authentic: the KDC did not prove who it is. */
enum outcome tickets_get(struct tickets *tickets, const struct ticket_request *request,
                         struct ticket *ticket, char *other_realm, struct why *why);

/* Can libkrb5 sign in with certificates? no-pkinit */
enum outcome tickets_certificates(struct tickets *tickets, struct why *why);

/* True once a proof of a password may have reached a KDC: no other one may get one then. */
bool tickets_spent(const struct tickets *tickets);

/* True if the KDC gave a ticket for the last password: it is right, even if the ticket could not be
 * kept. */
bool tickets_accepted(const struct tickets *tickets);

/* Can a ticket be kept in the caller's cache? To be known before a password is asked for. */
enum outcome tickets_check(struct tickets *tickets, const char *ccache, struct why *why);

/* The ticket of this principal ("user@REALM"; NULL: of whoever is in the default cache), looked for
 * in hint first. An expired one is found too: see its end. DENIED, not-signed-in: none. */
enum outcome tickets_find(struct tickets *tickets, const char *ccache, const char *hint,
                          const char *principal, struct ticket *ticket, struct why *why);

/* What a cache needs, for confinement: the folder in which its files are made, "" where it keeps
 * none, and whether it is behind a local socket (KCM) or in the kernel (KEYRING). The system's
 * settings are read only for the default one (NULL). */
struct ticket_place {
    char folder[1024];
    bool local_socket, keyring;
};
enum outcome tickets_place(const char *ccache, struct ticket_place *place, struct why *why);

/* Proves that the ticket comes from a KDC that knows this computer: a service ticket for a key of
 * the keytab (an open descriptor; any principal of the ticket's realm) is got and accepted.
 * NOT_AUTHENTIC if it is not, or if there is no such key; there is no way to skip it. */
enum outcome tickets_verify(struct tickets *tickets, const struct ticket *ticket, int keytab,
                            struct why *why);

/* Asks the pinned KDC to renew what this cache holds, unless too many are under way, and does not
 * wait for it. The cache stays as it is until tickets_renew comes to it; a failure is told there.
 */
void tickets_ahead(struct tickets *tickets, const char *cache);

/* Renews it at the pinned KDC, in place. TICKET_EXPIRED when it is too late for that. */
enum outcome tickets_renew(struct tickets *tickets, struct ticket *ticket, struct why *why);

/* Puts the ticket for a service of a host into the cache; libgssapi finds it there and asks no KDC.
 */
enum outcome tickets_service(struct tickets *tickets, const struct ticket *ticket,
                             const char *service, const char *host, struct why *why);

/* Destroys the cache that holds it. */
enum outcome tickets_destroy(struct tickets *tickets, const struct ticket *ticket, struct why *why);

#endif
