/* SPDX-License-Identifier: MIT
 *
 * Text with a bound that it is born with, and the check that foreign text is fit to be shown.
 * No secrets here: those are struct secret.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text;

/* Grows as needed, to at most limit bytes. NULL without memory. */
struct text *text_new(size_t limit);
void text_free(struct text **text);
#define text_auto __attribute__((cleanup(text_free))) struct text

/* Append. What does not fit, or has no memory, is noted and answered by text_ok. */
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *text, const void *bytes, size_t length);

bool text_ok(const struct text *text);
size_t text_length(const struct text *text);
const char *text_peek(const struct text *text); /* "" at least; until the next append */

/* True for valid UTF-8 (RFC 3629) without control characters (C0, DEL, C1), line and paragraph
 * separators or characters that turn the writing direction. */
bool text_is_clean(const char *bytes, size_t length);

/* Makes it so in place: each byte that offends becomes '?'. */
void text_clean(char *string);

#endif
