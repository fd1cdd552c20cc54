/* SPDX-License-Identifier: MIT
 *
 * Rows of docs/hardening.md: each test confines a forked child and tries the forbidden call.
 */
#include "work/confined.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

static int programs(void *data)
{
    char *const none[] = { NULL };

    (void)data;
    confined(NETWORK | CACHE);
    REFUSED(execve("/usr/bin/true", none, none));
    REFUSED(syscall(SYS_execveat, AT_FDCWD, "/usr/bin/true", none, none, 0));
    return 0;
}

static int processes(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
#ifdef SYS_fork
    REFUSED(syscall(SYS_fork));
#endif
    REFUSED(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
    REFUSED(syscall(SYS_clone3, NULL, 0));
    return 0;
}

static void *count(void *number)
{
    ++*(int *)number;
    return number;
}

/* A thread, and still no process, however it is asked for. */
static int threads(void *data)
{
    pthread_t thread;
    int number = 0;

    (void)data;
    confined(NETWORK | CACHE | CONFINEMENT_THREADS);
    if (pthread_create(&thread, NULL, count, &number) || pthread_join(thread, NULL) || number != 1)
        return 1;
    if (TEST_ASAN)
        return 0;
    REFUSED(fork());
    REFUSED(vfork());
    REFUSED(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
    REFUSED(syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL, NULL, NULL, NULL));
    REFUSED(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL));
    errno = 0;
    return syscall(SYS_clone3, NULL, 0) != -1 || errno != ENOSYS;
}

static int no_threads(void *data)
{
    pthread_t thread;
    int number = 0;

    (void)data;
    confined(NETWORK | CACHE);
    return pthread_create(&thread, NULL, count, &number) != EPERM;
}

static int signals(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    REFUSED(kill(getppid(), 0));
    REFUSED(syscall(SYS_pidfd_open, getppid(), 0));
    REFUSED(syscall(SYS_tkill, getppid(), 0));
    REFUSED(syscall(SYS_tgkill, getppid(), getppid(), 0));
    REFUSED(syscall(SYS_rt_sigqueueinfo, getppid(), 0, NULL));
    REFUSED(syscall(SYS_prlimit64, getppid(), RLIMIT_CPU, NULL, NULL));
    return syscall(SYS_tgkill, getpid(), getpid(), 0) != 0;
}

static int typing(void *data)
{
    int terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct winsize size;

    (void)data;
    if (terminal < 0)
        return 2;
    confined(NETWORK | CACHE);
    REFUSED(ioctl(terminal, TIOCSTI, "x"));
    REFUSED(syscall(SYS_ioctl, terminal, (1UL << 32) + TIOCSTI, "x")); /* upper half ignored */
    REFUSED(ioctl(terminal, TIOCLINUX, "\3"));
    return ioctl(terminal, TIOCGWINSZ, &size);
}

static int other_processes(void *data)
{
    char byte;
    struct iovec local = { &byte, 1 }, remote = { &byte, 1 };

    (void)data;
    confined(NETWORK | CACHE);
    if (!TEST_ASAN)
        REFUSED(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
    REFUSED(process_vm_readv(getppid(), &local, 1, &remote, 1, 0));
    REFUSED(process_vm_writev(getppid(), &local, 1, &remote, 1, 0));
    return 0;
}

static int listening(void *data)
{
    struct sockaddr_in any = { .sin_family = AF_INET };

    (void)data;
    confined(NETWORK | CACHE);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any))
        return 2;
    REFUSED(listen(fd, 1));
    REFUSED(accept(fd, NULL, NULL));
    REFUSED(accept4(fd, NULL, NULL, SOCK_CLOEXEC));
    return 0;
}

static int families(void *data)
{
    static const int others[] = { AF_PACKET, AF_VSOCK, AF_BLUETOOTH, AF_ALG, AF_KEY,
                                  AF_CAN,    AF_TIPC,  AF_XDP,       AF_RDS, 0 };

    (void)data;
    confined(NETWORK | CACHE);
    for (size_t i = 0; i < COUNT(others); i++)
        REFUSED(socket(others[i], SOCK_DGRAM, 0));
    return 0;
}

