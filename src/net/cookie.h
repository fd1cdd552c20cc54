/* SPDX-License-Identifier: MIT
 *
 * A cookie that a server sets (RFC 6265 section 4.1), for whoever shows it to the same server.
 */
#ifndef NET_COOKIE_H
#define NET_COOKIE_H

#include <stddef.h>

enum { COOKIE_MOST = 4096 };

/* Where the value of that cookie is in a Set-Cookie from this host, and its length. NULL if the
 * line is about another one, is not Secure, is for another host or a whole domain, or has a value
 * that is empty, longer than COOKIE_MOST, or not of a cookie's characters. */
const char *cookie_find(const char *line, const char *name, const char *host, size_t *length);

#endif
