/* SPDX-License-Identifier: MIT
 *
 * Rows of docs/hardening.md: memory, limits and files.
 */
#include "work/confined.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static int privileges(void *data)
{
    (void)data;
    confined(0);
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || prctl(PR_GET_SECCOMP) != 2;
}

static int core(void *data)
{
    struct rlimit limit = { .rlim_cur = 1, .rlim_max = 1 };

    (void)data;
    confine_memory();
    if (getrlimit(RLIMIT_CORE, &limit) || limit.rlim_cur || limit.rlim_max)
        return 1;
    return prctl(PR_GET_DUMPABLE) != 0;
}

static int core_not_raised(void *data)
{
    struct rlimit limit = { 4096, 4096 };

    (void)data;
    if (!geteuid() && setresuid(65534, 65534, 65534))
        return 77;
    confine_memory();
    return setrlimit(RLIMIT_CORE, &limit) != -1 || errno != EPERM;
}

/* Another process of the same user looks into one that gave up being dumpable. */
static int not_traced(void *data)
{
    int ends[2], back[2];
    char byte = 0, path[64];

    (void)data;
    if ((!geteuid() && setresuid(65534, 65534, 65534)) || pipe(ends) || pipe(back))
        return 77;
    (void)prctl(PR_SET_DUMPABLE, 1);
    pid_t pid = fork();
    if (!pid) {
        confine_memory();
        _exit(write(ends[1], "r", 1) != 1 || read(back[0], &byte, 1) != 1);
    }
    if (read(ends[0], &byte, 1) != 1)
        return 2;
    (void)snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC), error = errno;
    long traced = ptrace(PTRACE_ATTACH, pid, NULL, NULL);
    (void)kill(pid, SIGKILL);
    return fd >= 0 || error != EACCES || traced != -1 || errno == ESRCH;
}

static int limits(void *data)
{
    struct rlimit cpu, size;

    (void)data;
    confined(0);
    (void)getrlimit(RLIMIT_CPU, &cpu);
    (void)getrlimit(RLIMIT_FSIZE, &size);
    return cpu.rlim_max != 21 || cpu.rlim_cur != 20 || size.rlim_max != 64 << 20;
}

/* For one that runs programs of the system: they have the limits, and nothing else is gone. */
static int limits_alone(void *data)
{
    struct rlimit cpu, size, core;

    (void)data;
    confine_memory();
    confine_limits(20);
    (void)getrlimit(RLIMIT_CPU, &cpu);
    (void)getrlimit(RLIMIT_FSIZE, &size);
    (void)getrlimit(RLIMIT_CORE, &core);
    return cpu.rlim_cur != 20 || cpu.rlim_max != 21 || size.rlim_max != 64 << 20 || core.rlim_max ||
           prctl(PR_GET_DUMPABLE) || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) ||
           prctl(PR_GET_SECCOMP);
}

static int cpu_used_up(void *data)
{
    const char *none[] = { NULL };
    struct confine row = { .cpu_seconds = 1, .readable = none, .writable = none };

    (void)data;
    if (confine(&row, &(struct why){ 0 }))
        return 99;
    for (volatile unsigned long i = 0;; i++)
        ;
}
static bool has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

/* A file below the test's folder; 0 if opening it is refused with EACCES. */
static int cannot_open(const char *name, int flags)
{
    char path[200];

    (void)snprintf(path, sizeof path, *name == '/' ? "%.0s%s" : "%s/%s", test_folder(), name);
    int fd = open(path, flags | O_CLOEXEC, 0600);
    return fd >= 0 || errno != EACCES;
}

static int reads_elsewhere(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    return cannot_open("private/id_ed25519", O_RDONLY) ||
           cannot_open("private", O_RDONLY | O_DIRECTORY);
}

static int writes_elsewhere(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    return cannot_open("/etc/passwd", O_WRONLY) || cannot_open("/etc/new", O_WRONLY | O_CREAT) ||
           cannot_open("private/new", O_WRONLY | O_CREAT) ||
           cannot_open("allowed/file", O_WRONLY) || cannot_open("allowed/new", O_RDWR | O_CREAT);
}

