/* SPDX-License-Identifier: MIT
 *
 * Within share: names of servers, shares, groups, in which case does not matter.
 */
#ifndef SHARE_SAME_H
#define SHARE_SAME_H

#include <stdbool.h>

/* Of UTF-8, whatever the locale is. */
bool same_name(const char *a, const char *b);

#endif
