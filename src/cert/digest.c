/* SPDX-License-Identifier: MIT */
#include "cert/digest.h"

#include <gnutls/crypto.h>
#include <stdio.h>

enum { HASH = (DIGEST_TEXT - 1) / 2 };

enum outcome digest_text(const void *bytes, size_t length, char text[DIGEST_TEXT], struct why *why)
{
    unsigned char hash[HASH];

    if (gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes, length, hash))
        return fail(why, REASON_BROKEN, "GnuTLS does not hash");
    for (size_t i = 0; i < HASH; i++)
        (void)sprintf(text + 2 * i, "%02x", hash[i]);
    return OUTCOME_OK;
}
