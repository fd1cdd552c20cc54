/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: how much work does a KDC's reply want of us before the password is a key?
 * libkrb5 does up to 2^24 rounds of PBKDF2, which is half a minute.
 */
#ifndef KERBEROS_ROUNDS_H
#define KERBEROS_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>

enum { ROUNDS_MOST = 1000000 }; /* 4096 and 32768 are usual (RFC 3962, RFC 8009): a second */

/* True for a KRB-ERROR or AS-REP (RFC 4120 5.9.1, 5.4.2) with an ETYPE-INFO2 (5.2.7.5) that wants
 * more rounds for any of its types. */
bool rounds_too_many(const unsigned char *reply, size_t length);

#endif
