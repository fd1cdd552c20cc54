/* SPDX-License-Identifier: MIT
 *
 * libldap and libsasl want this host's full name, for what we do not use, and look it up in the DNS
 * on each start and each bind: round trips for nothing, and many seconds where a name server is
 * silent. So the worker brings a gethostname of its own (src/meson.build exports it to the
 * libraries): an address, which has a dot for libsasl and needs no look-up for libldap.
 */
#include <stdio.h>
#include <unistd.h>

int gethostname(char *name, size_t size)
{
    (void)snprintf(name, size, "127.0.0.1");
    return 0;
}
