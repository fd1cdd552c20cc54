/* SPDX-License-Identifier: MIT
 *
 * A signed-in connection to one DC: TCP, then SASL GSS-SPNEGO (GSSAPI where that is not offered)
 * with the Kerberos ticket, mutual authentication, and encryption of at least 128 bits, by SASL or
 * by verified TLS with channel binding (RFC 5929 tls-server-end-point). Simple and anonymous binds
 * do not exist here; referrals are not followed.
 */
#ifndef DIRECTORY_SERVER_H
#define DIRECTORY_SERVER_H

#include <ldap.h>

#include "base/asker.h"
#include "base/outcome.h"
#include "directory/locate.h"

enum server_protection {
    SERVER_SEAL,     /* port 389, SASL encrypts */
    SERVER_STARTTLS, /* port 389, then TLS */
    SERVER_LDAPS,    /* port 636 */
};

/* All borrowed for the call. */
struct server_request {
    const struct dc *dc;
    const char *ccache; /* name of the ticket cache; the service ticket is added to it */
    enum server_protection protection;
    const char *ca_file; /* PEM; NULL: the system's */
    int budget_ms;
};

struct server;

/* The two halves of server_open: the connection is begun, which takes a round trip, and the caller
 * may do something else meanwhile; then the rest, on a server that has only been begun. */
enum outcome server_begin(const struct server_request *request, struct asker *asker,
                          struct server **server, struct why *why);
enum outcome server_finish(struct server *server, const struct server_request *request,
                           struct asker *asker, struct why *why);

/* NO_SERVER, NOT_PROTECTED (the SASL layer is weaker than 128 bits, or the server wants another
 * kind), NOT_AUTHENTIC (certificate or mutual authentication), CLOCK_SKEW, TICKET_EXPIRED,
 * NOT_SIGNED_IN (no ticket in the cache), REFUSED, TIME_OUT, CANCELLED. Without
 * the service ticket in the cache, libkrb5 asks the KDC, and exceeds the budget if that is silent.
 */
enum outcome server_open(const struct server_request *request, struct asker *asker,
                         struct server **server, struct why *why);

/* Says good-bye and releases; takes NULL. */
void server_close(struct server **server);
#define server_auto __attribute__((cleanup(server_close))) struct server

/* What protects it: strength in bits, and "GSS-SPNEGO", "GSSAPI" with ", TLS" in front. */
unsigned server_strength(const struct server *server);
const char *server_mechanism(const struct server *server);

/* For the other files of this folder. The handle is borrowed. */
LDAP *server_handle(const struct server *server);
const char *server_host(const struct server *server);

/* Waits for one whole result of message id, polling asker, at most until deadline_ms (of
 * clock_ms). The messages are the caller's (ldap_msgfree). CONNECTION_LOST, TIME_OUT,
 * CANCELLED. */
enum outcome server_wait(struct server *server, int id, long deadline_ms, struct asker *asker,
                         LDAPMessage **messages, struct why *why);

/* Translates a result code of LDAP (RFC 4511 appendix A) or of libldap. */
enum outcome server_fail(const struct server *server, int code, const char *step, struct why *why);

#endif
