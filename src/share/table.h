/* SPDX-License-Identifier: MIT
 *
 * Within share: shares that the system's table /etc/fstab lets a person mount, by mount(8).
 */
#ifndef SHARE_TABLE_H
#define SHARE_TABLE_H

#include "conf/url.h"
#include "share/tool.h"

enum { TABLE_PATH_MOST = 1024 };

struct table_entry {
    char source[URL_PATH_MOST + NAME_DOMAIN_MOST + 4]; /* "//files.corp.example/team/x" */
    char folder[TABLE_PATH_MOST];
};

/* The entry that mounts the share (at this folder; "": wherever), by Kerberos, and that the person
 * may use. False if there is none. */
bool table_find(const char *path, const struct url *url, const char *folder,
                struct table_entry *entry);

/* Is it mounted? Does not touch the folder, which could hang. */
bool table_is_mounted(const struct table_entry *entry);

enum outcome table_mount(const struct table_entry *entry, const struct tool_limits *limits,
                         struct why *why);
enum outcome table_unmount(const struct table_entry *entry, const struct tool_limits *limits,
                           struct why *why);

#endif
