/* SPDX-License-Identifier: MIT
 *
 * Mounts of GVfs, which a desktop's programs see, made by its own command gio(1).
 * What is mounted is asked of its daemon, gvfsd.
 */
#ifndef SHARE_GVFS_H
#define SHARE_GVFS_H

#include <stddef.h>

#include "conf/url.h"
#include "share/tool.h"

/* Can it mount shares here? Starts its daemon where the session bus knows how to. CANNOT_MOUNT if
 * not. */
enum outcome gvfs_check(const struct tool_limits *limits, struct why *why);

/* The KRB5CCNAME that its daemon was started with, and with it the one that will mount: "" if it
 * has none. CANNOT_MOUNT if that cannot be seen. */
enum outcome gvfs_ccache(const struct tool_limits *limits, char *name, size_t size,
                         struct why *why);

/* Is the share there? Where no daemon runs, and it is not started, none is. */
enum outcome gvfs_is_mounted(const struct url *url, const struct tool_limits *limits,
                             bool *is_mounted, struct why *why);

enum outcome gvfs_mount(const struct url *url, const struct tool_limits *limits, struct why *why);
enum outcome gvfs_unmount(const struct url *url, const struct tool_limits *limits, struct why *why);

/* Does the answer to ListMounts, as gdbus(1) prints it, tell of this share, mounted with the
 * session's own account? For tests, too. */
bool gvfs_lists(const char *answer, const struct url *url);

#endif
