/* SPDX-License-Identifier: MIT
 *
 * doctor on the way to the domain: its name, its records in the DNS, what krb5.conf says of it.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kerberos/inspect.h"
#include "work/doctor.h"

enum { DNS_MS = 5000 };

static bool take_domain(struct doctor *doctor, const char *domain)
{
    size_t i = 0;

    if (!domain || !name_is_domain(domain))
        return false;
    (void)snprintf(doctor->domain, sizeof doctor->domain, "%s", domain);
    for (; doctor->domain[i]; i++)
        doctor->realm[i] = (char)toupper((unsigned char)doctor->domain[i]);
    doctor->realm[i] = '\0';
    return true;
}

/* Does the DNS list domain controllers of it? */
static bool has_records(struct doctor *doctor, const char *domain)
{
    struct dns_servers servers;
    char name[DNS_NAME + 32];
    struct why why;

    (void)snprintf(name, sizeof name, "_ldap._tcp.dc._msdcs.%s", domain);
    return !dns_srv(name, doctor_share(doctor, DNS_MS), doctor->errand->asker, &servers, &why);
}

/* The first name of the network that is a domain, as a sign-in would find it. */
static bool take_from_network(struct doctor *doctor)
{
    struct dns_candidates candidates = { 0 };
    struct why why;

    if (dns_search_domains(&candidates, &why))
        return false;
    for (size_t i = 0; i < candidates.count; i++)
        if (name_is_domain(candidates.domain[i]) && has_records(doctor, candidates.domain[i]))
            return take_domain(doctor, candidates.domain[i]);
    return false;
}

/* Says where the name comes from, as login.c looks for it; NULL if there is none. */
static const char *choose(struct doctor *doctor, char origin[600])
{
    const struct errand *errand = doctor->errand;
    const char *user = conf_text(errand->conf, errand->identity, SETTING_USER);

    if (take_domain(doctor, errand_text(errand, SLOT_LOGIN)))
        return "as asked for";
    if (take_domain(doctor, conf_text(errand->conf, errand->identity, SETTING_DOMAIN))) {
        (void)snprintf(origin, 600, "set in %s",
                       conf_origin(errand->conf, errand->identity, SETTING_DOMAIN));
        return origin;
    }
    if (take_domain(doctor, errand_text(errand, SLOT_DOMAIN)))
        return "of the last sign-in";
    if (strchr(user, '@') && take_domain(doctor, strchr(user, '@') + 1))
        return "from the setting user";
    return take_from_network(doctor) ? "named by this network, to be confirmed at the sign-in"
                                     : NULL;
}

static bool find_domain(struct doctor *doctor)
{
    const char *asked = errand_text(doctor->errand, SLOT_LOGIN), *from = NULL;
    char origin[600];
    struct why why;

    if (asked && !name_is_domain(asked))
        (void)fail(&why, REASON_BAD_NAME, "\"%s\" is not a domain's name", asked);
    else if (!(from = choose(doctor, origin)))
        (void)fail(&why, REASON_NO_DOMAIN,
                   "none was asked for, set or used before, and this network names none");
    if (from)
        doctor_good(doctor, "domain", "", "%s, %s", doctor->domain, from);
    else
        doctor_fault(doctor, true, "domain", "", &why,
                     asked ? "Write the DNS name of the company's domain: corp.example" : NULL);
    return from;
}

static bool is_listed(const char *const *list, const char *host)
{
    while (*list && strcasecmp(*list, host) != 0)
        list++;
    return *list;
}

static bool is_known(const struct doctor *doctor, const char *host)
{
    for (size_t i = 0; i < doctor->count; i++)
        if (!strcasecmp(doctor->dcs[i].host, host))
            return true;
    return false;
}

/* Those of the own site stand first; the rest in the order of the DNS. */
static void take_servers(struct doctor *doctor, const struct dns_servers *servers)
{
    const struct errand *errand = doctor->errand;
    const char *denied[ERRAND_HOSTS + 1];
    char *text = errand_list(errand, SETTING_DENIED_SERVERS, denied, ERRAND_HOSTS);

    for (size_t i = 0; text && i < servers->count && doctor->count < DOCTOR_DCS; i++) {
        const struct dns_server *server = &servers->server[i];
        struct patient *dc = &doctor->dcs[doctor->count];
        if (is_known(doctor, server->host))
            continue;
        if (is_listed(denied, server->host)) {
            doctor_skip(doctor, "dc", server->host, "denied in %s",
                        conf_origin(errand->conf, errand->identity, SETTING_DENIED_SERVERS));
            continue;
        }
        memcpy(dc->host, server->host, sizeof dc->host);
        if ((dc->has_address = server->addresses > 0))
            dc->address = server->address[0];
        memcpy(dc->dc.host, server->host, sizeof dc->dc.host);
        (void)snprintf(dc->dc.domain, sizeof dc->dc.domain, "%s", doctor->domain);
        dc->dc.address = dc->address;
        doctor->count++;
    }
    free(text);
}

/* The site by setting, or where the domain was last found. */
static const char *known_site(const struct doctor *doctor)
{
    const struct errand *errand = doctor->errand;
    const char *set = conf_text(errand->conf, errand->identity, SETTING_SITE);
    const char *site = *set ? set : errand_text(errand, SLOT_SITE);
    const char *domain = *set ? doctor->domain : errand_text(errand, SLOT_DOMAIN);

    return site && dns_is_name(site) && domain && !strcasecmp(domain, doctor->domain) ? site : NULL;
}

