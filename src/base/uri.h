/* SPDX-License-Identifier: MIT
 *
 * What the query of a URI says, which anybody may have written (RFC 3986, and the forms of HTML).
 */
#ifndef BASE_URI_H
#define BASE_URI_H

#include <stdbool.h>
#include <stddef.h>

/* The parameter of that name, decoded. False, and value "", if it is absent, there twice,
 * malformed, no clean text, or has no room. */
bool uri_parameter(const char *uri, const char *name, char *value, size_t size);

/* Whether one of that name is there at all, also one that uri_parameter does not give. */
bool uri_names(const char *uri, const char *name);

#endif
