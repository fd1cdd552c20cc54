/* SPDX-License-Identifier: MIT */
#include "local/hand.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "local/passwd.h"
#include "local/rules.h"
#include "local/stack.h"

enum { ORDERS_FD = STDERR_FILENO + 1 };

/* The stack is read anew: the person may have thought for hours about the order. */
static enum outcome work(const char *account, enum task task, const struct secret *old,
                         const struct secret *now, struct why *why)
{
    struct stack stack;
    enum outcome out = stack_of_passwd(&stack, why);

    if (out)
        return out;
    long end_ms = clock_ms() + HAND_MS;
    bool is_set = passwd_is_set(account, end_ms);

    if (task == TASK_RULES)
        return is_set ? rules_check(&stack, account, old, now, why) : OUTCOME_OK;
    if (!is_set)
        return fail(why, REASON_NO_LOCAL_ACCOUNT, "%s has no password here, or one that is locked",
                    account);
    return passwd_run(account, end_ms, old, task == TASK_CHANGE ? now : NULL, why);
}

/* In a child of the hand, one order; false when there is nobody any more who gives one, or it is
 * none. */
static bool obey(const char *account)
{
    struct answer answer = { .outcome = OUTCOME_BROKEN };
    secret_auto *bytes = secret_new(ORDER_MOST), *old = secret_new(LOCAL_PASSWORD_MOST),
                *now = secret_new(LOCAL_PASSWORD_MOST);
    struct order order;
    ssize_t n;

    if (!bytes || !old || !now)
        return false;
    do
        n = recv(ORDERS_FD, secret_space(bytes), ORDER_MOST, 0);
    while (n < 0 && errno == EINTR);
    if (n < (ssize_t)sizeof order)
        return false;
    secret_grow(bytes, (size_t)n);
    memcpy(&order, secret_peek(bytes), sizeof order);
    if ((size_t)n != sizeof order + order.old + order.now ||
        (order.task != TASK_RULES && !order.old) || (order.task != TASK_PROVE && !order.now) ||
        !secret_append(old, secret_peek(bytes) + sizeof order, order.old) ||
        !secret_append(now, secret_peek(bytes) + sizeof order + order.old, order.now))
        return false;
    secret_cut(bytes, 0);
    answer.outcome =
        (int32_t)work(account, (enum task)order.task, order.old ? old : NULL, now, &answer.why);
    return send(ORDERS_FD, &answer, sizeof answer, MSG_NOSIGNAL) == sizeof answer;
}

/* Nothing of the process that made it, but the orders; no terminal, so that no Ctrl-C of the
 * person's reaches it; nobody may read its memory. */
static bool stand_alone(int fd)
{
    const struct rlimit none = { 0, 0 };
    sigset_t empty;
    int orders = fcntl(fd, F_DUPFD_CLOEXEC, ORDERS_FD + 1), null = open("/dev/null", O_RDWR);

    if (orders < 0 || null < 0 || prctl(PR_SET_DUMPABLE, 0) || setrlimit(RLIMIT_CORE, &none) ||
        dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 ||
        dup3(orders, ORDERS_FD, O_CLOEXEC) < 0)
        return false;
    closefrom(ORDERS_FD + 1);
    for (int i = 1; i < NSIG; i++)
        (void)signal(i, SIG_DFL);
    (void)sigemptyset(&empty);
    (void)sigprocmask(SIG_SETMASK, &empty, NULL);
    (void)umask(022);
    return setsid() > 0 && !chdir("/");
}

/* A child for each order: what libraries copied of its passwords goes with it. */
void hand_run(const char *account, int fd)
{
    struct pollfd orders = { .fd = ORDERS_FD, .events = POLLIN };
    int status = stand_alone(fd) ? 0 : 1;

    while (!status) {
        if (poll(&orders, 1, -1) != 1)
            continue;
        pid_t pid = fork();
        if (!pid)
            _exit(obey(account) ? 0 : 1);
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
            status = 1;
    }
    _exit(0);
}