/* The lists of the site and of the domain, with addresses. */
static enum outcome ask_dns(struct doctor *doctor, struct dns_list lists[2], struct why *why)
{
    struct asker *asker = doctor->errand->asker;
    const char *site = known_site(doctor);
    char names[2][DNS_NAME + 96] = { "", "" };
    struct dns_server domain = { 0 };

    if (site)
        (void)snprintf(names[0], sizeof names[0], "_ldap._tcp.%.63s._sites.dc._msdcs.%s", site,
                       doctor->domain);
    (void)snprintf(names[1], sizeof names[1], "_ldap._tcp.dc._msdcs.%s", doctor->domain);
    lists[0].name = names[0];
    lists[1].name = names[1];
    (void)snprintf(domain.host, sizeof domain.host, "%s", doctor->domain);
    enum outcome out = dns_lists(lists, 2, &domain, doctor_share(doctor, DNS_MS), asker, why);
    for (size_t i = 0; !out && i < 2; i++)
        if (!lists[i].outcome)
            out = dns_fill(&lists[i].servers, doctor_share(doctor, DNS_MS), asker, why);
    lists[0].name = lists[1].name = "";
    return out;
}

static void tell_dns(struct doctor *doctor, const struct dns_list *list)
{
    static const char remedy[] = "Check the name. If it is right, this computer must ask the "
                                 "company's name servers (/etc/resolv.conf): start the VPN, or ask "
                                 "the administrator.";
    size_t count = list->servers.count;

    if (list->outcome)
        doctor_fault(doctor, true, "dns", "", &list->why,
                     list->why.reason == REASON_NO_DOMAIN ? remedy : NULL);
    else
        doctor_good(doctor, "dns", "", "the name servers answer and list %zu domain controller%s%s",
                    count, count == 1 ? "" : "s",
                    count > DOCTOR_DCS ? "; the first ones are looked at" : "");
}

static enum outcome find_servers(struct doctor *doctor, struct why *why)
{
    struct dns_list lists[2] = { 0 };
    enum outcome out = ask_dns(doctor, lists, why);

    if (out == OUTCOME_CANCELLED)
        return out;
    if (out) {
        lists[1].outcome = out;
        lists[1].why = *why;
    }
    tell_dns(doctor, &lists[1]);
    for (size_t i = 0; i < 2; i++)
        if (!lists[i].outcome)
            take_servers(doctor, &lists[i].servers);
    return OUTCOME_OK;
}

/* Names or addresses by setting; the DNS is asked for the addresses alone. */
static bool take_set_servers(struct doctor *doctor)
{
    const struct errand *errand = doctor->errand;
    const char *words[DOCTOR_DCS + 1];
    char *text = errand_list(errand, SETTING_SERVERS, words, DOCTOR_DCS);
    struct dns_servers servers = { 0 };
    struct why why;

    for (const char **word = words; text && *word; word++) {
        struct dns_server *server = &servers.server[servers.count++];
        (void)snprintf(server->host, sizeof server->host, "%s", *word);
        server->port = 389;
        (void)dns_resolve(server, &why);
    }
    free(text);
    take_servers(doctor, &servers);
    if (servers.count)
        doctor_good(doctor, "dns", "", "not asked for the list: %zu set in %s", servers.count,
                    conf_origin(errand->conf, errand->identity, SETTING_SERVERS));
    return servers.count;
}

static void check_krb5(struct doctor *doctor)
{
    static const char check[] = "kerberos-settings";
    char addresses[DOCTOR_DCS][DNS_ADDRESS_TEXT];
    const char *servers[DOCTOR_DCS * 2 + 1] = { 0 };
    text_auto *odd = text_new(600);
    size_t count = 0;
    struct why why = doctor->errand->bad_kerberos;

    for (size_t i = 0; i < doctor->count; i++) {
        servers[count++] = doctor->dcs[i].host;
        if (!doctor->dcs[i].has_address)
            continue;
        dns_address_text(&doctor->dcs[i].address, addresses[i]);
        *strrchr(addresses[i], ':') = '\0'; /* the port is LDAP's */
        char *close = strchr(addresses[i], ']');
        if (close)
            *close = '\0';
        servers[count++] = addresses[i] + (close != NULL);
    }
    if (why.reason || !odd || inspect_settings(doctor->realm, servers, odd, &why)) {
        doctor_fault(doctor, true, check, "", &why, NULL);
    } else if (text_length(odd)) {
        (void)fail(&why, REASON_KERBEROS_SETTINGS, "%s: %s", inspect_files(), text_peek(odd));
        doctor_fault(doctor, false, check, "", &why,
                     "Chatelaine works all the same; other programs (kinit) may go astray. Correct "
                     "the file if this is the only realm of this computer.");
    } else {
        doctor_good(doctor, check, "", "%s %s%s", inspect_files(),
                    *doctor->realm ? "says nothing against realm " : "can be used", doctor->realm);
    }
}

enum outcome doctor_domain(struct doctor *doctor, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    asker_step(doctor->errand->asker, "Looking for the domain");
    if (!find_domain(doctor))
        doctor_skip(doctor, "dns", "", "no domain to ask for");
    else if (!take_set_servers(doctor))
        out = find_servers(doctor, why);
    if (!out)
        check_krb5(doctor);
    return out;
}