static int writes_nothing(void *data)
{
    (void)data;
    confined(NETWORK);
    return cannot_open("cache/other", O_WRONLY | O_CREAT) ||
           cannot_open("cache/old", O_WRONLY | O_TRUNC);
}

/* Devices that are there, and what is told of them, to ask a security key; no others. */
static int keys_alone(void *data)
{
    (void)data;
    confined(NETWORK | CONFINEMENT_KEYS);
    int full = open("/dev/full", O_RDWR | O_CLOEXEC);
    int told = open("/sys/class", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return full < 0 || told < 0 || cannot_open("/dev/new", O_WRONLY | O_CREAT) ||
           cannot_open("/dev/shm/new", O_WRONLY | O_CREAT) ||
           cannot_open("private/id_ed25519", O_RDONLY) ||
           cannot_open("cache/other", O_WRONLY | O_CREAT);
}

static int no_keys(void *data)
{
    (void)data;
    confined(NETWORK);
    return cannot_open("/dev/full", O_RDWR) || cannot_open("/sys/class", O_RDONLY | O_DIRECTORY);
}

static int links_and_names(void *data)
{
    char from[200], to[200];

    (void)data;
    confined(NETWORK | CACHE);
    (void)snprintf(from, sizeof from, "%s/cache/old", test_folder());
    (void)snprintf(to, sizeof to, "%s/private/old", test_folder());
    if (!rename(from, to) || !link(from, to))
        return 1;
    (void)snprintf(to, sizeof to, "%s/cache/a-link", test_folder());
    return !symlink("/etc/passwd", to) || !mkfifo(to, 0600);
}
#define WITH_LANDLOCK(function)                                                                    \
    static void child_##function(void **state)                                                     \
    {                                                                                              \
        (void)state;                                                                               \
        if (!has_landlock())                                                                       \
            test_skip("this kernel has no Landlock");                                              \
        prepare();                                                                                 \
        assert_int_equal(test_child(function, NULL), 0);                                           \
    }
IN_CHILD(privileges, 0)
IN_CHILD(core, 0)
IN_CHILD(core_not_raised, 0)
IN_CHILD(not_traced, 0)
IN_CHILD(limits, 0)
IN_CHILD(limits_alone, 0)
IN_CHILD(cpu_used_up, 128 + SIGXCPU)
WITH_LANDLOCK(reads_elsewhere)
WITH_LANDLOCK(writes_elsewhere)
WITH_LANDLOCK(writes_nothing)
WITH_LANDLOCK(links_and_names)
WITH_LANDLOCK(keys_alone)
WITH_LANDLOCK(no_keys)

FACTS(FACT(child_privileges, "confine: no new privileges, and a seccomp filter is in force"),
      FACT(child_core, "confine_memory: no core dump, not dumpable"),
      FACT(child_core_not_raised, "confine_memory: the core limit cannot be raised again"),
      FACT(child_not_traced, "confine_memory: the same user cannot trace it or read its memory"),
      FACT(child_limits, "confine: processor time and file size are limited"),
      FACT(child_limits_alone, "confine_limits: the limits, no core dump, and privileges stay"),
      FACT(child_cpu_used_up, "confine: used up processor time ends the process"),
      FACT(child_reads_elsewhere, "confine, Landlock: files outside the lists cannot be read"),
      FACT(child_writes_elsewhere,
           "confine, Landlock: files outside the cache's folder cannot be written"),
      FACT(child_writes_nothing, "confine, Landlock: without CACHE no file can be written"),
      FACT(child_links_and_names,
           "confine, Landlock: nothing can be moved out, linked or made special"),
      FACT(child_no_keys, "confine, Landlock: devices without KEYS cannot be opened"),
      FACT(child_keys_alone, "confine, Landlock: with KEYS none can be made"))
