/* SPDX-License-Identifier: MIT
 *
 * Addresses of web servers, which may come from a server that means no good.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include <stdbool.h>

#include "base/outcome.h"

enum { URL_MOST = 2048, URL_HOST = 256, URL_SHOWN = 300 };

/* Plain data. */
struct url {
    char host[URL_HOST];    /* small letters; an IPv6 address without its brackets */
    unsigned port;          /* 1 to 65535 */
    char origin[URL_SHOWN]; /* "https://host:port", the port only if it is not 443 */
};

/* BAD_ANSWER unless it is https, with a host that is a name or an address as it is written, at most
 * URL_MOST printable ASCII characters of RFC 3986, no user, no port 0, no fragment. Of a setting
 * the caller says so by fail_as. */
enum outcome web_url_check(const char *url, struct url *parts, struct why *why);

/* Same scheme, host and port (RFC 6454); both must have passed web_url_check. */
bool url_same_origin(const char *one, const char *other);

/* Any URL at all, fit for a message: cleaned, cut, and without user, query and fragment, which may
 * hold secrets. */
void url_show(const char *url, char shown[URL_SHOWN]);

#endif
