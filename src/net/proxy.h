/* SPDX-License-Identifier: MIT
 *
 * The way through a proxy: by the setting, else by the environment, as curl and others read it.
 */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include "base/outcome.h"
#include "net/url.h"

struct proxy {
    const char *url;       /* borrowed; "": none. May hold a password, so it is never shown */
    const char *except;    /* borrowed; hosts that are gone to directly, as no_proxy lists them */
    char shown[URL_SHOWN]; /* the same fit for a message */
};

/* The setting is "", "direct" or "http://host:port". Without one https_proxy or HTTPS_PROXY, and
 * no_proxy or NO_PROXY, are asked. TLS goes through the proxy to the server, which is checked as
 * without one. BAD_SETTING unless it is an http proxy with a port. */
enum outcome proxy_choose(const char *setting, struct proxy *proxy, struct why *why);

#endif
