/* SPDX-License-Identifier: MIT */
#include "work/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "wire/verbs.h"
#include "work/syscalls.h"

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

enum { FILE_LIMIT = 64 << 20, DATA_LIMIT = 512 << 20 };

static const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t writing = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                                LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_TRUNCATE;
static const uint64_t on_files =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;

static void limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard)
{
    struct rlimit both = { soft, hard };
    (void)setrlimit(resource, &both);
}

void confine_memory(void)
{
    limit(RLIMIT_CORE, 0, 0);
    (void)prctl(PR_SET_DUMPABLE, 0);
}

/* All rights that this version of Landlock can take away: whatever is not listed is refused. */
static uint64_t handled(long version)
{
    uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

    if (version >= 2)
        all |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3)
        all |= LANDLOCK_ACCESS_FS_TRUNCATE;
    return all;
}

/* False if the rule could not be made; a path that is not there needs none. */
static bool allow(int ruleset, const char *path, uint64_t access)
{
    struct stat st;
    fd_auto fd = open(path, O_PATH | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st))
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
    if (!S_ISDIR(st.st_mode))
        access &= on_files;
    struct landlock_path_beneath_attr rule = { .allowed_access = access, .parent_fd = fd };
    return !syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

static bool allow_all(int ruleset, const char *const *paths, uint64_t access)
{
    for (; paths && *paths; paths++)
        if (!allow(ruleset, *paths, access))
            return false;
    return true;
}

/* Where they are told of, and devices as they are: none can be made. */
static bool allow_keys(int ruleset)
{
    static const char *const told[] = { "/sys/bus", "/sys/class", "/sys/devices", "/run/udev/data",
                                        NULL };

    return allow_all(ruleset, told, reading) &&
           allow(ruleset, "/dev", reading | LANDLOCK_ACCESS_FS_WRITE_FILE);
}

static enum outcome confine_files(const struct confine *confine, struct why *why)
{
    static const char *const system[] = { "/etc",
                                          "/usr",
                                          "/lib",
                                          "/lib64",
                                          "/proc/self",
                                          "/proc/sys",
                                          "/dev/null",
                                          "/dev/urandom",
                                          "/dev/random",
                                          "/run/systemd/resolve",
                                          "/run/resolvconf",
                                          "/run/NetworkManager",
                                          "/sys/devices/system",
                                          NULL };
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    if (version < 1) {
        log_line(LOG_LEVEL_INFO, "this kernel has no Landlock; files are not fenced off");
        return OUTCOME_OK;
    }
    struct landlock_ruleset_attr attr = { .handled_access_fs = handled(version) };
    fd_auto ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    uint64_t both = (reading | writing) & attr.handled_access_fs;
    if (ruleset < 0 || !allow_all(ruleset, system, reading) ||
        !allow_all(ruleset, confine->readable, reading) ||
        ((confine->may & CONFINEMENT_CACHE) && !allow_all(ruleset, confine->writable, both)) ||
        !allow_all(ruleset, confine->writable, reading) ||
        ((confine->may & CONFINEMENT_KEYS) && !allow_keys(ruleset)) ||
        syscall(SYS_landlock_restrict_self, ruleset, 0))
        return fail(why, REASON_BROKEN, "Landlock: %s", strerror(errno));
    return OUTCOME_OK;
}

void confine_limits(unsigned cpu_seconds)
{
    limit(RLIMIT_CPU, cpu_seconds, cpu_seconds + 1);
    limit(RLIMIT_FSIZE, FILE_LIMIT, FILE_LIMIT);
#ifndef CHECKED_BUILD
    limit(RLIMIT_DATA, DATA_LIMIT, DATA_LIMIT);
#endif
}

enum outcome confine(const struct confine *confine, struct why *why)
{
    enum outcome out;

    confine_limits(confine->cpu_seconds);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return fail(why, REASON_BROKEN, "no-new-privileges: %s", strerror(errno));
    if ((out = confine_files(confine, why)))
        return out;
    return syscalls_refuse(confine->may, why);
}
