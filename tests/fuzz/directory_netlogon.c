/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "directory/dns.h"
#include "directory/netlogon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever comes, the names that are taken over are clean. The message id is that of the input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct netlogon answer;
    struct why why;
    uint32_t id = 0;

    if (size > 8)
        id = (uint32_t)data[4] << 24 | (uint32_t)data[5] << 16 | (uint32_t)data[6] << 8 | data[7];
    if (netlogon_parse(data, size, (int)id, &answer, &why))
        return 0;
    if (!dns_is_name(answer.host) || !dns_is_name(answer.domain) || !dns_is_name(answer.forest) ||
        !text_is_clean(answer.dc_site, strlen(answer.dc_site)) ||
        !text_is_clean(answer.client_site, strlen(answer.client_site)) ||
        !text_is_clean(answer.netbios_domain, strlen(answer.netbios_domain)))
        __builtin_trap();
    return 0;
}
