/* SPDX-License-Identifier: MIT */
#include "directory/dns_parse.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LABEL_MOST = 63, SRV_HEAD = 6 };

static bool is_label_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

bool dns_is_name(const char *name)
{
    size_t length = 0, label = 0;

    for (; name[length]; length++) {
        bool ends = name[length] == '.';
        if (length >= DNS_NAME - 2 || (ends ? !label : !is_label_byte(name[length])))
            return false;
        label = ends ? 0 : label + 1;
        if (label > LABEL_MOST)
            return false;
    }
    return label > 0;
}

static const char *server_note(const ns_msg *message)
{
    static const char *const words[] = { "no error",     "malformed question", "server failure",
                                         "no such name", "not implemented",    "refused" };
    unsigned code = (unsigned)ns_msg_getflag(*message, ns_f_rcode);

    return code < sizeof words / sizeof *words ? words[code] : "unknown error";
}

/* Takes the record; false if it is malformed. A target "." says that there is no such service. */
static bool take_srv(const ns_msg *message, const ns_rr *record, struct dns_servers *servers)
{
    const unsigned char *data = ns_rr_rdata(*record);
    char target[NS_MAXDNAME];

    if (ns_rr_rdlen(*record) <= SRV_HEAD)
        return false;
    int used = dn_expand(ns_msg_base(*message), ns_msg_end(*message), data + SRV_HEAD, target,
                         sizeof target);
    if (used != ns_rr_rdlen(*record) - SRV_HEAD)
        return false;
    if (!*target)
        return true;
    if (!dns_is_name(target))
        return false;
    if (servers->count == DNS_SERVERS)
        return true;
    struct dns_server *server = &servers->server[servers->count++];
    *server = (struct dns_server){ .priority = (uint16_t)ns_get16(data),
                                   .weight = (uint16_t)ns_get16(data + 2),
                                   .port = (uint16_t)ns_get16(data + 4) };
    memcpy(server->host, target, strlen(target) + 1);
    return true;
}

static bool take_answers(ns_msg *message, const char *name, struct dns_servers *servers)
{
    for (int i = 0; i < ns_msg_count(*message, ns_s_an); i++) {
        ns_rr record;
        if (ns_parserr(message, ns_s_an, i, &record))
            return false;
        /* RFC 2782 has no use for an alias, and a chain of them could loop. */
        if (ns_rr_class(record) != ns_c_in || ns_rr_type(record) == ns_t_cname ||
            ns_rr_type(record) == ns_t_dname)
            return false;
        if (ns_rr_type(record) == ns_t_srv && !strcasecmp(ns_rr_name(record), name) &&
            !take_srv(message, &record, servers))
            return false;
    }
    return true;
}

static void add_address(struct dns_server *server, const ns_rr *record)
{
    if (server->addresses == DNS_ADDRESSES)
        return;
    union dns_address *address = &server->address[server->addresses];
    memset(address, 0, sizeof *address);
    if (ns_rr_type(*record) == ns_t_a && ns_rr_rdlen(*record) == NS_INADDRSZ) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(server->port);
        memcpy(&address->v4.sin_addr, ns_rr_rdata(*record), NS_INADDRSZ);
        server->addresses++;
    } else if (ns_rr_type(*record) == ns_t_aaaa && ns_rr_rdlen(*record) == NS_IN6ADDRSZ) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(server->port);
        memcpy(&address->v6.sin6_addr, ns_rr_rdata(*record), NS_IN6ADDRSZ);
        server->addresses++;
    }
}

/* Addresses that came along; what is malformed among them is left out. */
static void take_addresses(ns_msg *message, struct dns_servers *servers)
{
    for (int i = 0; i < ns_msg_count(*message, ns_s_ar); i++) {
        ns_rr record;
        if (ns_parserr(message, ns_s_ar, i, &record))
            return;
        for (size_t s = 0; s < servers->count; s++)
            if (ns_rr_class(record) == ns_c_in &&
                !strcasecmp(servers->server[s].host, ns_rr_name(record)))
                add_address(&servers->server[s], &record);
    }
}

void dns_address_parse(const unsigned char *bytes, size_t length, struct dns_server *server)
{
    ns_msg message;

    if (length > NS_MAXMSG || ns_initparse(bytes, (int)length, &message))
        return;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, i, &record))
            return;
        /* An alias is fine here: the record's own name need not be the server's. */
        if (ns_rr_class(record) == ns_c_in)
            add_address(server, &record);
    }
}

enum outcome dns_srv_parse(const unsigned char *bytes, size_t length, const char *name,
                           struct dns_servers *servers, struct why *why)
{
    ns_msg message;

    servers->count = 0;
    if (length > NS_MAXMSG || ns_initparse(bytes, (int)length, &message) ||
        !ns_msg_getflag(message, ns_f_qr))
        return fail(why, REASON_BAD_ANSWER, "the DNS answer about %s is malformed", name);
    int code = ns_msg_getflag(message, ns_f_rcode);
    if (code != ns_r_noerror)
        return fail(why, code == ns_r_nxdomain ? REASON_NO_DOMAIN : REASON_NO_DNS,
                    "the DNS says about %s: %s", name, server_note(&message));
    if (!take_answers(&message, name, servers)) {
        servers->count = 0;
        return fail(why, REASON_BAD_ANSWER, "the DNS answer about %s is malformed", name);
    }
    if (!servers->count)
        return fail(why, REASON_NO_DOMAIN, "the DNS has no SRV records for %s", name);
    take_addresses(&message, servers);
    return OUTCOME_OK;
}

socklen_t dns_address_size(const union dns_address *address)
{
    return address->any.sa_family == AF_INET6 ? sizeof address->v6 : sizeof address->v4;
}

void dns_host_text(const union dns_address *address, char text[DNS_ADDRESS_TEXT])
{
    if (address->any.sa_family == AF_INET6)
        (void)inet_ntop(AF_INET6, &address->v6.sin6_addr, text, DNS_ADDRESS_TEXT);
    else
        (void)inet_ntop(AF_INET, &address->v4.sin_addr, text, DNS_ADDRESS_TEXT);
}

void dns_address_text(const union dns_address *address, char text[DNS_ADDRESS_TEXT])
{
    char host[DNS_ADDRESS_TEXT];

    dns_host_text(address, host);
    if (address->any.sa_family == AF_INET6)
        (void)snprintf(text, DNS_ADDRESS_TEXT, "[%s]:%u", host, ntohs(address->v6.sin6_port));
    else
        (void)snprintf(text, DNS_ADDRESS_TEXT, "%s:%u", host, ntohs(address->v4.sin_port));
}
