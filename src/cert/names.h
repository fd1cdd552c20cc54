/* SPDX-License-Identifier: MIT
 *
 * Within cert: whose certificate it is.
 */
#ifndef CERT_NAMES_H
#define CERT_NAMES_H

#include <gnutls/x509.h>

#include "base/outcome.h"
#include "cert/person.h"

/* Every name in it must be the person's, and at least one be there that nobody else has: the SID
 * ([MS-WCCE] 2.2.2.7.7.4, or as a URI), the UPN, the mail address, or the whole DN.
 * certificate-other-person; bad-answer. */
enum outcome names_check(gnutls_x509_crt_t certificate, const struct cert_person *person,
                         struct why *why);

#endif
