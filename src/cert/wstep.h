/* SPDX-License-Identifier: MIT
 *
 * Within cert: what WS-Trust X.509v3 Token Enrollment (MS-WSTEP) asks and answers, without the
 * exchange.
 */
#ifndef CERT_WSTEP_H
#define CERT_WSTEP_H

#include "base/text.h"
#include "cert/answer.h"
#include "cert/chain.h"
#include "cert/soap.h"

#define WSTEP_ACTION "http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RST/wstep"

/* A request (PKCS#10, or PKCS#7 around one: as its PEM says), and the question what came of one;
 * the caller's. */
enum outcome wstep_issue(const char *pem, struct text **body, struct why *why);
enum outcome wstep_query(unsigned request, struct text **body, struct why *why);

/* What the body of an answer says: with ISSUED the certificate, and behind it others; else none.
 * bad-answer: neither a certificate nor the number of one that is pending. */
enum outcome wstep_read(const xml_node *body, struct cert_answer *answer, struct chain *issued,
                        struct why *why);

/* Is it a denial, of the authority itself? The answer tells more. */
bool wstep_is_denial(const struct soap_fault *fault, struct cert_answer *answer);

#endif
