/* SPDX-License-Identifier: MIT */
#include "local/local.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "local/passwd.h"
#include "local/rules.h"
#include "local/stack.h"

enum { FIRST_PERSON = 1000, ANSWER_MS = 30000, NAME_MOST = 64 };

struct local {
    int hand; /* the conversation with it: one order, one answer */
    char account[NAME_MOST];
    struct stack stack;
};

enum task { TASK_RULES, TASK_PROVE, TASK_CHANGE };

/* Behind it lie the two passwords. */
struct order {
    uint16_t task, old, now; /* their lengths */
};

struct answer {
    int32_t outcome;
    struct why why;
};

static enum outcome find_account(char account[NAME_MOST], struct why *why)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *entry;
    uid_t uid = getuid();

    *account = '\0';
    while (file && (entry = fgetpwent(file)))
        if (entry->pw_uid == uid) {
            (void)snprintf(account, NAME_MOST, "%s", entry->pw_name);
            break;
        }
    if (file)
        (void)fclose(file);
    if (!*account)
        return fail(why, REASON_NO_LOCAL_ACCOUNT, "/etc/passwd has no user %u", (unsigned)uid);
    return uid >= FIRST_PERSON
               ? OUTCOME_OK
               : fail(why, REASON_NO_LOCAL_ACCOUNT, "%s is an account of the system", account);
}

static enum outcome check_program(struct why *why)
{
    struct statvfs system;
    struct stat st;

    if (stat(PASSWD_PROGRAM, &st) || statvfs(PASSWD_PROGRAM, &system))
        return fail(why, REASON_NO_PASSWD, PASSWD_PROGRAM ": %s", strerror(errno));
    if (st.st_uid || !(st.st_mode & S_ISUID) || system.f_flag & ST_NOSUID ||
        prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0))
        return fail(why, REASON_NO_PASSWD, PASSWD_PROGRAM " gets no rights when we start it");
    return OUTCOME_OK;
}

static enum outcome check_stack(struct stack *stack, struct why *why)
{
    fd_auto folder = open("/etc/pam.d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum outcome out;

    if (folder < 0)
        return fail(why, REASON_NO_PASSWD, "/etc/pam.d: %s", strerror(errno));
    if ((out = stack_read(folder, "passwd", stack, why)))
        return out;
    if (*stack->foreign)
        return fail(why, REASON_COMPANY_STACK, "the PAM stack of passwd has %s", stack->foreign);
    return stack->sets_password
               ? OUTCOME_OK
               : fail(why, REASON_COMPANY_STACK, "the PAM stack of passwd is without pam_unix");
}

static enum outcome check_rules(const struct local *local, const struct secret *old,
                                const struct secret *now, struct why *why)
{
    if (secret_length(now) > LOCAL_PASSWORD_MOST)
        return fail(why, REASON_WEAK_PASSWORD, "it takes at most %d bytes", LOCAL_PASSWORD_MOST);
    return rules_check(&local->stack, local->account, old, now, why);
}

static enum outcome work(const struct local *local, enum task task, const struct secret *old,
                         const struct secret *now, struct why *why)
{
    switch (task) {
    case TASK_RULES:
        return check_rules(local, old, now, why);
    case TASK_PROVE:
        return passwd_run(old, NULL, why);
    case TASK_CHANGE:
        break;
    }
    return passwd_run(old, now, why);
}

enum { ORDER_MOST = sizeof(struct order) + 2 * LOCAL_PASSWORD_MOST };

/* One order; false when there is nobody any more who gives one. */
static bool obey(const struct local *local, int fd)
{
    struct answer answer = { .outcome = OUTCOME_BROKEN };
    secret_auto *bytes = secret_new(ORDER_MOST), *old = secret_new(LOCAL_PASSWORD_MOST),
                *now = secret_new(LOCAL_PASSWORD_MOST);
    struct order order;
    ssize_t n;

    if (!bytes || !old || !now)
        return false;
    do
        n = recv(fd, secret_space(bytes), ORDER_MOST, 0);
    while (n < 0 && errno == EINTR);
    if (n < (ssize_t)sizeof order)
        return false;
    secret_grow(bytes, (size_t)n);
    memcpy(&order, secret_peek(bytes), sizeof order);
    if ((size_t)n != sizeof order + order.old + order.now ||
        !secret_append(old, secret_peek(bytes) + sizeof order, order.old) ||
        !secret_append(now, secret_peek(bytes) + sizeof order + order.old, order.now))
        return false;
    answer.outcome =
        (int32_t)work(local, (enum task)order.task, order.old ? old : NULL, now, &answer.why);
    return send(fd, &answer, sizeof answer, MSG_NOSIGNAL) == sizeof answer;
}

/* In a session of its own, so that no Ctrl-C of the person's reaches it. */
static void run_hand(const struct local *local, int fd)
{
    const int own = STDERR_FILENO + 1;

    (void)setsid();
    (void)signal(SIGCHLD, SIG_DFL);
    if (fd != own && dup3(fd, own, O_CLOEXEC) < 0)
        _exit(1);
    closefrom(own + 1);
    while (obey(local, own))
        ;
    _exit(0);
}

enum outcome local_begin(struct local **local, struct why *why)
{
    struct local *made = calloc(1, sizeof *made);
    int fds[2] = { -1, -1 };
    enum outcome out;
    pid_t pid;

