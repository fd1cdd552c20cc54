/* SPDX-License-Identifier: MIT
 *
 * Is a group that a person is in one of those that a share is for?
 */
#ifndef SHARE_MEMBER_H
#define SHARE_MEMBER_H

#include <stdbool.h>

/* The person's domain and SID, as the directory tells; NULL: unknown. */
struct member_domain {
    const char *dns, *netbios, *person_sid;
};

/* list: the setting of the share. A name counts for a group of the person's own domain alone,
 * whose SID begins as the person's: a group of the same name elsewhere is another one. */
bool member_matches(const char *list, const struct member_domain *domain, const char *sid,
                    const char *name);

#endif
