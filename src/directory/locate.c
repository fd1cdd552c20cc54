/* SPDX-License-Identifier: MIT */
#include "directory/locate.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "directory/hunt.h"

enum { LDAP_PORT_NUMBER = 389 };

/* The name of the list for the site, or for the domain with site NULL; "" if it is too long. */
static void list_name(const struct hunt *hunt, const char *site, char name[DNS_NAME])
{
    const char *domain = hunt->request->domain;
    int n = site ? snprintf(name, DNS_NAME, "_ldap._tcp.%s._sites.dc._msdcs.%s", site, domain)
                 : snprintf(name, DNS_NAME, "_ldap._tcp.dc._msdcs.%s", domain);

    if (n < 0 || n >= DNS_NAME)
        *name = '\0';
}

static void add_list(struct hunt *hunt, const struct dns_servers *servers, bool own_site)
{
    for (size_t i = 0; i < servers->count; i++)
        hunt_add(hunt, &servers->server[i], own_site);
}

static void add_from_setting(struct hunt *hunt)
{
    for (const char *const *host = hunt->request->servers; *host; host++) {
        struct dns_server server = { .port = LDAP_PORT_NUMBER };
        (void)snprintf(server.host, sizeof server.host, "%s", *host);
        hunt_add(hunt, &server, false);
    }
}

/* Makes the site the wanted one. A look-up for a site may fail in any way but by a cancel: then
 * there is still the domain. */
static enum outcome add_site(struct hunt *hunt, const char *site, struct why *why)
{
    struct dns_servers servers;
    char name[DNS_NAME];

    if (hunt->site && !strcasecmp(hunt->site, site))
        return OUTCOME_OK;
    for (size_t i = 0; i < hunt->server_count; i++)
        hunt->servers[i].own_site = false;
    hunt->site = site;
    list_name(hunt, site, name);
    enum outcome out = dns_srv(name, hunt_left_ms(hunt), hunt->asker, &servers, why);
    if (!out)
        add_list(hunt, &servers, true);
    return out == OUTCOME_CANCELLED ? out : OUTCOME_OK;
}

/* One is alive but not near: looks for one in the client's site, then in the next one, and takes
 * what it has if there is none. */
static enum outcome improve(struct hunt *hunt, struct dc *dc, struct why *why)
{
    const char *const sites[] = { hunt->best.client_site, hunt->best.next_site };
    enum outcome out = OUTCOME_OK;
    bool found = false;

    hunt->own_only = true;
    hunt->share_ms = 3 * hunt->best.took_ms;
    if (hunt->share_ms < HUNT_SHORT_SHARE_MS)
        hunt->share_ms = HUNT_SHORT_SHARE_MS;
    for (size_t i = 0; !out && !found && i < sizeof sites / sizeof *sites; i++) {
        if (!*sites[i] || !strcasecmp(sites[i], hunt->best.dc_site))
            break;
        asker_step(hunt->asker, "Looking for a domain controller in the site %s", sites[i]);
        out = add_site(hunt, sites[i], why);
        if (!out && hunt_is_own(hunt, hunt->best.host))
            break;
        if (!out)
            out = hunt_run(hunt, &found, dc, why);
    }
    if (!out && !found)
        *dc = hunt->best;
    return out;
}

static enum outcome none(const struct hunt *hunt, struct why *why)
{
    if (!text_length(hunt->failures))
        return fail(why, REASON_NO_DC, "no domain controller of %s %s", hunt->request->domain,
                    hunt->server_count ? "answered in time" : "is left to ask");
    return fail(why, hunt->strangers == hunt->failed ? REASON_NO_DOMAIN : REASON_NO_DC,
                "no domain controller of %s: %s", hunt->request->domain, text_peek(hunt->failures));
}

/* The lists of the site and of the domain, and the addresses of the domain's own name, which are
 * those of its DCs (MS-ADTS 6.3.2.3): with these, the pings need not wait for more look-ups where
 * the SRV records come without addresses. */
static enum outcome ask_dns(struct hunt *hunt, struct dns_list lists[2], struct dns_server *domain,
                            struct why *why)
{
    enum { SITE, DOMAIN };
    char names[2][DNS_NAME] = { "", "" };
    bool has_site = hunt->request->site && *hunt->request->site;

    if (has_site)
        list_name(hunt, hunt->request->site, names[SITE]);
    list_name(hunt, NULL, names[DOMAIN]);
    lists[SITE].name = names[SITE];
    lists[DOMAIN].name = names[DOMAIN];
    (void)snprintf(domain->host, sizeof domain->host, "%s", hunt->request->domain);
    domain->port = LDAP_PORT_NUMBER;
    enum outcome out = dns_lists(lists, 2, domain, hunt_left_ms(hunt), hunt->asker, why);
    if (out)
        return out;
    if (has_site && !lists[SITE].outcome)
        hunt->site = hunt->request->site;
    if (lists[SITE].outcome && lists[DOMAIN].outcome) {
        *why = lists[DOMAIN].why;
        return lists[DOMAIN].outcome;
    }
    return OUTCOME_OK;
}

static enum outcome search_dns(struct hunt *hunt, bool *found, struct dc *dc, struct why *why)
{
    struct dns_list lists[2] = { 0 };
    struct dns_server domain = { 0 };
    enum outcome out = ask_dns(hunt, lists, &domain, why);

    if (out)
        return out;
    add_list(hunt, &lists[0].servers, true);
    if (hunt->request->site_forced && hunt->server_count) {
        hunt->share_ms = HUNT_SHORT_SHARE_MS;
        out = hunt_run(hunt, found, dc, why);
        hunt->share_ms = HUNT_SHARE_MS;
        if (out || *found)
            return out;
    }
    add_list(hunt, &lists[1].servers, false);
    if (hunt->server_count && !hunt->servers[0].server.addresses && domain.addresses &&
        !hunt->request->site_forced)
        hunt_add_nameless(hunt, &domain);
    return hunt_run(hunt, found, dc, why);
}

static enum outcome search(struct hunt *hunt, struct dc *dc, struct why *why)
{
    enum outcome out = OUTCOME_OK;
    bool found = false;

    if (hunt_is_static(hunt)) {
        add_from_setting(hunt);
        out = hunt_run(hunt, &found, dc, why);
    } else {
        out = search_dns(hunt, &found, dc, why);
    }
    if (out || found)
        return out;
    return hunt->have_best ? improve(hunt, dc, why) : none(hunt, why);
}

enum outcome locate_dc(const struct locate_request *request, struct asker *asker, struct dc *dc,
                       struct why *why)
{
    if (!dns_is_name(request->domain))
        return fail(why, REASON_BAD_NAME, "\"%s\" is not the name of a domain", request->domain);
    if (request->site && *request->site &&
        (!dns_is_name(request->site) || strlen(request->site) >= DC_SITE ||
         strchr(request->site, '.')))
        return fail(why, REASON_BAD_SETTING, "\"%s\" is not the name of a site", request->site);
    hunt_auto *hunt = hunt_new(request, asker);
    if (!hunt)
        return fail_memory(why);
    asker_step(asker, "Looking for a domain controller of %s", request->domain);
    return search(hunt, dc, why);
}
