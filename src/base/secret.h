/* SPDX-License-Identifier: MIT
 *
 * The type of every secret: bytes in pages of their own, locked against swapping where the
 * limit allows, left out of core dumps, emptied in forked children, overwritten before release.
 * Opaque, so that it cannot be printed or copied by mistake.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

struct secret;

/* Room for capacity bytes (at most 16 MiB) and a closing NUL. NULL without memory. */
struct secret *secret_new(size_t capacity);

/* Overwrites and releases; takes NULL. */
void secret_free(struct secret **secret);
#define secret_auto __attribute__((cleanup(secret_free))) struct secret

/* A new one with the same bytes; NULL without memory. */
struct secret *secret_copy(const struct secret *secret);

/* Appends; false, and nothing changed, when it does not fit. */
bool secret_append(struct secret *secret, const void *bytes, size_t length);

/* Keeps the first length bytes and overwrites the rest. */
void secret_cut(struct secret *secret, size_t length);

/* Have both the same bytes? NULL is like no other. How long it takes tells of lengths alone. */
bool secret_same(const struct secret *one, const struct secret *other);

size_t secret_length(const struct secret *secret);
size_t secret_room(const struct secret *secret);    /* how many more bytes fit */
bool secret_is_locked(const struct secret *secret); /* false: the pages may be swapped out */

/* The bytes, followed by a NUL, until the next call on this secret. Belongs only in the argument
 * list of the library call that needs it; each use is a line of tests/style/peeks. */
const char *secret_peek(const struct secret *secret);

/* Where read(2) may write up to secret_room bytes, which secret_grow then makes part of it. */
void *secret_space(struct secret *secret);
void secret_grow(struct secret *secret, size_t length);

#endif
