/* SPDX-License-Identifier: MIT */
#include "local/local.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "local/hand.h"
#include "local/passwd.h"
#include "local/stack.h"

enum { FIRST_PERSON = 1000, NOBODY = 65534 };

struct local {
    int hand; /* the conversation with it; -1: it is no more */
    char account[ACCOUNT_MOST];
};

/* Its password is in /etc/shadow if the second field says so. */
static enum outcome find_account(char name[ACCOUNT_MOST], struct why *why)
{
    FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *entry;
    uid_t uid = getuid();
    bool in_shadow = false;

    *name = '\0';
    while (file && (entry = fgetpwent(file)))
        if (entry->pw_uid == uid && strlen(entry->pw_name) < ACCOUNT_MOST) {
            (void)snprintf(name, ACCOUNT_MOST, "%s", entry->pw_name);
            in_shadow = !strcmp(entry->pw_passwd, "x");
            break;
        }
    if (file)
        (void)fclose(file);
    if (!*name)
        return fail(why, REASON_NO_LOCAL_ACCOUNT, "/etc/passwd has no user %u", (unsigned)uid);
    if (uid < FIRST_PERSON || uid == NOBODY)
        return fail(why, REASON_NO_LOCAL_ACCOUNT, "%s is an account of the system", name);
    return in_shadow ? OUTCOME_OK
                     : fail(why, REASON_NO_LOCAL_ACCOUNT, "%s is not in /etc/shadow", name);
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

enum outcome local_begin(struct local **local, struct why *why)
{
    struct local *made = calloc(1, sizeof *made);
    int fds[2] = { -1, -1 };
    struct stack stack;
    enum outcome out;
    pid_t pid;

    if (!made)
        return fail_memory(why);
    if ((out = find_account(made->account, why)) || (out = check_program(why)) ||
        (out = stack_of_passwd(&stack, why)))
        ;
    else if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) || (pid = fork()) < 0)
        out = fail(why, REASON_BROKEN, "the hand: %s", strerror(errno));
    else if (!pid)
        hand_run(made->account, fds[1]);
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

/* An answer that comes too late is none to the next order. */
static enum outcome lose_hand(struct local *local, enum task task, struct why *why)
{
    fd_close(&local->hand);
    return fail(why, task == TASK_CHANGE ? REASON_LOCAL_CHANGE_UNKNOWN : REASON_TIME_OUT,
                "the hand says nothing any more");
}

static enum outcome read_answer(struct local *local, enum task task, struct why *why)
{
    struct pollfd fd = { .fd = local->hand, .events = POLLIN };
    long end_ms = clock_ms() + HAND_MS + HAND_MORE_MS, left;
    struct answer answer;

    while ((left = end_ms - clock_ms()) > 0 && poll(&fd, 1, (int)left) < 0 && errno == EINTR)
        ;
    if (left <= 0 || recv(local->hand, &answer, sizeof answer, MSG_DONTWAIT) != sizeof answer)
        return lose_hand(local, task, why);
    if (!answer.outcome)
        return OUTCOME_OK;
    *why = answer.why;
    return fail_in(why, "passwd for %s", local->account);
}

static bool can_be_typed(const struct secret *password)
{
    size_t length = password ? secret_length(password) : 0;

    return length && length <= LOCAL_PASSWORD_MOST && text_is_clean(secret_peek(password), length);
}

static enum outcome ask_hand(struct local *local, enum task task, const struct secret *old,
                             const struct secret *now, struct why *why)
{
    enum outcome out;

    if (task == TASK_RULES && !can_be_typed(old))
        old = NULL;
    if (task != TASK_RULES && !can_be_typed(old))
        return fail(why, REASON_WRONG_LOCAL_PASSWORD, "no password here can be so");
    if (task != TASK_PROVE && !can_be_typed(now))
        return fail(why, REASON_WEAK_PASSWORD,
                    "this computer takes 1 to %d bytes of UTF-8 without control characters",
                    LOCAL_PASSWORD_MOST);
    out = send_order(local, task, old, now, why);
    return out ? out : read_answer(local, task, why);
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
