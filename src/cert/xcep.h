/* SPDX-License-Identifier: MIT
 *
 * Within cert and work: a policy as a server tells it (MS-XCEP), as far as one template goes.
 */
#ifndef CERT_XCEP_H
#define CERT_XCEP_H

#include "cert/chain.h"
#include "cert/soap.h"
#include "cert/template.h"
#include "net/url.h"

/* How an enrolment server wants to know who asks (MS-XCEP 3.1.4.1.3.5). */
enum { CES_BY_TICKET = 2, CES_BY_PASSWORD = 4, CES_BY_CERTIFICATE = 8, CES_ADDRESSES = 16 };

struct ces_address {
    unsigned priority; /* the lower, the sooner */
    unsigned authentication;
    bool renewal_only;
    char url[URL_MOST]; /* clean, and not looked into */
};

/* The best for who asks so; NULL: there is none. */
const struct ces_address *ces_choose(const struct ces_address *all, unsigned count,
                                     unsigned authentication);

struct policy {
    struct cert_template template;
    unsigned count;
    struct ces_address addresses[CES_ADDRESSES]; /* of authorities that issue by it */
};

#define XCEP_ACTION                                                                                \
    "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy/IPolicy/GetPolicies"
extern const char xcep_body[]; /* that asks for all of it */

/* Of the template of that name, as these authorities issue by it, known by their certificates.
 * no-authority: the person has none, or none of these issues by it; bad-answer. */
enum outcome xcep_read(const xml_node *body, const char *name, const struct chain *own,
                       struct policy *policy, struct why *why);

#endif
