/* SPDX-License-Identifier: MIT
 *
 * The person's ticket as the proof for a web server: SPNEGO in HTTP (RFC 4559), Kerberos alone, in
 * the first request, bound to the TLS channel (RFC 5929 tls-server-end-point), which servers with
 * Extended Protection ask for. The server has to prove that it could read the ticket.
 */
#ifndef NET_NEGOTIATE_H
#define NET_NEGOTIATE_H

#include <gnutls/gnutls.h>
#include <stdbool.h>

#include "base/outcome.h"
#include "base/secret.h"

struct negotiate;

/* For any number of exchanges, one after the other, with any hosts; ccache is the name of the
 * ticket cache, to which service tickets are added. With may_delegate the server gets the person's
 * own ticket as well, if the domain trusts it that far (ok-as-delegate). NOT_SIGNED_IN,
 * TICKET_EXPIRED, CACHE_UNUSABLE. */
enum outcome negotiate_open(const char *ccache, bool may_delegate, struct negotiate **negotiate,
                            struct why *why);
void negotiate_free(struct negotiate **negotiate);
#define negotiate_auto __attribute__((cleanup(negotiate_free))) struct negotiate

/* Within net, the steps of one exchange. First, before the connection: gets the ticket for
 * HTTP/host, as ticket_for does. Where the cache does not have it yet, libkrb5 asks the KDC, and
 * exceeds the budget if that is silent: tickets_service gets it in time. */
enum outcome negotiate_prepare(struct negotiate *negotiate, const char *host, struct why *why);

/* Then the header for this TLS session, "Authorization: Negotiate ...", a new one for each request;
 * the caller's. */
enum outcome negotiate_begin(struct negotiate *negotiate, gnutls_session_t session,
                             struct secret **line, struct why *why);

/* Then the server's answer: one value of WWW-Authenticate. */
enum negotiate_offer {
    NEGOTIATE_OTHER, /* another scheme: NTLM, Basic */
    NEGOTIATE_BARE,  /* the scheme's name alone */
    NEGOTIATE_TOKEN,
};
enum negotiate_offer negotiate_offer(const char *value);

/* Takes a value with a token of an answer that is no refusal. NOT_AUTHENTIC unless it is the proof
 * of the server. */
enum outcome negotiate_finish(struct negotiate *negotiate, const char *value, struct why *why);

/* Why the server refused (401): value as above, or NULL. Always a failure. */
enum outcome negotiate_refused(struct negotiate *negotiate, const char *value, struct why *why);

#endif
