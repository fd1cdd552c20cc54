/* SPDX-License-Identifier: MIT */
#include "share/gvfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "share/same.h"

#define DAEMON  "org.gtk.vfs.Daemon"
#define TRACKER "/org/gtk/vfs/mounttracker", "org.gtk.vfs.MountTracker."
#define BUS     "/org/freedesktop/DBus", "org.freedesktop.DBus."

enum { ENVIRON_MOST = 256 << 10, STRING_MOST = 1200 };

/* What gio says of an errno of libsmbclient, whose number it does not tell. */
static const struct {
    int error;
    enum reason reason;
} errors[] = {
    { ECONNREFUSED, REASON_NO_SERVER }, { EHOSTUNREACH, REASON_NO_SERVER },
    { ENETUNREACH, REASON_NO_SERVER },  { EHOSTDOWN, REASON_NO_SERVER },
    { ECONNRESET, REASON_NO_SERVER },   { ECONNABORTED, REASON_NO_SERVER },
    { ENOTCONN, REASON_NO_SERVER },     { ETIMEDOUT, REASON_TIME_OUT },
};

static enum outcome call(const char *name, const char *path, const char *interface,
                         const char *method, const char *argument, const struct tool_limits *limits,
                         struct tool_said *said, struct why *why)
{
    char full[80];
    const char *words[] = { "call", "--session", "--dest", name,     "--object-path",
                            path,   "--method",  full,     argument, NULL };

    (void)snprintf(full, sizeof full, "%s%s", interface, method);
    if (!tool_has_bus())
        return fail(why, REASON_CANNOT_MOUNT, "there is no session bus");
    return tool_run(TOOL_GDBUS, words, limits, said, why);
}

enum outcome gvfs_check(const struct tool_limits *limits, struct why *why)
{
    struct tool_said said;
    enum outcome out = call(DAEMON, TRACKER, "ListMountTypes", NULL, limits, &said, why);

    if (out)
        return out;
    if (said.status)
        return fail(why, REASON_CANNOT_MOUNT, "no GVfs: %s", tool_complaint(&said));
    if (!strstr(said.out, "'smb-share'"))
        return fail(why, REASON_CANNOT_MOUNT, "the GVfs here cannot mount SMB shares");
    return OUTCOME_OK;
}

/* KRB5CCNAME of what /proc/PID/environ says, variables with a NUL behind each. */
static void find_ccache(const char *variables, size_t length, char *name, size_t size)
{
    static const char prefix[] = "KRB5CCNAME=";

    *name = '\0';
    for (const char *v = variables; v < variables + length; v += strlen(v) + 1)
        if (!strncmp(v, prefix, sizeof prefix - 1))
            (void)snprintf(name, size, "%s", v + sizeof prefix - 1);
}

enum outcome gvfs_ccache(const struct tool_limits *limits, char *name, size_t size, struct why *why)
{
    struct tool_said said;
    static const char number[] = "(uint32 ";
    char path[64];
    text_auto *variables = NULL;
    enum outcome out =
        call("org.freedesktop.DBus", BUS, "GetConnectionUnixProcessID", DAEMON, limits, &said, why);

    if (out)
        return out;
    if (said.status || strncmp(said.out, number, strlen(number)) != 0)
        return fail(why, REASON_CANNOT_MOUNT, "no GVfs: %s", tool_complaint(&said));
    (void)snprintf(path, sizeof path, "/proc/%lu", strtoul(said.out + strlen(number), NULL, 10));
    fd_auto folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || file_read(folder, "environ", ENVIRON_MOST, geteuid(), &variables, why) ||
        !variables)
        return fail(why, REASON_CANNOT_MOUNT, "which ticket GVfs would use cannot be seen: %s",
                    folder < 0 ? strerror(errno) : "its environment cannot be read");
    find_ccache(text_peek(variables), text_length(variables), name, size);
    return OUTCOME_OK;
}

/* The next string of GVariant's text format ('..', "..", b'..'; g_variant_print), with what is
 * escaped in it, at *at; *at is then behind it. */
