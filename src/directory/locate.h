/* SPDX-License-Identifier: MIT
 *
 * Finds a live domain controller, of the own site if there is one: SRV records, then CLDAP pings to
 * several at once. A DC that is silent or lies costs its share of the one budget, no more.
 */
#ifndef DIRECTORY_LOCATE_H
#define DIRECTORY_LOCATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/asker.h"
#include "base/outcome.h"
#include "directory/dns.h"

enum { DC_SITE = 64 };

/* All borrowed for the call; lists end with NULL and may be NULL. */
struct locate_request {
    const char *domain;         /* DNS name */
    const char *site;           /* forced or remembered; its DCs are asked first; may be NULL */
    bool site_forced;           /* by setting: what a DC says of our site is not followed */
    const char *const *servers; /* by setting: names or addresses, instead of SRV records */
    const char *const *denied;  /* by setting: names or addresses that are never asked */
    const char *const *dead;    /* host names that failed before in this run */
    int budget_ms;
};

/* Plain data. Nothing of it is proved before server_open gave OK. Absent names are "". */
struct dc {
    char host[DNS_NAME];       /* as the DC calls itself: the name in its service principal */
    union dns_address address; /* port 389, or that of the SRV record */
    char domain[DNS_NAME], forest[DNS_NAME], netbios[DC_SITE];
    char dc_site[DC_SITE], client_site[DC_SITE], next_site[DC_SITE];
    bool closest;  /* it says that it is in the client's site */
    bool writable; /* false: a read-only DC, which takes no password change */
    int took_ms;   /* its answer took so long */
};

/* NO_DNS, NO_DOMAIN (also if all that were asked say so), NO_DC (the text names who was asked and
 * how each failed), BAD_NAME for a domain that is no DNS name, BAD_SETTING for a site that is none,
 * CANCELLED. */
enum outcome locate_dc(const struct locate_request *request, struct asker *asker, struct dc *dc,
                       struct why *why);

#endif
