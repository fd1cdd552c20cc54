/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "directory/acl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Who is in no list is granted nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char right[] = "0e10c968-78fb-11d2-90d4-00c04f79dc55";
    static struct membership groups[] = { { "S-1-5-11", NULL } };
    const struct person person = { .sid = "S-1-5-21-1-2-3-1104",
                                   .group_count = 1,
                                   .groups = groups };
    const struct person nobody = { .sid = "" };

    (void)acl_grants(data, size, right, &person);
    if (acl_grants(data, size, right, &nobody) == ACL_GRANTS)
        __builtin_trap();
    return 0;
}
