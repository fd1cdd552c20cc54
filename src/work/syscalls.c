/* SPDX-License-Identifier: MIT */
#include "work/syscalls.h"

#include <asm/sockios.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wire/verbs.h"

#if defined(__x86_64__)
#define ARCHITECTURE  AUDIT_ARCH_X86_64
#define OTHER_NUMBERS 0x40000000 /* x32 */
#elif defined(__aarch64__)
#define ARCHITECTURE  AUDIT_ARCH_AARCH64
#define OTHER_NUMBERS 0xffffffff
#else
#error "name this architecture's AUDIT_ARCH here"
#endif

/* clang-format off */
static const int refused[] = {
    /* Other programs and processes. The leak checker of a build for tests needs both. */
#ifndef CHECKED_BUILD
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
    SYS_ptrace,
#endif
    SYS_execve, SYS_execveat, SYS_kill, SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo,
    SYS_process_vm_readv, SYS_process_vm_writev,
    SYS_process_madvise, SYS_kcmp, SYS_pidfd_open, SYS_pidfd_getfd, SYS_pidfd_send_signal,
    /* Waiting for others to connect. */
    SYS_listen, SYS_accept, SYS_accept4,
    /* Another identity. */
    SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid,
    SYS_setgroups, SYS_capset, SYS_personality,
    SYS_setfsuid, SYS_setfsgid, SYS_setpriority, SYS_ioprio_set, SYS_sched_setscheduler,
    SYS_sched_setparam, SYS_sched_setattr, SYS_sched_setaffinity,
    /* What belongs to files, which Landlock does not look at. */
#ifdef SYS_chmod
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat, SYS_mknod,
    SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
    SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_setxattr, SYS_lsetxattr,
    SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
    /* Memory that others share. */
    SYS_shmget, SYS_shmat, SYS_msgget, SYS_semget, SYS_mq_open,
    /* Another view of the system. */
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns, SYS_move_mount,
    SYS_open_tree, SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr,
    /* The kernel itself. */
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter,
    SYS_io_uring_register, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load,
    SYS_kexec_file_load, SYS_fanotify_init, SYS_open_by_handle_at, SYS_name_to_handle_at,
    SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl, SYS_syslog, SYS_settimeofday,
    SYS_clock_settime, SYS_adjtimex, SYS_sethostname, SYS_setdomainname, SYS_mknodat,
};
/* clang-format on */

/* Of Linux 5.17; what came later is looked at by nobody here, and needed by no library. */
enum { LAST_KNOWN = 450 };

enum { REFUSED = sizeof refused / sizeof *refused, MOST = 64 + REFUSED * 2 };

struct program {
    struct sock_filter code[MOST];
    unsigned short length;
};

static void add(struct program *program, struct sock_filter instruction)
{
    program->code[program->length++] = instruction;
}

static void load(struct program *program, size_t offset)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void answer(struct program *program, uint32_t action)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* Skips so many instructions if what was loaded is (or is not) the value. */
static void skip_if(struct program *program, uint32_t value, unsigned char is, unsigned char is_not)
{
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, is, is_not));
}

/* The first argument of socket is the family; its lower half is all that the kernel looks at. */
static void check_families(struct program *program, unsigned may)
{
    uint32_t families[4];
    unsigned char count = 0;

    families[count++] = AF_NETLINK;
    if (may & CONFINEMENT_NETWORK) {
        families[count++] = AF_INET;
        families[count++] = AF_INET6;
    }
    if (may & CONFINEMENT_LOCAL)
        families[count++] = AF_UNIX;
    skip_if(program, SYS_socket, 0, (unsigned char)(count + 3));
    load(program, offsetof(struct seccomp_data, args[0]));
    for (unsigned char i = 0; i < count; i++)
        skip_if(program, families[i], (unsigned char)(count - i), 0);
    answer(program, SECCOMP_RET_ERRNO | EPERM);
    answer(program, SECCOMP_RET_ALLOW);
}

