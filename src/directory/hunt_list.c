/* SPDX-License-Identifier: MIT
 *
 * The list of servers of a hunt: who is on it, and who may not be.
 */
#include <strings.h>

#include "directory/hunt.h"

void hunt_add_nameless(struct hunt *hunt, const struct dns_server *server)
{
    if (hunt->server_count < HUNT_SERVERS)
        hunt->servers[hunt->server_count++] =
            (struct hunted){ .server = *server, .nameless = true };
}

bool hunt_is_known(const struct hunt *hunt, const char *host)
{
    for (size_t i = 0; i < hunt->server_count; i++)
        if (!hunt->servers[i].nameless && !strcasecmp(hunt->servers[i].server.host, host))
            return true;
    return false;
}

static bool is_listed(const char *const *list, const char *host)
{
    for (; list && *list; list++)
        if (!strcasecmp(*list, host))
            return true;
    return false;
}

bool hunt_is_denied(const struct hunt *hunt, const union dns_address *address)
{
    char text[DNS_ADDRESS_TEXT];

    dns_host_text(address, text);
    return is_listed(hunt->request->denied, text);
}

bool hunt_is_unwanted(const struct hunt *hunt, const char *host)
{
    return is_listed(hunt->request->denied, host) || is_listed(hunt->request->dead, host);
}

bool hunt_is_static(const struct hunt *hunt)
{
    return hunt->request->servers && *hunt->request->servers;
}

bool hunt_is_own(const struct hunt *hunt, const char *host)
{
    for (size_t i = 0; i < hunt->server_count; i++)
        if (hunt->servers[i].own_site && !strcasecmp(hunt->servers[i].server.host, host))
            return true;
    return false;
}

void hunt_add(struct hunt *hunt, const struct dns_server *server, bool own_site)
{
    for (size_t i = 0; i < hunt->server_count; i++)
        if (!strcasecmp(hunt->servers[i].server.host, server->host)) {
            hunt->servers[i].own_site |= own_site;
            return;
        }
    if (hunt->server_count < HUNT_SERVERS && !hunt_is_unwanted(hunt, server->host))
        hunt->servers[hunt->server_count++] =
            (struct hunted){ .server = *server, .own_site = own_site };
}
