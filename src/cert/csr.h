/* SPDX-License-Identifier: MIT
 *
 * Asks for a certificate: PKCS#10 (RFC 2986), signed in the token.
 */
#ifndef CERT_CSR_H
#define CERT_CSR_H

#include <gnutls/x509.h>

#include "base/text.h"
#include "cert/key.h"
#include "cert/person.h"

/* For the key of that id: the person's DN as the subject, UPN and mail as alternative names; by
 * SHA-256, for P-384 SHA-384. PEM; the caller's. bad-answer: the directory's names are unfit;
 * no-key, token-failed. */
enum outcome csr_make(const struct token *token, const struct key_id *id,
                      const struct cert_person *person, struct text **pem, struct why *why);

/* The same with the subject and the alternative names of this certificate, to the letter: what
 * renews it by RFC 7030 4.2.2. */
enum outcome csr_renew(const struct token *token, const struct key_id *id,
                       gnutls_x509_crt_t certificate, struct text **pem, struct why *why);

#endif