/* A call whose second argument may be anything but these. */
static void check_second(struct program *program, uint32_t call, const uint32_t *values,
                         size_t count)
{
    skip_if(program, call, 0, (unsigned char)(count + 3));
    load(program, offsetof(struct seccomp_data, args[1]));
    for (size_t i = 0; i < count; i++)
        skip_if(program, values[i], (unsigned char)(count - 1 - i), i + 1 < count ? 0 : 1);
    answer(program, SECCOMP_RET_ERRNO | EPERM);
    answer(program, SECCOMP_RET_ALLOW);
}

/* Keys of the kernel, for a ticket cache there. */
static void check_keys(struct program *program, unsigned may)
{
    static const uint32_t calls[] = { SYS_add_key, SYS_request_key, SYS_keyctl };

    for (size_t i = 0; i < sizeof calls / sizeof *calls && !(may & CONFINEMENT_KEYRING); i++) {
        skip_if(program, calls[i], 0, 1);
        answer(program, SECCOMP_RET_ERRNO | EPERM);
    }
}

/* What glibc makes a thread with. Which process clone3 makes, a filter cannot see: where there are
 * threads it is not there, and glibc takes clone. */
static void check_threads(struct program *program, unsigned may)
{
#ifndef CHECKED_BUILD
    static const uint32_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
                                   CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
                                   CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
    bool threads = may & CONFINEMENT_THREADS;

    skip_if(program, SYS_clone3, 0, 1);
    answer(program, SECCOMP_RET_ERRNO | (threads ? ENOSYS : EPERM));
    skip_if(program, SYS_clone, 0, threads ? 4 : 1);
    if (threads) {
        load(program, offsetof(struct seccomp_data, args[0]));
        skip_if(program, thread, 0, 1);
        answer(program, SECCOMP_RET_ALLOW);
    }
    answer(program, SECCOMP_RET_ERRNO | EPERM);
#else
    (void)program, (void)may;
#endif
}

/* Standard error may be the person's terminal: nothing is typed into it. */
static void check_typing(struct program *program)
{
    static const uint32_t requests[] = { TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP };

    check_second(program, SYS_ioctl, requests, sizeof requests / sizeof *requests);
}

/* Signals that the kernel sends for a descriptor could go to any process. */
static void check_owner(struct program *program)
{
    static const uint32_t commands[] = { F_SETOWN, F_SETSIG, F_SETOWN_EX };

    check_second(program, SYS_fcntl, commands, sizeof commands / sizeof *commands);
}

/* Calls that take a process first may name ourselves alone; 0 is ourselves too. */
static void check_process(struct program *program, uint32_t call)
{
    skip_if(program, call, 0, 5);
    load(program, offsetof(struct seccomp_data, args[0]));
    skip_if(program, (uint32_t)getpid(), 2, 0);
    skip_if(program, 0, 1, 0);
    answer(program, SECCOMP_RET_ERRNO | EPERM);
    answer(program, SECCOMP_RET_ALLOW);
}

enum outcome syscalls_refuse(unsigned may, struct why *why)
{
    struct program program = { 0 };

    load(&program, offsetof(struct seccomp_data, arch));
    skip_if(&program, ARCHITECTURE, 1, 0);
    answer(&program, SECCOMP_RET_KILL_PROCESS);
    load(&program, offsetof(struct seccomp_data, nr));
    add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, OTHER_NUMBERS, 0, 1));
    answer(&program, SECCOMP_RET_KILL_PROCESS);
    add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, LAST_KNOWN, 0, 1));
    answer(&program, SECCOMP_RET_ERRNO | ENOSYS);
    for (size_t i = 0; i < REFUSED; i++) {
        skip_if(&program, (uint32_t)refused[i], 0, 1);
        answer(&program, SECCOMP_RET_ERRNO | EPERM);
    }
    check_threads(&program, may);
    check_typing(&program);
    check_owner(&program);
    check_keys(&program, may);
    check_process(&program, SYS_tgkill); /* of abort */
    check_process(&program, SYS_prlimit64);
    check_families(&program, may);
    answer(&program, SECCOMP_RET_ALLOW);
    struct sock_fprog fprog = { .len = program.length, .filter = program.code };
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fprog))
        return fail(why, REASON_BROKEN, "seccomp: %s", strerror(errno));
    return OUTCOME_OK;
}
