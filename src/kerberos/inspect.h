/* SPDX-License-Identifier: MIT
 *
 * What doctor wants to know of Kerberos: the settings of this computer, the ticket cache, a KDC.
 * Nothing is changed, and no password is used.
 */
#ifndef KERBEROS_INSPECT_H
#define KERBEROS_INSPECT_H

#include "base/text.h"
#include "kerberos/tickets.h"

/* Can each file of krb5.conf be parsed? One by one, so that the one with a mistake is named; an
 * absent file is none. KERBEROS_SETTINGS. */
enum outcome inspect_parse(struct why *why);

/* What krb5.conf (the files of KRB5_CONFIG) says against this realm and the names and addresses of
 * its servers, which end with NULL. KERBEROS_SETTINGS: a file cannot be parsed or read, the realm
 * is written in small letters, or a server is said to be in another realm: sign-ins fail. OK, and
 * odd has text: only other programs go astray. With realm "" only the files. Before pin_realm. */
enum outcome inspect_settings(const char *realm, const char *const *servers, struct text *odd,
                              struct why *why);

/* The files that were looked at, "/etc/krb5.conf" or what KRB5_CONFIG says. */
const char *inspect_files(void);

/* The default ticket cache. */
struct cache_look {
    char name[1024]; /* "FILE:/tmp/krb5cc_1000" */
    char file[1024]; /* of a FILE cache or the member of a DIR one; "" if there is none */
    char holds[512]; /* the principal; "" if it is empty */
};

/* With the name of a cache that cannot be opened or will not do: CACHE_UNUSABLE, OTHER_OWNER. */
enum outcome inspect_cache(struct tickets *tickets, const char *ccache, struct cache_look *look,
                           struct why *why);

/* Copies the ticket's cache into the memory of this process; from then on that is its cache. */
enum outcome inspect_copy(struct tickets *tickets, struct ticket *ticket, struct why *why);

/* Asks a KDC for a ticket without a password, in one request, which is no attempt. OK: it knows the
 * realm and the user. UNKNOWN_USER, LOCKED_OR_DISABLED... as the KDC says; NO_DC. */
struct kdc_look {
    bool has_clock;
    bool lacks_certificate; /* it wants more, and takes no certificates */
    long ahead_s;           /* this computer's clock before the KDC's */
};

enum outcome inspect_kdc(struct tickets *tickets, const struct ticket_request *request,
                         struct kdc_look *look, struct why *why);

#endif
