/* SPDX-License-Identifier: MIT
 *
 * Databases of NSS, where browsers have certificates: which libraries of PKCS#11 such a folder's
 * pkcs11.txt has loaded, and where the profiles of Mozilla's programs are. The databases themselves
 * are never opened.
 */
#ifndef CERT_NSS_H
#define CERT_NSS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/outcome.h"
#include "base/text.h"

#define NSS_FILE "pkcs11.txt"
enum { PROFILES_MOST = 32, PROFILE_FOLDER = 512 };

/* What the file says; "" where there is none. browser-file: it makes no sense, and is better left
 * alone. */
enum outcome nss_read(int folder, struct text **text, struct why *why);

/* Whether a library of this file name is among them, wherever it is. */
bool nss_has(const struct text *text, const char *library);

/* Writes the file anew: what it was, and this library. */
enum outcome nss_add(int folder, const struct text *text, const char *library, const char *name,
                     struct why *why);

/* As profiles.ini has them: the name of a folder beside it, or a path to somewhere else. */
struct profiles {
    char path[PROFILES_MOST][PROFILE_FOLDER];
    size_t count;
};

/* browser-file */
enum outcome profiles_read(int folder, struct profiles *profiles, struct why *why);

#endif
