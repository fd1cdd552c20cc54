/* SPDX-License-Identifier: MIT
 *
 * An authority that issues whatever a test wants.
 */
#ifndef TESTS_CERT_CA_H
#define TESTS_CERT_CA_H

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "cert/chain.h"

struct ca {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
};

/* One with this name, by itself or by another one. */
struct ca ca_make(const char *name, const struct ca *above);
void ca_free(struct ca *ca);

/* What stands in the certificate; NULL and 0: nothing of it. */
struct ca_wish {
    const char *dn, *upn, *mail, *sid, *uri, *host;
    int begin, end; /* days from now; both 0: from yesterday for a year */
    int usage;      /* 0: for signatures */
    bool is_authority, is_weak;
};

gnutls_x509_crt_t ca_issue(const struct ca *ca, gnutls_pubkey_t key, const struct ca_wish *wish);

/* The DER of these, as one bundle of PKCS#7. */
gnutls_datum_t ca_bundle(const gnutls_x509_crt_t *all, unsigned count);

#endif