static int no_network(void *data)
{
    (void)data;
    confined(CACHE);
    REFUSED(socket(AF_INET, SOCK_STREAM, 0));
    REFUSED(socket(AF_INET6, SOCK_DGRAM, 0));
    REFUSED(syscall(SYS_socket, (1UL << 32) + AF_INET, SOCK_STREAM, 0)); /* upper half ignored */
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
    return fd < 0;
}

static int no_local(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    REFUSED(socket(AF_UNIX, SOCK_STREAM, 0));
    return 0;
}

static int local(void *data)
{
    (void)data;
    confined(CACHE | CONFINEMENT_LOCAL);
    REFUSED(socket(AF_INET, SOCK_STREAM, 0));
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0;
}

static int file_rights(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    REFUSED(chmod("private/id_ed25519", 0777));
    REFUSED(chown("private/id_ed25519", geteuid(), (gid_t)-1));
    REFUSED(utimensat(AT_FDCWD, "private/id_ed25519", NULL, 0));
    REFUSED(syscall(SYS_setxattr, "private/id_ed25519", "user.x", "x", 1, 0));
    return 0;
}

static int keys(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    REFUSED(syscall(SYS_add_key, "user", "x", "x", 1, -4));
    REFUSED(syscall(SYS_keyctl, 0, -4, 0));
    return 0;
}

static int owners(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    REFUSED(fcntl(0, F_SETOWN, getppid()));
    REFUSED(fcntl(0, F_SETSIG, SIGKILL));
    return fcntl(0, F_GETFL) < 0;
}

static int later(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    errno = 0;
    return syscall(452, AT_FDCWD, "private/id_ed25519", 0777, 0) != -1 || errno != ENOSYS;
}

static int identity(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    REFUSED(syscall(SYS_setuid, geteuid()));
    REFUSED(syscall(SYS_setgid, getegid()));
    REFUSED(syscall(SYS_setresuid, -1, -1, -1));
    REFUSED(syscall(SYS_setgroups, 0, NULL));
    REFUSED(syscall(SYS_capset, NULL, NULL));
    return 0;
}

static int system_view(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    REFUSED(mount("none", "/tmp", "tmpfs", 0, NULL));
    REFUSED(umount2("/proc", 0));
    REFUSED(chroot("/"));
    REFUSED(unshare(CLONE_NEWUSER));
    REFUSED(syscall(SYS_setns, 0, 0));
    REFUSED(syscall(SYS_pivot_root, "/", "/"));
    REFUSED(syscall(SYS_fsopen, "tmpfs", 0));
    REFUSED(syscall(SYS_open_tree, AT_FDCWD, "/", 0));
    return 0;
}

static int kernel(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    REFUSED(syscall(SYS_bpf, 0, NULL, 0));
    REFUSED(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
    REFUSED(syscall(SYS_userfaultfd, 0));
    REFUSED(syscall(SYS_io_uring_setup, 1, NULL));
    REFUSED(syscall(SYS_finit_module, -1, "", 0));
    REFUSED(syscall(SYS_kexec_load, 0, 0, NULL, 0));
    REFUSED(syscall(SYS_reboot, 0, 0, 0, NULL));
    REFUSED(syscall(SYS_clock_settime, CLOCK_REALTIME, NULL));
    REFUSED(sethostname("x", 1));
    return 0;
}

#ifdef __x86_64__
static int other_numbers(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    (void)syscall(0x40000000 | 39); /* getpid of x32 */
    return 0;
}

static int other_architecture(void *data)
{
    (void)data;
    confined(NETWORK | CACHE);
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory"); /* getpid of i386 */
    return result == -ENOSYS ? 77 : 0;
}
#endif
/* What every verb needs still works. */
static int allowed(void *data)
{
    char name[100], *many = malloc(1 << 20);
    struct timespec now;

    (void)data;
    confined(NETWORK | CACHE);
    int inet = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int inet6 = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
    if ((inet < 0 || inet6 < 0 || netlink < 0) && errno != EAFNOSUPPORT)
        return 1;
    if (!many || clock_gettime(CLOCK_REALTIME, &now) || getpid() <= 1)
        return 2;
    (void)snprintf(name, sizeof name, "%s/cache/new", test_folder());
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) || ftruncate(fd, 0))
        return 3;
    (void)snprintf(name, sizeof name, "%s/allowed/file", test_folder());
    fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 ||
        open("/proc/self/maps", O_RDONLY | O_CLOEXEC) < 0 ||
        open("/dev/urandom", O_RDONLY | O_CLOEXEC) < 0)
        return 4;
    free(many);
    return 0;
}
IN_CHILD(programs, 0)
IN_CHILD(signals, 0)
IN_CHILD(typing, 0)
IN_CHILD(other_processes, 0)
IN_CHILD(listening, 0)
IN_CHILD(families, 0)
IN_CHILD(no_network, 0)
IN_CHILD(no_local, 0)
IN_CHILD(local, 0)
IN_CHILD(file_rights, 0)
IN_CHILD(keys, 0)
IN_CHILD(owners, 0)
IN_CHILD(later, 0)
IN_CHILD(identity, 0)
IN_CHILD(system_view, 0)
IN_CHILD(kernel, 0)
IN_CHILD(allowed, 0)

