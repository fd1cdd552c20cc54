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

/* The same by a key of RSA of so many bits, 0 for P-256; with so many authorities below it at most,
 * -1 for any number, and for mail addresses of this domain alone, unless that is NULL. */
struct ca ca_make_as(const char *name, const struct ca *above, unsigned rsa_bits, int below,
                     const char *mail_domain);

/* What stands in the certificate; NULL and 0: nothing of it. */
struct ca_wish {
    const char *dn, *upn, *mail, *sid, *uri, *host;
    int begin, end;      /* days from now; both 0: from yesterday for a year */
    int usage;           /* 0: for signatures */
    const char *purpose; /* OID; NULL: nothing is said */
    bool is_authority, is_weak;
    size_t upn_size;  /* 0: that of the string */
    bool is_odd_upn;  /* not as UTF-8 in DER, but its bare bytes */
    bool is_sid_more; /* something stands behind it */
};

gnutls_x509_crt_t ca_issue(const struct ca *ca, gnutls_pubkey_t key, const struct ca_wish *wish);

/* The DER of these, as one bundle of PKCS#7. */
gnutls_datum_t ca_bundle(const gnutls_x509_crt_t *all, unsigned count);

#endif
