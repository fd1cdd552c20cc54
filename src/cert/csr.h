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
#include "cert/template.h"

/* For the key of that id: the person's DN as the subject, UPN and mail as alternative names; by
 * SHA-256, for P-384 SHA-384. It names the template, unless that is NULL. PEM; the caller's.
 * bad-answer: the directory's names are unfit; no-key, token-failed; as template_extension. */
enum outcome csr_make(const struct token *token, const struct key_id *id,
                      const struct cert_person *person, const struct cert_template *template,
                      struct text **pem, struct why *why);

/* The same with the subject and the alternative names of this certificate, to the letter: what
 * renews it by RFC 7030 4.2.2. */
enum outcome csr_renew(const struct token *token, const struct key_id *id,
                       gnutls_x509_crt_t certificate, struct text **pem, struct why *why);

/* A renewal as AD CS takes it ([MS-WCCE] 2.2.2.6.2): a request for the key of that id that names
 * the template, unless that is NULL, and has the old certificate in it, within PKCS#7 that the old
 * key signs, in whatever token. PEM, too. token-failed: also if it is not the certificate's. */
struct csr_renewal {
    struct key_id key;
    const char *old;               /* its key: URL of present_begin or present_card */
    gnutls_x509_crt_t certificate; /* of the old one */
    const struct cert_template *template;
};
enum outcome csr_renew_signed(const struct token *token, const struct csr_renewal *renewal,
                              struct text **pem, struct why *why);

#endif
