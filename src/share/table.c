/* SPDX-License-Identifier: MIT */
#include "share/table.h"

#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "share/same.h"

enum { LINE_MOST = 8192, UMOUNT_FAILED = 32 /* umount(8): it was asked, and could not */ };

/* What mount.cifs(8) says as "mount error(N)". */
static const struct {
    int error;
    enum reason reason;
} errors[] = {
    { EACCES, REASON_SHARE_ASKS },       { ENOKEY, REASON_SHARE_ASKS },
    { EKEYREJECTED, REASON_SHARE_ASKS }, { ECONNREFUSED, REASON_NO_SERVER },
    { EHOSTDOWN, REASON_NO_SERVER },     { EHOSTUNREACH, REASON_NO_SERVER },
    { ENETUNREACH, REASON_NO_SERVER },   { ETIMEDOUT, REASON_TIME_OUT },
};

/* It is the person's to mount, and asks for no password. */
static bool may_use(const struct mntent *line)
{
    const char *security = hasmntopt(line, "sec");

    return (!strcmp(line->mnt_type, "cifs") || !strcmp(line->mnt_type, "smb3")) &&
           (hasmntopt(line, "user") || hasmntopt(line, "users")) && security &&
           !strncmp(security, "sec=krb5", 8) && line->mnt_dir[0] == '/';
}

bool table_find(const char *path, const struct url *url, const char *folder,
                struct table_entry *entry)
{
    char source[sizeof entry->source], bytes[LINE_MOST];
    struct mntent line;
    FILE *table = setmntent(path, "re");
    bool found = false;

    (void)snprintf(source, sizeof source, "//%s/%s", url->server, url->path);
    while (table && !found && getmntent_r(table, &line, bytes, sizeof bytes)) {
        found = may_use(&line) && same_name(line.mnt_fsname, source) &&
                (!*folder || !strcmp(line.mnt_dir, folder)) &&
                strlen(line.mnt_dir) < sizeof entry->folder;
        if (found) {
            (void)snprintf(entry->source, sizeof entry->source, "%s", line.mnt_fsname);
            (void)strcpy(entry->folder, line.mnt_dir);
        }
    }
    if (table)
        (void)endmntent(table);
    return found;
}

bool table_is_mounted(const struct table_entry *entry)
{
    char bytes[LINE_MOST];
    struct mntent line;
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    bool found = false;

    while (mounts && !found && getmntent_r(mounts, &line, bytes, sizeof bytes))
        found = !strcmp(line.mnt_dir, entry->folder) && same_name(line.mnt_fsname, entry->source);
    if (mounts)
        (void)endmntent(mounts);
    return found;
}

static enum outcome fail_mount(struct tool_said *said, struct why *why)
{
    const char *told = strstr(said->err, "mount error(");
    long number = told ? strtol(strchr(told, '(') + 1, NULL, 10) : 0;
    enum reason reason = REASON_SHARE_FAILED;

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].error == number)
            reason = errors[i].reason;
    if (number)
        return fail(why, reason, "mount: %s", strerror((int)number));
    return fail(why, reason, "mount: %s", tool_complaint(said));
}

enum outcome table_mount(const struct table_entry *entry, const struct tool_limits *limits,
                         struct why *why)
{
    struct tool_said said;
    enum outcome out =
        tool_run(TOOL_MOUNT, (const char *[]){ entry->folder, NULL }, limits, &said, why);

    if (out)
        return out;
    return said.status ? fail_mount(&said, why) : OUTCOME_OK;
}

enum outcome table_unmount(const struct table_entry *entry, const struct tool_limits *limits,
                           struct why *why)
{
    struct tool_said said;
    enum outcome out =
        tool_run(TOOL_UMOUNT, (const char *[]){ entry->folder, NULL }, limits, &said, why);

    if (out || !said.status)
        return out;
    return fail(why, said.status == UMOUNT_FAILED ? REASON_SHARE_IN_USE : REASON_SHARE_FAILED,
                "umount: %s", tool_complaint(&said));
}
