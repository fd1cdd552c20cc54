/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: does a request to a KDC carry a proof of the password? One that does is an
 * attempt, which the server may count.
 */
#ifndef KERBEROS_PROOF_H
#define KERBEROS_PROOF_H

#include <stdbool.h>
#include <stddef.h>

/* An AS-REQ (RFC 4120 5.4.1) with an encrypted timestamp (5.2.7.2), an encrypted challenge (RFC
 * 6113 5.4.6), a SPAKE response (RFC 9588) or a FAST layer (RFC 6113), inside which nothing is
 * seen. What is no AS-REQ counts as one. */
bool proof_in(const unsigned char *request, size_t length);

#endif
