/* SPDX-License-Identifier: MIT
 *
 * A name for bytes: other bytes, another name.
 */
#ifndef CERT_DIGEST_H
#define CERT_DIGEST_H

#include <stddef.h>

#include "base/outcome.h"

enum { DIGEST_TEXT = 65 };

/* SHA-256, as hexadecimal digits. */
enum outcome digest_text(const void *bytes, size_t length, char text[DIGEST_TEXT], struct why *why);

#endif
