/* SPDX-License-Identifier: MIT
 *
 * What any program may put into a token without a PIN.
 */
#ifndef TESTS_CERT_PLANT_H
#define TESTS_CERT_PLANT_H

#include <gnutls/x509.h>
#include <stdbool.h>

#include "cert/object.h"

/* A certificate under that label and a new id, which a public key has, too, or none. */
enum outcome plant(const struct token *token, gnutls_x509_crt_t certificate, const char *label,
                   bool with_key, struct why *why);

#endif
