/* SPDX-License-Identifier: MIT */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

/* 0, 1, 2 and SPAWN_FD, and nothing else. */
static int set_files(posix_spawn_file_actions_t *actions, int writer, int other)
{
    int error = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDWR, 0);

    if (!error && writer >= 0)
        error = posix_spawn_file_actions_adddup2(actions, writer, STDERR_FILENO);
    if (!error)
        error = posix_spawn_file_actions_adddup2(actions, other < 0 ? STDERR_FILENO : 0, 1);
    if (!error && other >= 0)
        error = posix_spawn_file_actions_adddup2(actions, other, SPAWN_FD);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(actions, SPAWN_FD + (other >= 0));
    return error;
}

/* What we ignore or block is no business of another program's. */
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, all;

    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                         POSIX_SPAWN_SETSIGDEF);
    if (!error)
        error = posix_spawnattr_setsigmask(attributes, &none);
    return error ? error : posix_spawnattr_setsigdefault(attributes, &all);
}

enum outcome spawn(const char *path, char *const argv[], char *const environment[], int fd,
                   pid_t *pid, struct why *why)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    fd_auto writer = isatty(STDERR_FILENO) /* to write to, not to read what is typed */
                         ? open("/proc/self/fd/2", O_WRONLY | O_NOCTTY | O_CLOEXEC)
                         : -1;
    /* dup2 of a descriptor onto itself would keep its close-on-exec flag. */
    fd_auto other = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, SPAWN_FD + 1);
    if ((fd >= 0 && other < 0) || posix_spawn_file_actions_init(&actions) ||
        posix_spawnattr_init(&attributes))
        return fail(why, REASON_BROKEN, "starting %s: %s", path, strerror(errno));
    int error = set_files(&actions, writer, other);
    if (!error)
        error = set_signals(&attributes);
    if (!error)
        error = posix_spawn(pid, path, &actions, &attributes, argv, environment);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    if (error)
        return fail(why, REASON_BROKEN, "starting %s: %s", path, strerror(error));
    return OUTCOME_OK;
}

void spawn_end(pid_t *pid)
{
    if (*pid <= 0)
        return;
    (void)kill(*pid, SIGKILL);
    while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *pid = 0;
}
