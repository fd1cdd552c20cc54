/* SPDX-License-Identifier: MIT */
#include "cert/spare.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cert/lock.h"

enum { FILE_MOST = 64 << 10, COUNTER = 8 /* bytes that change at each login */ };

static const char file[] = "token.object", spare[] = "chatelaine.spare";

/* Whose folder is to go. */
struct dropped {
    const struct softhsm *softhsm;
    const unsigned char *serial;
};

/* Calls it for the folder of each token; entries are what SoftHSM made: a UUID. */
static enum outcome each(const struct softhsm *softhsm, const void *data,
                         enum outcome (*call)(int folder, const char *name, const void *data,
                                              struct why *why),
                         struct why *why)
{
    DIR *store = opendir(softhsm->store);
    const struct dirent *entry;
    enum outcome out = OUTCOME_OK;

    if (!store)
        return fail(why, REASON_CANNOT_WRITE, "folder %s: %s", softhsm->store, strerror(errno));
    while (!out && (entry = readdir(store))) {
        fd_auto folder = *entry->d_name == '.'
                             ? -1
                             : openat(dirfd(store), entry->d_name,
                                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (folder >= 0)
            out = call(folder, entry->d_name, data, why);
    }
    (void)closedir(store);
    return out;
}

/* The serial number is the end of the UUID, without its hyphen. */
static bool is_serial(const char *name, const unsigned char *serial)
{
    size_t length = strlen(name), at = SPARE_SERIAL;

    while (length && at)
        if (name[--length] != '-' && (unsigned char)name[length] != serial[--at])
            return false;
    return !at;
}

static bool is_same(const struct text *one, const struct text *other)
{
    size_t length = text_length(one);

    return other && length == text_length(other) && length > COUNTER &&
           !memcmp(text_peek(one) + COUNTER, text_peek(other) + COUNTER, length - COUNTER);
}

static enum outcome keep(int folder, const char *name, const void *data, struct why *why)
{
    text_auto *now = NULL, *kept = NULL;
    enum outcome out;

    if (!is_serial(name, data))
        return OUTCOME_OK;
    if ((out = file_read(folder, file, FILE_MOST, geteuid(), &now, why)) ||
        (out = file_read(folder, spare, FILE_MOST, geteuid(), &kept, why)))
        return out;
    /* Empty: another program logs in right now, and the spare of before is as good. */
    if (!now || !text_length(now) || is_same(now, kept))
        return OUTCOME_OK;
    return file_write(folder, spare, text_peek(now), text_length(now), why);
}

enum outcome spare_keep(const struct softhsm *softhsm, const unsigned char serial[SPARE_SERIAL],
                        struct why *why)
{
    return each(softhsm, serial, keep, why);
}

static bool is_empty(int folder)
{
    struct stat st;
    return !fstatat(folder, file, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode) && !st.st_size;
}

/* SoftHSM lets go of its own lock before it writes; who writes in between writes the same. */
static enum outcome mend(int folder, const char *name, const void *data, struct why *why)
{
    text_auto *kept = NULL;
    enum outcome out;

    (void)data;
    if (!is_empty(folder))
        return OUTCOME_OK;
    lock_pause();
    if (!is_empty(folder) || (out = file_read(folder, spare, FILE_MOST, geteuid(), &kept, why)) ||
        !kept)
        return OUTCOME_OK;
    if ((out = file_write(folder, file, text_peek(kept), text_length(kept), why)))
        return fail_in(why, "mending the token in %s", name);
    log_line(LOG_LEVEL_INFO, "a program was killed in SoftHSM: the token in %s is mended", name);
    return OUTCOME_OK;
}

enum outcome spare_mend(const struct softhsm *softhsm, struct why *why)
{
    return each(softhsm, NULL, mend, why);
}

/* May it be deleted: has it nothing but what SoftHSM makes of each token, and our spare? */
static bool is_hollow(int folder)
{
    static const char *const names[] = { ".", "..", file, "token.lock", "generation", spare };
    fd_auto again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = again < 0 ? NULL : fdopendir(again);
    const struct dirent *entry;
    bool hollow = entries;

    if (!entries)
        return false;
    again = -1;
    while (hollow && (entry = readdir(entries))) {
        size_t i = 0;
        while (i < sizeof names / sizeof *names && strcmp(names[i], entry->d_name) != 0)
            i++;
        hollow = i < sizeof names / sizeof *names;
    }
    (void)closedir(entries);
    return hollow;
}

/* An empty folder is no token for SoftHSM. */
static enum outcome drop(int folder, const char *name, const void *data, struct why *why)
{
    static const char *const names[] = { spare, "generation", "token.lock", file };
    const struct dropped *dropped = data;
    enum outcome out = OUTCOME_OK;
    char path[SOFTHSM_PATH + NAME_MAX];

    if (!is_serial(name, dropped->serial) || !is_hollow(folder))
        return OUTCOME_OK;
    for (size_t i = 0; !out && i < sizeof names / sizeof *names; i++)
        out = file_remove(folder, names[i], why);
    (void)snprintf(path, sizeof path, "%s/%s", dropped->softhsm->store, name);
    (void)rmdir(path);
    return out;
}

enum outcome spare_drop(const struct softhsm *softhsm, const unsigned char serial[SPARE_SERIAL],
                        struct why *why)
{
    return each(softhsm, &(struct dropped){ softhsm, serial }, drop, why);
}
