/* SPDX-License-Identifier: MIT
 *
 * What an EST server wants to find in a request (RFC 7030 4.5.2, RFC 8951 3.2: CsrAttrs).
 */
#ifndef CERT_CSRATTRS_H
#define CERT_CSRATTRS_H

#include <stddef.h>

#include "cert/key.h"

/* Will a request for a key of this kind do, as csr_make signs it? What is not known here is passed
 * over, as it must be. bad-answer: it is no CsrAttrs; bad-setting: the key is of another kind, or
 * signs in another way; refused: the request would have to be bound to the TLS session. */
enum outcome csrattrs_check(const void *der, size_t length, enum cert_key kind, struct why *why);

#endif
