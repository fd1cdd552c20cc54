/* SPDX-License-Identifier: MIT */
#include "share/member.h"

#include <stdio.h>
#include <string.h>

#include "conf/settings.h"
#include "share/same.h"

enum { ITEM_MOST = 256 };

/* All but the last number of the SID is the domain's (MS-DTYP 2.4.2). */
static bool is_of_domain(const char *sid, const char *person_sid)
{
    const char *end = person_sid ? strrchr(person_sid, '-') : NULL;
    size_t length = end ? (size_t)(end + 1 - person_sid) : 0;

    return length && !strncmp(sid, person_sid, length) && !strchr(sid + length, '-');
}

static bool is_named(char *item, const struct member_domain *domain, const char *sid,
                     const char *name)
{
    char *separator = strchr(item, '\\');

    if (!separator || !is_of_domain(sid, domain->person_sid))
        return false;
    *separator = '\0';
    return ((domain->netbios && same_name(item, domain->netbios)) ||
            (domain->dns && same_name(item, domain->dns))) &&
           same_name(separator + 1, name);
}

bool member_matches(const char *list, const struct member_domain *domain, const char *sid,
                    const char *name)
{
    char item[ITEM_MOST + 1];
    size_t length;

    for (const char *at; (at = setting_item(&list, &length));) {
        if (length > ITEM_MOST)
            continue;
        (void)snprintf(item, sizeof item, "%.*s", (int)length, at);
        if (!strcmp(item, sid) || is_named(item, domain, sid, name))
            return true;
    }
    return false;
}
