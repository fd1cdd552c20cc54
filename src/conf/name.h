/* SPDX-License-Identifier: MIT
 *
 * Names that people type and files hold, checked before they are used.
 */
#ifndef CONF_NAME_H
#define CONF_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/outcome.h"

/* In bytes without the NUL: a UPN may have 1024 characters but none in the field comes near; a
 * DNS name has at most 253 (RFC 1035). */
enum { NAME_USER_MOST = 256, NAME_DOMAIN_MOST = 253, NAME_IDENTITY_MOST = 32 };

/* USAGE unless it can be a user's name, with or without @domain: clean text of bounded length, not
 * empty, at most one @ with something on both sides, no space at either end, none of the
 * characters that sAMAccountName forbids (MS-SAMR 3.1.1.6: " / \ [ ] : ; | = , + * ? < >). */
enum outcome name_check_user(const char *name, struct why *why);

/* A DNS name of two labels or more: letters, digits, hyphens (RFC 1123 2.1). */
bool name_is_domain(const char *name);

/* One label of a DNS name: 1 to 63 letters, digits and - _ with no - in front. */
bool name_is_label(const char *value, size_t length);

/* Labels with dots between them, one or more, and no address. */
bool name_is_host(const char *name);

/* Letters, digits and - _ . with no dot in front; it names files. */
bool name_is_identity(const char *name);

#endif
