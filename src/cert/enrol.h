/* SPDX-License-Identifier: MIT
 *
 * The exchange with the web pages of a certification authority (AD CS Web Enrollment): a request is
 * submitted, and what came of it is fetched by its number, now or days later. Over HTTPS with the
 * person's ticket alone. What came must pass receipt_check before it is kept. cert/est.h is the
 * same for another protocol.
 */
#ifndef CERT_ENROL_H
#define CERT_ENROL_H

#include <stdbool.h>

#include "cert/certsrv.h"
#include "net/https.h"
#include "net/url.h"

/* The last answer; 0: there was none. */
struct enrol_said {
    int status, wait_s; /* as https_do has it */
};

/* All borrowed. */
struct enrol {
    struct https *https;
    /* By what we prove who asks; the web pages take nothing but the ticket. */
    struct negotiate *ticket;   /* or NULL */
    const struct secret *login; /* as est_login or soap_login gives it; or NULL */
    const char *certificate;    /* as present_begin gives it; or NULL */
    const char *base;           /* as enrol_base gives it */
    struct asker *asker;
    int budget_ms;           /* of one exchange */
    struct enrol_said *said; /* is told; NULL: nobody wants to know */
};

/* As https_do, of which it is told. */
enum outcome enrol_do(const struct enrol *enrol, const struct https_request *request,
                      struct https_answer *answer, struct why *why);

/* "https://HOST/PATH" of a host name or an address: with a path of its own it is taken as it is.
 * BAD_SETTING unless it is https (or nothing but a host), without a query. */
enum outcome enrol_address(const char *host_or_url, const char *path, char base[URL_MOST],
                           struct why *why);

/* The same with certsrv. */
enum outcome enrol_base(const char *host_or_url, char base[URL_MOST], struct why *why);

/* Why that status of a service, other than of web pages, is no answer, of which no certificate
 * comes: what was asked of it, and its own sentence, or "". no-enrolment, server-busy, refused. */
enum outcome enrol_refused(const struct enrol *enrol, const char *what, int status,
                           const char *sentence, struct why *why);

/* Submits a request (PKCS#10, as PEM) for a template, once. OK: see the answer. On failure, and
 * with DISPOSITION_FAILED, *sent tells whether the authority may have got the request all the same:
 * then a certificate may exist whose number nobody knows. BAD_SETTING: no name of a template;
 * no-enrolment: no such pages there; REFUSED; SERVER_BUSY; BAD_ANSWER; and what https_do says. */
enum outcome enrol_submit(const struct enrol *enrol, const char *pem, const char *template,
                          struct cert_answer *answer, bool *sent, struct why *why);

/* The certificate of a request with its chain (PKCS#7), or without: as often as one likes. OK: see
 * the answer; the chain, the caller's, has something only with DISPOSITION_ISSUED. */
enum outcome enrol_fetch(const struct enrol *enrol, unsigned request, bool with_chain,
                         struct cert_answer *answer, struct chain *chain, struct why *why);

#endif
