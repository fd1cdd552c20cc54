/* SPDX-License-Identifier: MIT
 *
 * Whose certificate it is.
 */
#ifndef CERT_NAMES_H
#define CERT_NAMES_H

#include <gnutls/x509.h>
#include <stdbool.h>

#include "base/outcome.h"
#include "cert/person.h"

/* Every name in it must be the person's, and at least one be there that nobody else has: the SID
 * ([MS-WCCE] 2.2.2.7.7.4, or as a URI), the UPN, the mail address, or the whole DN.
 * certificate-other-person; certificate-unfit: malformed. */
enum outcome names_check(gnutls_x509_crt_t certificate, const struct cert_person *person,
                         struct why *why);

/* Does it name somebody else? By what is known of the person. */
bool names_differ(gnutls_x509_crt_t certificate, const struct cert_person *person);

/* What it calls the person where a login name is asked for: the UPN, or the mail address, or the
 * common name. certificate-unfit: none. */
enum outcome names_login(gnutls_x509_crt_t certificate, char login[CERT_NAME_MOST + 1],
                         struct why *why);

#endif
