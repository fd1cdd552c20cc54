/* SPDX-License-Identifier: MIT
 *
 * Within cert: a spare of the file by which SoftHSM knows a token.
 *
 * SoftHSM 2.6 empties that file and writes it anew at each login, of any program. Whoever is killed
 * between leaves it empty, and with it the token and all its keys would be gone.
 */
#ifndef CERT_SPARE_H
#define CERT_SPARE_H

#include "cert/softhsm.h"

enum { SPARE_SERIAL = 16 };

/* Keeps the file of the token with this serial number beside it, as it is now. */
enum outcome spare_keep(const struct softhsm *softhsm, const unsigned char serial[SPARE_SERIAL],
                        struct why *why);

/* Gives each token that lost its file the spare, if there is one. */
enum outcome spare_mend(const struct softhsm *softhsm, struct why *why);

/* Deletes the token with this serial number, if it holds nothing at all: no key, no certificate. */
enum outcome spare_drop(const struct softhsm *softhsm, const unsigned char serial[SPARE_SERIAL],
                        struct why *why);

#endif
