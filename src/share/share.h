/* SPDX-License-Identifier: MIT
 *
 * Network shares of a person: mounted by GVfs where it runs, else by mount(8) where the system's
 * table lets a person do so. What is mounted is looked up each time, and remembered nowhere.
 * A password is never asked for: it is Kerberos or nothing.
 */
#ifndef SHARE_SHARE_H
#define SHARE_SHARE_H

#include "share/table.h"
#include "share/tool.h"

struct share {
    const struct url *url;
    const char *mount_point; /* by mount(8) alone, and there; "": either way */
};

enum share_way { SHARE_BY_NOBODY, SHARE_BY_GVFS, SHARE_BY_MOUNT };

struct share_place {
    enum share_way way;
    bool is_mounted;
    struct table_entry entry; /* BY_MOUNT */
};

/* "gvfs", "mount" or "" */
const char *share_way_name(enum share_way way);

/* Is it mounted, and by whom? */
enum outcome share_look(const struct share *share, const struct tool_limits *limits,
                        struct share_place *place, struct why *why);

/* Who could mount it? CANNOT_MOUNT: nobody. */
enum outcome share_choose(const struct share *share, const struct tool_limits *limits,
                          struct share_place *place, struct why *why);

/* Mounts one that was chosen for, unmounts one that was looked at, and looks again. */
enum outcome share_mount(const struct share *share, const struct tool_limits *limits,
                         struct share_place *place, struct why *why);
enum outcome share_unmount(const struct share *share, const struct tool_limits *limits,
                           struct share_place *place, struct why *why);

#endif