static void child_processes(void **state)
{
    (void)state;
    if (TEST_ASAN)
        test_skip("a build with AddressSanitizer lets its leak checker start a process");
    prepare();
    assert_int_equal(test_child(processes, NULL), 0);
}

static void child_threads(void **state)
{
    (void)state;
    prepare();
    assert_int_equal(test_child(threads, NULL), 0);
    if (!TEST_ASAN)
        assert_int_equal(test_child(no_threads, NULL), 0);
}

static void child_other_numbers(void **state)
{
    (void)state;
#ifdef __x86_64__
    prepare();
    assert_int_equal(test_child(other_numbers, NULL), 128 + SIGSYS);
#else
    test_skip("this machine has no second set of system call numbers");
#endif
}

static void child_other_architecture(void **state)
{
    (void)state;
#ifdef __x86_64__
    prepare();
    int status = test_child(other_architecture, NULL);
    if (status == 77 || status == 128 + SIGSEGV)
        test_skip("this kernel has no system calls of 32 bits");
    assert_int_equal(status, 128 + SIGSYS);
#else
    test_skip("this machine has no second set of system call numbers");
#endif
}
FACTS(FACT(child_programs, "confine: no program can be started"),
      FACT(child_processes, "confine: no process or thread can be started"),
      FACT(child_threads, "confine: with THREADS there are threads, and still no process"),
      FACT(child_signals,
           "confine: no other process can be sent a signal or have its limits changed"),
      FACT(child_typing, "confine: nothing can be typed into the terminal"),
      FACT(child_other_processes, "confine: no other process can be traced or read"),
      FACT(child_listening, "confine: no socket can listen or accept"),
      FACT(child_families, "confine: no socket but local, netlink and inet"),
      FACT(child_no_network, "confine: without NETWORK there is no inet socket"),
      FACT(child_no_local, "confine: without LOCAL there is no local socket, so no session bus"),
      FACT(child_local, "confine: a ticket cache behind a local socket can be reached"),
      FACT(child_file_rights, "confine: nobody's file changes owner, mode, times or attributes"),
      FACT(child_keys, "confine: without KEYRING no key of the kernel can be read or added"),
      FACT(child_owners, "confine: no descriptor can send signals to others"),
      FACT(child_later, "confine: system calls that came later are not there"),
      FACT(child_identity, "confine: user, group and capabilities cannot be changed"),
      FACT(child_system_view, "confine: nothing can be mounted, no namespace or root changed"),
      FACT(child_kernel, "confine: the kernel's own interfaces are closed"),
      FACT(child_other_numbers, "confine: a system call of x32 ends the process"),
      FACT(child_other_architecture, "confine: a system call of 32 bits ends the process"),
      FACT(child_allowed, "confine: what a verb needs still works"))
