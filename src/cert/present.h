/* SPDX-License-Identifier: MIT
 *
 * A kept certificate as the proof for a web server: TLS takes it, and the key that stays in its
 * token, by a URL of ours (https_request.certificate).
 */
#ifndef CERT_PRESENT_H
#define CERT_PRESENT_H

#include <gnutls/x509.h>

#include "cert/card.h"
#include "cert/key.h"

/* Gives the URL for the certificate of the key of that id. All is borrowed until present_end, or
 * until another one is presented: there is one at a time. no-key. */
enum outcome present_begin(const struct token *token, const struct key_id *id,
                           gnutls_x509_crt_t certificate, const char **url, struct why *why);

/* The same of one that was in the token before us, which is logged in to. */
enum outcome present_card(const struct token *token, const struct card *card, const char **url,
                          struct why *why);
void present_end(void);

#endif
