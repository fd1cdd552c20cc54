/* SPDX-License-Identifier: MIT
 *
 * Enrolment over Secure Transport (EST, RFC 7030 with the errata of RFC 8951): a request goes to
 * the server, and the certificate comes back in the answer; or an answer that says when to ask
 * again, with the same request. What came must pass receipt_check before it is kept.
 *
 * The person proves to be who asks by what struct enrol has: ticket, login (RFC 7617) or
 * certificate. What all may read is asked for without, unless the server insists.
 */
#ifndef CERT_EST_H
#define CERT_EST_H

#include "cert/answer.h"
#include "cert/chain.h"
#include "cert/enrol.h"
#include "cert/key.h"

/* Bytes of an answer, which is base64 of what CHAIN_BYTES_MOST bounds. */
enum { EST_ANSWER_MOST = CHAIN_BYTES_MOST / 3 * 4 };

/* "https://HOST/.well-known/est/", see enrol_address; the label of an authority is part of the
 * path. */
enum outcome est_base(const char *host_or_url, char base[URL_MOST], struct why *why);

/* What follows "Basic "; the caller's. bad-name: no user of that name can be told so. */
enum outcome est_login(const char *user, const struct secret *password, struct secret **login,
                       struct why *why);

/* The authority's certificates as the server has them (cacerts): they lead from what it issues to
 * those that are trusted, and are trusted for nothing. certificate-other-authority: it has none of
 * ours, nor one that is issued by them. */
enum outcome est_authorities(const struct enrol *enrol, const struct chain *ours,
                             struct chain *theirs, struct why *why);

/* Asks what the server wants in a request, see csrattrs_check. */
enum outcome est_check(const struct enrol *enrol, enum cert_key kind, struct why *why);

/* One request, once. */
struct est_request {
    bool renews;     /* the certificate that is shown (simplereenroll), with its names */
    const char *pem; /* PKCS#10 */
};

/* OK: see the answer; the chain, the caller's, has something only with DISPOSITION_ISSUED. On
 * failure, and with DISPOSITION_FAILED, *sent tells whether a certificate may have been issued all
 * the same.
 *   wrong-password (401 to a login), ticket-refused (to a ticket), refused (to a certificate).
 *   no-enrolment: no such service there; server-busy, bad-answer; and what https_do says. */
enum outcome est_enrol(const struct enrol *enrol, const struct est_request *request,
                       struct cert_answer *answer, struct chain *issued, bool *sent,
                       struct why *why);

/* What the body of an answer holds: base64, in lines or not (RFC 8951 3.1), of a bundle. */
enum outcome est_read_chain(const char *text, size_t length, struct chain *chain, struct why *why);

#endif
