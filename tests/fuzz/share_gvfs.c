/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "share/gvfs.h"
#include "share/member.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What gdbus prints of what is mounted: read to its end, whatever it is. A list of groups, too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct url url = { .server = "files.corp.example", .path = "team/x" };
    static const struct member_domain domain = { "corp.example", "CORP", "S-1-5-21-1-2-3-1104" };
    char *text = strndup((const char *)data, size);

    if (gvfs_lists(text, &url) && (!strstr(text, "smb-share") && !strchr(text, '\\')))
        __builtin_trap();
    if (member_matches(text, &domain, "S-1-5-21-1-2-3-1200", "Sales") &&
        !strstr(text, "S-1-5-21-1-2-3-1200") && !strchr(text, '\\'))
        __builtin_trap();
    free(text);
    return 0;
}
