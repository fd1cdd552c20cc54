/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: how much work does a KDC's reply want of us before the password is a key?
 * libkrb5 does up to 2^24 rounds of PBKDF2, which is half a minute. With few rounds, who stands in
 * for a KDC and gets a proof would guess the password from it as fast as it likes.
 */
#ifndef KERBEROS_ROUNDS_H
#define KERBEROS_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>

/* 4096 and 32768 are usual (RFC 3962, RFC 8009); a million take a second. */
enum { ROUNDS_LEAST = 4096, ROUNDS_MOST = 1000000 };

/* True for a KRB-ERROR or AS-REP (RFC 4120 5.9.1, 5.4.2) with an ETYPE-INFO2 (5.2.7.5) that wants
 * fewer or more rounds for any of its types. */
bool rounds_unfit(const unsigned char *reply, size_t length);

#endif
