/* SPDX-License-Identifier: MIT
 *
 * Within cert: which libraries p11-kit knows (pkcs11.conf(5)), without asking p11-kit.
 */
#ifndef CERT_REGISTERED_H
#define CERT_REGISTERED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/outcome.h"

/* The value of NAME: VALUE or NAME = VALUE, by the mark; the last one. False if there is none, or
 * it has no room. What is behind a # is no part of it. */
bool registered_value(const char *text, const char *name, char mark, char *value, size_t size);

/* The whole path of the library that this file of p11-kit's registers; "": none. Fails if the file
 * is not root's. */
enum outcome registered_library(const char *file, char *path, size_t size, struct why *why);

#endif
