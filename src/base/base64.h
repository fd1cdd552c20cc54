/* SPDX-License-Identifier: MIT
 *
 * base64url without padding (RFC 4648 section 5, RFC 7515 section 2): what tokens and keys are
 * written in; and plain base64 (section 4), of headers of HTTP and, in lines, of certificates.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* Room for the text of so many bytes and its NUL, and for the bytes of so long a text. */
#define BASE64URL_TEXT(bytes) (((bytes)*4 + 2) / 3 + 1)
#define BASE64URL_BYTES(text) ((text)*3 / 4)

/* Into text, which has room for it. */
void base64url_encode(const void *bytes, size_t length, char *text);

/* Into bytes, which has room for it; size says how many. False unless the text is exactly what
 * base64url_encode writes: no padding, blank or line break, and no bits left over that are set. */
bool base64url_decode(const char *text, size_t length, void *bytes, size_t *size);

/* With padding, into text, which has room for BASE64_TEXT. */
#define BASE64_TEXT(bytes) (((bytes) + 2) / 3 * 4 + 1)
void base64_encode(const void *bytes, size_t length, char *text);

/* Its other way, broken into lines anywhere (RFC 7468 section 3). False for
 * any other character. */
bool base64_decode(const char *text, size_t length, void *bytes, size_t *size);

#endif
