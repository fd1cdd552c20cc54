/* SPDX-License-Identifier: MIT */
#include "network/profile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "network/entry.h"

enum { TO_DISK = 1 }; /* flags of AddConnection2 and Update2 */

/* Our own entries of one section; an open dictionary's. */
static int append_ours(sd_bus_message *call, const struct entries *entries, const char *section,
                       bool is_new)
{
    int code = 0;

    for (size_t i = 0; i < entries->count && code >= 0; i++) {
        const struct entry *entry = &entries->all[i];
        if (!strcmp(entry->section, section) && (is_new || entry_is_ours(section, entry->key)))
            code = entry_append(call, entry);
    }
    return code;
}

static int open_section(sd_bus_message *call, const char *section)
{
    int code;

    if ((code = sd_bus_message_open_container(call, 'e', "sa{sv}")) < 0 ||
        (code = sd_bus_message_append_basic(call, 's', section)) < 0)
        return code;
    return sd_bus_message_open_container(call, 'a', "{sv}");
}

static int close_section(sd_bus_message *call)
{
    int code = sd_bus_message_close_container(call);

    return code < 0 ? code : sd_bus_message_close_container(call);
}

/* Sections of ours that are not among those that were there. */
static int append_rest(sd_bus_message *call, const struct entries *entries, const char *there)
{
    const char *section = "";
    char name[64];
    int code = 0;

    for (size_t i = 0; i < entries->count && code >= 0; i++) {
        if (!strcmp(entries->all[i].section, section))
            continue;
        section = entries->all[i].section;
        (void)snprintf(name, sizeof name, " %s ", section);
        if (strstr(there, name))
            continue;
        if ((code = open_section(call, section)) >= 0 &&
            (code = append_ours(call, entries, section, true)) >= 0)
            code = close_section(call);
    }
    return code;
}

/* What we do not set stays. */
static int copy_section(sd_bus_message *call, sd_bus_message *from, const char *section)
{
    const char *key;
    int code = sd_bus_message_enter_container(from, 'a', "{sv}");

    while (code >= 0 && (code = sd_bus_message_enter_container(from, 'e', "sv")) > 0) {
        if ((code = sd_bus_message_read_basic(from, 's', &key)) < 0)
            return code;
        if (entry_is_ours(section, key))
            code = sd_bus_message_skip(from, "v");
        else if ((code = sd_bus_message_open_container(call, 'e', "sv")) >= 0 &&
                 (code = sd_bus_message_append_basic(call, 's', key)) >= 0 &&
                 (code = sd_bus_message_copy(call, from, 0)) >= 0)
            code = sd_bus_message_close_container(call);
        if (code >= 0)
            code = sd_bus_message_exit_container(from);
    }
    return code < 0 ? code : sd_bus_message_exit_container(from);
}

/* All sections of a connection that is there, with ours in their place. */
static int merge(sd_bus_message *call, sd_bus_message *from, const struct entries *entries,
                 struct text *there)
{
    const char *section;
    int code = sd_bus_message_enter_container(from, 'a', "{sa{sv}}");

    while (code >= 0 && (code = sd_bus_message_enter_container(from, 'e', "sa{sv}")) > 0) {
        if ((code = sd_bus_message_read_basic(from, 's', &section)) < 0)
            return code;
        if (section_is_ours(section)) {
            code = sd_bus_message_skip(from, "a{sv}");
        } else if ((code = open_section(call, section)) >= 0 &&
                   (code = copy_section(call, from, section)) >= 0 &&
                   (code = append_ours(call, entries, section, false)) >= 0) {
            text_add(there, "%s ", section);
            code = close_section(call);
        }
        if (code >= 0)
            code = sd_bus_message_exit_container(from);
    }
    return code < 0 ? code : text_ok(there) ? 0 : -ENOMEM;
}

static int append_all(sd_bus_message *call, sd_bus_message *from, const struct profile *profile)
{
    text_auto *there = text_new(PROFILE_CANON_MOST);
    struct entries entries;
    int code;

    if (!there)
        return -ENOMEM;
    text_add(there, " ");
    entries_fill(&entries, profile);
    if ((code = sd_bus_message_open_container(call, 'a', "{sa{sv}}")) < 0 ||
        (from && (code = merge(call, from, &entries, there)) < 0) ||
        (code = append_rest(call, &entries, text_peek(there))) < 0 ||
        (code = sd_bus_message_close_container(call)) < 0)
        return code;
    return sd_bus_message_append(call, "ua{sv}", (uint32_t)TO_DISK, 0);
}

static enum outcome take_path(sd_bus_message *answer, char path[PROFILE_PATH], struct why *why)
{
    const char *told;
    int code = sd_bus_message_read_basic(answer, 'o', &told);

    if (code <= 0 || (size_t)snprintf(path, PROFILE_PATH, "%s", told) >= PROFILE_PATH)
        return fail(why, REASON_PROFILE_REFUSED, "NetworkManager names no connection");
    return OUTCOME_OK;
}

enum outcome profile_find(const struct nm *nm, const char *uuid, char path[PROFILE_PATH],
                          struct why *why)
{
    message_unref_auto *call = NULL, *answer = NULL;
    bool absent;
    enum outcome out =
        nm_call(nm, NM_SETTINGS, NM_NAME ".Settings", "GetConnectionByUuid", &call, why);

    *path = '\0';
    if (out)
        return out;
    if (sd_bus_message_append_basic(call, 's', uuid) < 0)
        return fail_memory(why);
    out = nm_send(nm, call, &answer, &absent, why);
    return out || absent ? out : take_path(answer, path, why);
}

enum outcome profile_add(const struct nm *nm, const struct profile *profile,
                         char path[PROFILE_PATH], struct why *why)
{
    message_unref_auto *call = NULL, *answer = NULL;
    enum outcome out = nm_call(nm, NM_SETTINGS, NM_NAME ".Settings", "AddConnection2", &call, why);
    int code = out ? 0 : append_all(call, NULL, profile);

    if (out || code < 0)
        return out ? out : nm_fail(code, "a connection", why);
    out = nm_send(nm, call, &answer, NULL, why);
    return out ? out : take_path(answer, path, why);
}

enum outcome profile_change(const struct nm *nm, const char *path, const struct profile *profile,
                            struct why *why)
{
    message_unref_auto *call = NULL, *answer = NULL, *get = NULL, *now = NULL;
    enum outcome out;
    int code;

    if ((out = nm_call(nm, path, NM_CONNECTION, "GetSettings", &get, why)) ||
        (out = nm_send(nm, get, &now, NULL, why)) ||
        (out = nm_call(nm, path, NM_CONNECTION, "Update2", &call, why)))
        return out;
    if ((code = append_all(call, now, profile)) < 0)
        return nm_fail(code, "a connection", why);
    return nm_send(nm, call, &answer, NULL, why);
}

enum outcome profile_delete(const struct nm *nm, const char *path, struct why *why)
{
    message_unref_auto *call = NULL, *answer = NULL;
    bool absent;
    enum outcome out = nm_call(nm, path, NM_CONNECTION, "Delete", &call, why);

    return out ? out : nm_send(nm, call, &answer, &absent, why);
}
