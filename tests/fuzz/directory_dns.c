/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include "directory/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever comes, the names that are taken over are host names. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dns_servers servers;
    struct dns_server server = { .port = 389 };
    struct why why;

    enum outcome out =
        dns_srv_parse(data, size, "_ldap._tcp.dc._msdcs.ad.lab.test", &servers, &why);
    if ((out == OUTCOME_OK) != (servers.count > 0))
        __builtin_trap();
    for (size_t i = 0; i < servers.count; i++)
        if (!dns_is_name(servers.server[i].host) || servers.server[i].addresses > DNS_ADDRESSES)
            __builtin_trap();
    dns_srv_order(&servers);
    dns_address_parse(data, size, &server);
    if (server.addresses > DNS_ADDRESSES)
        __builtin_trap();
    return 0;
}
