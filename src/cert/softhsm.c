/* SPDX-License-Identifier: MIT */
#include "cert/softhsm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/home.h"
#include "base/text.h"
#include "cert/registered.h"

enum { FILE_MOST = 64 << 10, ROOM_LEAST = 32 << 10 };

static const char system_settings[] = "/etc/softhsm/softhsm2.conf";

static enum outcome find_module(struct softhsm *softhsm, struct why *why)
{
    enum outcome out = registered_library("softhsm2.module", softhsm->module, SOFTHSM_PATH, why);

    return out || *softhsm->module
               ? out
               : fail(why, REASON_NO_TOKEN_PROGRAM, "SoftHSM is not registered in %s", P11_MODULES);
}

/* SoftHSM takes what stands between the first '=' and a '#', as it is. */
static bool may_stand_in_settings(const char *path)
{
    return *path == '/' && !strpbrk(path, "#=") && text_is_clean(path, strlen(path));
}

/* Once: to replace what another process has just made would take it away from under its fence. */
static enum outcome make_settings(int folder, struct softhsm *softhsm, struct why *why)
{
    text_auto *text = text_new(FILE_MOST);

    if (!text)
        return fail_memory(why);
    if (flock(folder, LOCK_EX)) /* until the folder is closed */
        return fail(why, REASON_CANNOT_WRITE, "folder softhsm2: %s", strerror(errno));
    if (!faccessat(folder, "softhsm2.conf", F_OK, AT_SYMLINK_NOFOLLOW))
        return OUTCOME_OK;
    text_add(text,
             "# Made by Chatelaine; chatelaine leaves it alone from now on.\n"
             "directories.tokendir = %s\nobjectstore.backend = file\n"
             "log.level = ERROR\nslots.removable = false\n",
             softhsm->store);
    if (!text_ok(text))
        return fail_memory(why);
    return file_write(folder, "softhsm2.conf", text_peek(text), text_length(text), why);
}

/* A member of the group softhsm has tokens there, which settings at home would hide. */
static bool uses_system(void)
{
    return geteuid() && !access(system_settings, R_OK);
}

static enum outcome make_home(const char *config, struct softhsm *softhsm, struct why *why)
{
    char own[SOFTHSM_PATH];
    fd_auto folder = -1, store = -1;
    enum outcome out;

    if ((size_t)snprintf(own, sizeof own, "%s/softhsm2", config) >= sizeof own ||
        (size_t)snprintf(softhsm->store, SOFTHSM_PATH, "%s/tokens", own) >= SOFTHSM_PATH ||
        !may_stand_in_settings(softhsm->store))
        return fail(why, REASON_BAD_SETTING, "SoftHSM cannot be told of the home folder %s",
                    config);
    if (uses_system())
        return fail(why, REASON_BAD_SETTING,
                    "this account has its tokens in %s; name one of them, or make %s",
                    system_settings, softhsm->settings);
    if ((out = file_open_folder(config, "softhsm2", &folder, why)) ||
        (out = file_open_folder(own, "tokens", &store, why)))
        return out;
    return make_settings(folder, softhsm, why);
}

static enum outcome read_settings(struct softhsm *softhsm, bool *absent, struct why *why)
{
    text_auto *text = NULL;
    enum outcome out = file_read(AT_FDCWD, softhsm->settings, FILE_MOST, geteuid(), &text, why);

    *absent = !out && !text;
    if (out || !text)
        return out;
    if (!registered_value(text_peek(text), "directories.tokendir", '=', softhsm->store,
                          SOFTHSM_PATH) ||
        *softhsm->store != '/')
        return fail(why, REASON_BAD_SETTING, "%s names no directories.tokendir", softhsm->settings);
    return OUTCOME_OK;
}

enum outcome softhsm_of_system(struct softhsm *softhsm, struct why *why)
{
    bool absent;
    enum outcome out;

    *softhsm = (struct softhsm){ .module = "" };
    (void)strcpy(softhsm->settings, system_settings);
    out = read_settings(softhsm, &absent, why);
    return out || !absent ? out : fail(why, REASON_BAD_SETTING, "there is no %s", system_settings);
}

/* What SoftHSM does itself (its getConfigPath). */
static bool find_settings(char path[SOFTHSM_PATH])
{
    const char *named = getenv("SOFTHSM2_CONF"), *home = home_folder();
    int length =
        named ? snprintf(path, SOFTHSM_PATH, "%s", named)
              : snprintf(path, SOFTHSM_PATH, "%s/.config/softhsm2/softhsm2.conf", home ? home : "");

    if (!named && access(path, F_OK))
        length = snprintf(path, SOFTHSM_PATH, "%s", system_settings);
    return (size_t)length < SOFTHSM_PATH;
}

enum outcome softhsm_reach(struct why *why)
{
    struct softhsm own = { .module = "" }, all;
    struct why other;
    bool absent;

    if (find_settings(own.settings) && !strcmp(own.settings, system_settings))
        return OUTCOME_OK;
    if (!read_settings(&own, &absent, &other) && !absent && !softhsm_of_system(&all, &other) &&
        !strcmp(own.store, all.store))
        return OUTCOME_OK;
    return fail(why, REASON_TOKEN_UNREACHABLE, "SoftHSM has the key where %s says, and not %s",
                own.settings, system_settings);
}

enum outcome softhsm_prepare(struct softhsm *softhsm, struct why *why)
{
    const char *named = getenv("SOFTHSM2_CONF"), *home = home_folder();
    char config[SOFTHSM_PATH];
    bool absent = false;
    enum outcome out;

    *softhsm = (struct softhsm){ .module = "" };
    if (!named &&
        (!home || (size_t)snprintf(config, sizeof config, "%s/.config", home) >= sizeof config))
        return fail(why, REASON_BAD_SETTING, "there is no home folder for a token");
    int length =
        named ? snprintf(softhsm->settings, SOFTHSM_PATH, "%s", named)
              : snprintf(softhsm->settings, SOFTHSM_PATH, "%s/softhsm2/softhsm2.conf", config);
    if ((size_t)length >= SOFTHSM_PATH)
        return fail(why, REASON_BAD_SETTING, "the path of SoftHSM's settings is too long");
    if ((out = find_module(softhsm, why)) || (out = read_settings(softhsm, &absent, why)))
        return out;
    if (absent && named)
        return fail(why, REASON_BAD_SETTING, "SOFTHSM2_CONF names %s, which is not there", named);
    return absent ? make_home(config, softhsm, why) : OUTCOME_OK;
}

bool softhsm_has_tokens(const struct softhsm *softhsm)
{
    DIR *store = opendir(softhsm->store);
    const struct dirent *entry = NULL;

    while (store && (entry = readdir(store)) && *entry->d_name == '.')
        ;
    if (store)
        (void)closedir(store);
    return entry;
}

bool softhsm_is_full(const struct softhsm *softhsm)
{
    struct statvfs st;

    return *softhsm->store && !statvfs(softhsm->store, &st) &&
           (st.f_bavail * st.f_frsize < ROOM_LEAST || (st.f_files && st.f_favail < 4));
}