static bool take_string(const char **at, char *string, size_t size)
{
    const char *c = *at;
    char quote = *c == '\'' || *c == '"' ? *c++ : '\0';
    size_t length = 0;

    while (quote && *c && *c != quote) {
        char byte = *c++;
        if (byte == '\\' && *c >= '0' && *c <= '7') {
            char digits[4] = "";
            memcpy(digits, c, strspn(c, "01234567") < 3 ? strspn(c, "01234567") : 3);
            byte = (char)strtol(digits, NULL, 8);
            c += strlen(digits);
        } else if (byte == '\\' && *c) {
            byte = *c++;
        }
        if (length + 1 < size)
            string[length++] = byte;
    }
    string[length] = '\0';
    *at = c + (*c && *c == quote);
    return quote;
}

/* The dictionary from { on: is it this share's? One with a user in it was mounted with a name and
 * perhaps a password that the person typed. */
static bool is_spec(const char **at, const struct url *url)
{
    char string[STRING_MOST], key[32] = "", share[sizeof url->path];
    bool type = false, server = false, path = false, user = false;
    int strings = 0;

    (void)snprintf(share, sizeof share, "%.*s", (int)strcspn(url->path, "/"), url->path);
    while (**at && **at != '}') {
        if (!take_string(at, string, sizeof string)) {
            ++*at;
            continue;
        }
        if (strings++ % 2 == 0) {
            (void)snprintf(key, sizeof key, "%s", string);
            user |= !strcmp(key, "user") || !strcmp(key, "domain");
            continue;
        }
        type |= !strcmp(key, "type") && !strcmp(string, "smb-share");
        server |= !strcmp(key, "server") && same_name(string, url->server);
        path |= !strcmp(key, "share") && same_name(string, share);
    }
    return type && server && path && !user;
}

bool gvfs_lists(const char *answer, const struct url *url)
{
    char ignored[STRING_MOST];

    while (*answer) {
        if (*answer == '{' && is_spec(&answer, url))
            return true;
        if (*answer && !take_string(&answer, ignored, sizeof ignored))
            answer++;
    }
    return false;
}

enum outcome gvfs_is_mounted(const struct url *url, const struct tool_limits *limits,
                             bool *is_mounted, struct why *why)
{
    struct tool_said said;
    enum outcome out;

    *is_mounted = false;
    if (!tool_has_bus())
        return OUTCOME_OK;
    if ((out = call("org.freedesktop.DBus", BUS, "NameHasOwner", DAEMON, limits, &said, why)))
        return why->reason == REASON_CANNOT_MOUNT ? OUTCOME_OK : out;
    if (said.status || strncmp(said.out, "(true", 5) != 0)
        return OUTCOME_OK;
    if ((out = call(DAEMON, TRACKER, "ListMounts", NULL, limits, &said, why)))
        return out;
    if (said.status)
        return fail(why, REASON_SHARE_FAILED, "asking GVfs what is mounted: %s",
                    tool_complaint(&said));
    *is_mounted = gvfs_lists(said.out, url);
    return OUTCOME_OK;
}

static enum outcome fail_gio(struct tool_said *said, enum reason if_it_asks, struct why *why)
{
    const char *complaint = tool_complaint(said);
    size_t length = strlen(complaint);

    if (*said->out) /* all that it says there are questions */
        return fail(why, if_it_asks, "gio wants to ask something, which nobody answers");
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        const char *text = strerror(errors[i].error);
        if (length > strlen(text) && !strcmp(complaint + length - strlen(text), text))
            return fail(why, errors[i].reason, "gio: %s", complaint);
    }
    return fail(why, REASON_SHARE_FAILED, "gio: %s", complaint);
}

enum outcome gvfs_mount(const struct url *url, const struct tool_limits *limits, struct why *why)
{
    struct tool_said said;
    enum outcome out =
        tool_run(TOOL_GIO, (const char *[]){ "mount", url->text, NULL }, limits, &said, why);

    if (out)
        return out;
    return said.status ? fail_gio(&said, REASON_SHARE_ASKS, why) : OUTCOME_OK;
}

enum outcome gvfs_unmount(const struct url *url, const struct tool_limits *limits, struct why *why)
{
    struct tool_said said;
    enum outcome out =
        tool_run(TOOL_GIO, (const char *[]){ "mount", "-u", url->text, NULL }, limits, &said, why);

    if (out)
        return out;
    return said.status ? fail_gio(&said, REASON_SHARE_IN_USE, why) : OUTCOME_OK;
}
