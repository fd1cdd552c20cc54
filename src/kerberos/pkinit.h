/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: a certificate instead of a password, by libkrb5's plugin (RFC 4556).
 */
#ifndef KERBEROS_PKINIT_H
#define KERBEROS_PKINIT_H

#include <krb5.h>

#include "kerberos/tickets.h"

/* What libkrb5 is told and asks for; lives as long as the options. */
struct pkinit {
    struct ticket_card *card;
    struct why why; /* why there is no PIN, while libkrb5 has only a code */
};

krb5_error_code pkinit_options(krb5_context context, krb5_get_init_creds_opt *options,
                               struct pkinit *pkinit);

/* There is no PIN: fails as that did. */
enum outcome pkinit_fail(const struct pkinit *pkinit, struct why *why);

#endif
