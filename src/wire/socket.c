/* SPDX-License-Identifier: MIT */
#include "wire/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/home.h"

enum { BACKLOG = 64 };

static const char agent[] = "agent";

static enum outcome runtime_folder(const char **path, struct why *why)
{
    *path = getenv("XDG_RUNTIME_DIR");
    if (!*path || **path != '/')
        return fail(why, REASON_NO_AGENT, "XDG_RUNTIME_DIR names no folder");
    return OUTCOME_OK;
}

/* The kernel takes 107 bytes only; the descriptor of the folder makes any path short. */
static void fill(struct sockaddr_un *address, int folder, const char *name)
{
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    (void)snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", folder,
                   name);
}

static enum outcome make_socket(int *fd, struct why *why)
{
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return *fd < 0 ? fail(why, REASON_BROKEN, "making a socket: %s", strerror(errno)) : OUTCOME_OK;
}

bool socket_is_ours(int fd)
{
    struct ucred who;
    socklen_t size = sizeof who;

    return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) && who.uid == geteuid();
}

static enum outcome is_safe_folder(int folder, const char *path, struct why *why)
{
    struct stat st;

    if (fstat(folder, &st) || st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
        return fail(why, REASON_OTHER_OWNER, "%s: it is not ours alone", path);
    return OUTCOME_OK;
}

enum outcome socket_connect(int *fd, struct why *why)
{
    return socket_join(agent, fd, why);
}

enum outcome socket_join(const char *name, int *fd, struct why *why)
{
    struct sockaddr_un address;
    const char *runtime;
    char path[1024];
    struct stat st;
    enum outcome out;

    if ((out = runtime_folder(&runtime, why)))
        return out;
    (void)snprintf(path, sizeof path, "%s/chatelaine", runtime);
    fd_auto folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), s = -1;
    if (folder < 0)
        return fail(why, errno == ENOENT ? REASON_NO_AGENT : REASON_OTHER_OWNER, "%s: %s", path,
                    strerror(errno));
    if ((out = is_safe_folder(folder, path, why)) || (out = make_socket(&s, why)))
        return out;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW))
        return fail(why, REASON_NO_AGENT, "%s/%s: %s", path, name, strerror(errno));
    if (!S_ISSOCK(st.st_mode) || st.st_uid != geteuid())
        return fail(why, REASON_OTHER_OWNER, "%s/%s is no socket of ours", path, name);
    fill(&address, folder, name);
    if (connect(s, (struct sockaddr *)&address, sizeof address))
        return fail(why, REASON_NO_AGENT, "%s/%s: %s", path, name, strerror(errno));
    if (!socket_is_ours(s))
        return fail(why, REASON_OTHER_OWNER, "%s/%s: another user listens there", path, name);
    *fd = s;
    s = -1;
    return OUTCOME_OK;
}

enum outcome socket_folder(int *folder, struct why *why)
{
    const char *runtime;
    enum outcome out = runtime_folder(&runtime, why);

    return out ? out : file_open_folder(runtime, "chatelaine", folder, why);
}

static enum outcome lock_in(int folder, int *lock, struct why *why)
{
    fd_auto made =
        openat(folder, "agent.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);

    if (made < 0)
        return fail(why, REASON_CANNOT_WRITE, "agent.lock: %s", strerror(errno));
    if (flock(made, LOCK_EX | LOCK_NB))
        return fail(why, REASON_SAME_ERRAND, "an agent of this user is running already");
    *lock = made;
    made = -1;
    return OUTCOME_OK;
}

enum outcome socket_lock(int *lock, struct why *why)
{
    fd_auto folder = -1;
    enum outcome out = socket_folder(&folder, why);

    return out ? out : lock_in(folder, lock, why);
}

enum outcome socket_make(int folder, const char *name, int backlog, int *fd, struct why *why)
{
    struct sockaddr_un address;
    fd_auto s = -1;
    enum outcome out = make_socket(&s, why);

    if (out)
        return out;
    fill(&address, folder, name);
    if (bind(s, (struct sockaddr *)&address, sizeof address) || listen(s, backlog))
        return fail(why, REASON_CANNOT_WRITE, "the socket %s: %s", name, strerror(errno));
    *fd = s;
    s = -1;
    return OUTCOME_OK;
}

enum outcome socket_listen(int *fd, int *lock, struct why *why)
{
    fd_auto folder = -1, s = -1;
    enum outcome out;

    if (!socket_connect(&s, why))
        return fail(why, REASON_SAME_ERRAND, "an agent of this user is running already");
    if ((out = socket_folder(&folder, why)) || (out = lock_in(folder, lock, why)))
        return out;
    (void)unlinkat(folder, agent, 0); /* whoever made it holds no lock */
    return socket_make(folder, agent, BACKLOG, fd, why);
}

/* An absolute path without slashes at its end; else the usual one below the home folder. */
static void add_folder(struct text *places, const char *variable, const char *home,
                       const char *usual)
{
    const char *value = variable ? getenv(variable) : home;
    size_t length = value && *value == '/' ? strlen(value) : 0;

    while (length > 1 && value[length - 1] == '/')
        length--;
    if (length)
        text_add(places, "%.*s ", (int)length, value);
    else
        text_add(places, "%s/%s ", home ? home : "", usual);
}

void socket_places(struct text *places)
{
    const char *krb5 = getenv("KRB5_CONFIG"), *home = home_folder();
    char self[1024];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    add_folder(places, NULL, home, "");
    add_folder(places, "XDG_CONFIG_HOME", home, ".config");
    add_folder(places, "XDG_STATE_HOME", home, ".local/state");
    text_add(places, "%s ", krb5 ? krb5 : "");
    while (n > 0 && self[n - 1] != '/')
        n--;
    text_add(places, "%.*s", n > 0 ? (int)n : 0, self);
}
