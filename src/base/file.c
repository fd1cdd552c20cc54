/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void fd_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static enum outcome folder_here(int parent, const char *name, int *fd, struct why *why)
{
    struct stat st;

    if (mkdirat(parent, name, 0700) && errno != EEXIST)
        return fail(why, REASON_CANNOT_WRITE, "folder %s: %s", name, strerror(errno));
    fd_auto made = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (made < 0 || fstat(made, &st))
        return fail(why,
                    errno == ELOOP || errno == ENOTDIR ? REASON_OTHER_OWNER : REASON_CANNOT_WRITE,
                    "folder %s: %s", name, strerror(errno));
    if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
        return fail(why, REASON_OTHER_OWNER,
                    "folder %s: it belongs to user %u, or others may write to it (mode %o)", name,
                    (unsigned)st.st_uid, (unsigned)st.st_mode & 07777);
    *fd = made;
    made = -1;
    return OUTCOME_OK;
}

enum outcome file_open_folder(const char *parent, const char *name, int *fd, struct why *why)
{
    if (mkdir(parent, 0700) && errno != EEXIST)
        return fail(why, REASON_CANNOT_WRITE, "folder %s: %s", parent, strerror(errno));
    fd_auto above = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (above < 0)
        return fail(why, REASON_CANNOT_WRITE, "folder %s: %s", parent, strerror(errno));
    enum outcome out = folder_here(above, name, fd, why);
    return out ? fail_in(why, "in %s", parent) : OUTCOME_OK;
}

static enum outcome may_trust(const struct stat *st, uid_t owner, const char *name, struct why *why)
{
    if (!S_ISREG(st->st_mode))
        return fail(why, REASON_OTHER_OWNER, "%s is no regular file", name);
    if (owner == (uid_t)-1)
        return OUTCOME_OK;
    if ((st->st_uid != owner && st->st_uid != 0) || st->st_mode & (S_IWGRP | S_IWOTH))
        return fail(why, REASON_OTHER_OWNER,
                    "%s belongs to user %u, or others may write to it (mode %o)", name,
                    (unsigned)st->st_uid, (unsigned)st->st_mode & 07777);
    return OUTCOME_OK;
}

/* An absent one gives -1. */
static enum outcome open_trusted(int folder, const char *name, uid_t owner, int *fd,
                                 struct why *why)
{
    struct stat st;
    enum outcome out;

    fd_auto opened =
        openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    *fd = -1;
    if (opened < 0 && (errno == ENOENT || errno == ENOTDIR))
        return OUTCOME_OK;
    if (opened < 0 || fstat(opened, &st))
        return fail(why, errno == ELOOP ? REASON_OTHER_OWNER : REASON_BAD_SETTING, "%s: %s", name,
                    errno == ELOOP ? "is a link, which is not followed" : strerror(errno));
    if ((out = may_trust(&st, owner, name, why)))
        return out;
    *fd = opened;
    opened = -1;
    return OUTCOME_OK;
}

enum outcome file_read(int folder, const char *name, size_t limit, uid_t owner, struct text **text,
                       struct why *why)
{
    char chunk[4096];
    size_t length = 0;
    ssize_t n = 0;
    fd_auto fd = -1;
    enum outcome out = open_trusted(folder, name, owner, &fd, why);

    *text = NULL;
    if (out || fd < 0)
        return out;
    text_auto *all = text_new(limit);
    if (!all)
        return fail_memory(why);
    for (; length <= limit && (n = read(fd, chunk, sizeof chunk)) > 0; length += (size_t)n)
        text_add_bytes(all, chunk, (size_t)n);
    if (n < 0)
        return fail(why, REASON_BAD_SETTING, "%s: %s", name, strerror(errno));
    if (length > limit)
        return fail(why, REASON_BAD_SETTING, "%s has more than %zu bytes", name, limit);
    if (!text_ok(all))
        return fail_memory(why);
    *text = all;
    all = NULL;
    return OUTCOME_OK;
}

enum outcome file_read_secret(int folder, const char *name, size_t limit, uid_t owner,
                              struct secret **secret, struct why *why)
{
    ssize_t n = 1;
    fd_auto fd = -1;
    enum outcome out = open_trusted(folder, name, owner, &fd, why);

    *secret = NULL;
    if (out || fd < 0)
        return out;
    secret_auto *all = secret_new(limit + 2); /* a line break, and one byte too many */
    if (!all)
        return fail_memory(why);
    while (n > 0 && secret_room(all) && (n = read(fd, secret_space(all), secret_room(all))) > 0)
        secret_grow(all, (size_t)n);
    if (n < 0)
        return fail(why, REASON_BAD_SETTING, "%s: %s", name, strerror(errno));
    size_t length = secret_length(all);
    if (length && secret_peek(all)[length - 1] == '\n')
        secret_cut(all, --length);
    if (length > limit)
        return fail(why, REASON_BAD_SETTING, "%s has more than %zu bytes", name, limit);
    *secret = all;
    all = NULL;
    return OUTCOME_OK;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

enum outcome file_write(int folder, const char *name, const char *bytes, size_t length,
                        struct why *why)
{
    char beside[280];

    if ((size_t)snprintf(beside, sizeof beside, ".%s.%d", name, (int)getpid()) >= sizeof beside)
        return fail(why, REASON_CANNOT_WRITE, "%s: the name is too long", name);
    (void)unlinkat(folder, beside, 0);
    fd_auto fd = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(why, REASON_CANNOT_WRITE, "%s: %s", name, strerror(errno));
    if (!write_all(fd, bytes, length) || fsync(fd) || renameat(folder, beside, folder, name)) {
        int error = errno;
        (void)unlinkat(folder, beside, 0);
        return fail(why, REASON_CANNOT_WRITE, "%s: %s", name, strerror(error));
    }
    /* There are kinds of file systems that cannot. */
    if (fsync(folder) && errno != EINVAL && errno != ENOTSUP && errno != ENOSYS)
        return fail(why, REASON_CANNOT_WRITE, "the folder of %s: %s", name, strerror(errno));
    return OUTCOME_OK;
}

enum outcome file_remove(int folder, const char *name, struct why *why)
{
    if (unlinkat(folder, name, 0) && errno != ENOENT)
        return fail(why, REASON_CANNOT_WRITE, "%s: %s", name, strerror(errno));
    return OUTCOME_OK;
}
