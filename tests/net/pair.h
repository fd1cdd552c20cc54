/* SPDX-License-Identifier: MIT
 *
 * Certificates for tests, good and bad, made when they are needed.
 */
#ifndef TESTS_NET_PAIR_H
#define TESTS_NET_PAIR_H

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* A key and its certificate. */
struct pair {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
    const struct pair *issuer; /* NULL: itself */
};

struct pair_request {
    const char *host;    /* "ca" is an authority */
    const char *address; /* IPv4 that it is for, too */
    int begin, end;      /* days from now; both 0: from yesterday until tomorrow */
    const struct pair *issuer;
    unsigned rsa_bits;                /* 0: an elliptic curve */
    const char *use;                  /* GNUTLS_KP_..., NULL: any */
    const char *only;                 /* an authority for this domain alone */
    gnutls_digest_algorithm_t digest; /* 0: SHA-256 */
    int nameless;                     /* the host is in the subject alone */
};

void pair_make(const struct pair_request *request, struct pair *pair);
void pair_free(struct pair *pair);

/* Writes the certificate, as PEM, to this file. */
void pair_write(const struct pair *pair, const char *file);

#endif
