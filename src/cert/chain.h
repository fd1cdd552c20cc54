/* SPDX-License-Identifier: MIT
 *
 * Certificates out of whatever a CA sends: one, several, or a bundle of PKCS#7 (RFC 2315), as DER
 * or as PEM, whose label is not believed: certsrv writes CERTIFICATE around PKCS#7.
 */
#ifndef CERT_CHAIN_H
#define CERT_CHAIN_H

#include <gnutls/x509.h>
#include <stdbool.h>

#include "base/outcome.h"
#include "base/text.h"

enum { CHAIN_MOST = 16, CHAIN_BYTES_MOST = 256 << 10 };

struct chain {
    gnutls_x509_crt_t all[CHAIN_MOST];
    unsigned count;
};

/* To be called before all else of cert where GnuTLS does not begin by itself. */
enum outcome chain_library(struct why *why);

/* bad-answer: no certificate, more than CHAIN_MOST, more bytes than CHAIN_BYTES_MOST, or one that
 * is malformed; then there is none at all. */
enum outcome chain_read(const void *bytes, size_t length, struct chain *chain, struct why *why);

void chain_free(struct chain *chain);
#define chain_auto __attribute__((cleanup(chain_free))) struct chain

/* As PEM, which chain_read reads; the caller's. */
enum outcome chain_write(const struct chain *chain, struct text **pem, struct why *why);

/* Adds one of its own, of the same bytes. */
enum outcome chain_add(struct chain *chain, gnutls_x509_crt_t certificate, struct why *why);

#endif
