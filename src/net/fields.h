/* SPDX-License-Identifier: MIT
 *
 * Names and values of a web request: of its query, form and headers. A value may be a secret, so
 * whatever is made of them is one.
 */
#ifndef NET_FIELDS_H
#define NET_FIELDS_H

#include "base/outcome.h"
#include "base/secret.h"

/* The value is the text and then the secret; either may be NULL: { "Authorization", "Bearer ",
 * token }. A list ends with a NULL name. */
struct field {
    const char *name, *text;
    const struct secret *secret;
};

/* Behind the prefix, as application/x-www-form-urlencoded: "name=value&name=value", all but the
 * unreserved characters of RFC 3986 2.3 as %XX, which every decoder of forms understands. NULL
 * without memory. */
struct secret *fields_encode(const char *prefix, const struct field *fields);

/* Appends one value so; there must be room for three bytes of each. */
void fields_append(struct secret *to, const char *bytes, size_t length);

/* "Name: value", each with its NUL, one behind the other. BAD_ANSWER if a value holds a line break
 * or another control character: it would begin a header of its own. */
enum outcome fields_lines(const struct field *fields, struct secret **lines, struct why *why);

#endif