    if (!made)
        return fail_memory(why);
    if ((out = find_account(made->account, why)) || (out = check_program(why)) ||
        (out = check_stack(&made->stack, why)))
        ;
    else if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) || (pid = fork()) < 0)
        out = fail(why, REASON_BROKEN, "the hand: %s", strerror(errno));
    else if (!pid)
        run_hand(made, fds[1]);
    fd_close(&fds[1]);
    made->hand = fds[0];
    if (out)
        local_end(&made);
    *local = made;
    return out;
}

void local_end(struct local **local)
{
    if (*local)
        fd_close(&(*local)->hand);
    free(*local);
    *local = NULL;
}

static enum outcome send_order(const struct local *local, enum task task, const struct secret *old,
                               const struct secret *now, struct why *why)
{
    struct order order = { .task = (uint16_t)task,
                           .old = (uint16_t)(old ? secret_length(old) : 0),
                           .now = (uint16_t)(now ? secret_length(now) : 0) };
    secret_auto *bytes = secret_new(ORDER_MOST);

    if (!bytes)
        return fail_memory(why);
    (void)secret_append(bytes, &order, sizeof order);
    if ((old && !secret_append(bytes, secret_peek(old), order.old)) ||
        (now && !secret_append(bytes, secret_peek(now), order.now)))
        return fail_memory(why);
    if (send(local->hand, secret_peek(bytes), secret_length(bytes), MSG_NOSIGNAL) < 0)
        return fail(why, REASON_BROKEN, "the hand: %s", strerror(errno));
    return OUTCOME_OK;
}

static enum outcome ask_hand(struct local *local, enum task task, const struct secret *old,
                             const struct secret *now, struct why *why)
{
    struct pollfd fd = { .fd = local->hand, .events = POLLIN };
    struct answer answer;
    enum outcome out;

    if (old && secret_length(old) > LOCAL_PASSWORD_MOST)
        return fail(why, REASON_WRONG_LOCAL_PASSWORD, "it is longer than any here");
    if (now && secret_length(now) > LOCAL_PASSWORD_MOST)
        return fail(why, REASON_WEAK_PASSWORD, "this computer takes at most %d bytes",
                    LOCAL_PASSWORD_MOST);
    if ((out = send_order(local, task, old, now, why)))
        return out;
    if (poll(&fd, 1, ANSWER_MS) != 1 ||
        recv(local->hand, &answer, sizeof answer, 0) != sizeof answer)
        return fail(why, task == TASK_CHANGE ? REASON_LOCAL_CHANGE_UNKNOWN : REASON_TIME_OUT,
                    "the hand says nothing any more");
    if (!answer.outcome)
        return OUTCOME_OK;
    *why = answer.why;
    return fail_in(why, "passwd for %s", local->account);
}

enum outcome local_rules(struct local *local, const struct secret *old, const struct secret *now,
                         struct why *why)
{
    return ask_hand(local, TASK_RULES, old, now, why);
}

enum outcome local_prove(struct local *local, const struct secret *password, struct why *why)
{
    return ask_hand(local, TASK_PROVE, password, NULL, why);
}

enum outcome local_change(struct local *local, const struct secret *old, const struct secret *now,
                          struct why *why)
{
    return ask_hand(local, TASK_CHANGE, old, now, why);
}
