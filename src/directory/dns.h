/* SPDX-License-Identifier: MIT
 *
 * Service records of the DNS (RFC 2782) through libresolv, so that resolv.conf is obeyed.
 */
#ifndef DIRECTORY_DNS_H
#define DIRECTORY_DNS_H

#include <stddef.h>

#include "base/asker.h"
#include "base/outcome.h"
#include "directory/dns_parse.h"

/* Asks for the SRV records of name, in the order of RFC 2782; if they come without addresses, asks
 * for those of the first DNS_AT_ONCE servers, in one more flight. NO_DOMAIN: the name does not
 * exist or has no such records, or its service is not offered (target "."). NO_DNS: no name server
 * answers. BAD_ANSWER. CANCELLED. */
enum outcome dns_srv(const char *name, int budget_ms, struct asker *asker,
                     struct dns_servers *servers, struct why *why);

/* Asks for several such lists and for the addresses of host, all in one flight. Each list has its
 * own outcome; the addresses of the host are there or are not. CANCELLED, NO_DNS (no server set).
 */
struct dns_list {
    const char *name; /* borrowed; "" is not asked */
    enum outcome outcome;
    struct why why;
    struct dns_servers servers;
};

enum outcome dns_lists(struct dns_list *lists, size_t count, struct dns_server *host, int budget_ms,
                       struct asker *asker, struct why *why);

/* Asks for the addresses of those of the first DNS_AT_ONCE servers that have none. CANCELLED. */
enum outcome dns_fill(struct dns_servers *servers, int budget_ms, struct asker *asker,
                      struct why *why);

/* Fills in the addresses of a server that has none, by getaddrinfo. NO_SERVER: it has none. */
enum outcome dns_resolve(struct dns_server *server, struct why *why);

/* Domains that the network or the administrator gave this host: search and domain lines of
 * resolv.conf, and what follows the first dot of the host's own name. No I/O but resolv.conf. */
struct dns_candidates {
    size_t count;
    char domain[DNS_CANDIDATES][DNS_NAME];
};

enum outcome dns_search_domains(struct dns_candidates *candidates, struct why *why);

#endif
