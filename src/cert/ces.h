/* SPDX-License-Identifier: MIT
 *
 * AD CS' web services over HTTPS: the policy tells where one may enrol for a template (MS-XCEP, an
 * address that ends in /CEP), an enrolment server takes the request (MS-WSTEP, /CES). The
 * certificate comes with the answer, or later, by the request's number. What came must pass
 * receipt_check before it is kept.
 *
 * The person proves to be who asks by what struct enrol has: certificate, ticket or login
 * (soap_login), the first of them. Its base is the address itself.
 */
#ifndef CERT_CES_H
#define CERT_CES_H

#include "cert/answer.h"
#include "cert/enrol.h"
#include "cert/soap.h"
#include "cert/xcep.h"

/* An address is taken as it is; of a host alone, it is where Windows has a policy server for who
 * asks so. bad-setting: not https. */
enum outcome ces_address(const char *host_or_url, unsigned authentication, char url[URL_MOST],
                         struct why *why);

/* Is it that of a policy server? */
bool ces_is_policy(const char *url);

/* See xcep_read. wrong-password, ticket-refused, refused; no-enrolment: no such service there;
 * server-busy, bad-answer; and what https_do says. */
enum outcome ces_policy(const struct enrol *enrol, const char *template, const struct chain *own,
                        struct policy *policy, struct why *why);

/* A request (PKCS#10, or csr_renew_signed's), once. OK: see the answer; the chain, the caller's,
 * has something only with DISPOSITION_ISSUED. On failure, and with DISPOSITION_FAILED, *sent tells
 * whether a certificate may have been issued all the same. As ces_policy. */
enum outcome ces_submit(const struct enrol *enrol, const char *pem, struct cert_answer *answer,
                        struct chain *issued, bool *sent, struct why *why);

/* What came of the request of that number, as often as one likes. */
enum outcome ces_fetch(const struct enrol *enrol, unsigned request, struct cert_answer *answer,
                       struct chain *issued, struct why *why);

#endif
