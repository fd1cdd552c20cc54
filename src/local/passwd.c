/* SPDX-License-Identifier: MIT */
#include "local/passwd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

enum { END_MS = 2000, LOOK_MS = 5, LONG_LOOK_MS = 200, SILENCE_LOOKS = 200, OPEN_MS = 1000 };
enum { SAID_MOST = 256, OUTPUT_MOST = 64 << 10 };

struct talk {
    const char *account;
    const struct secret *old, *now;
    long end_ms;
    int terminal;
    pid_t pid; /* 0: it has ended */
    int status;
    enum passwd_prompt last; /* what was answered last */
    bool of_another;         /* it wants to change somebody else's */
    bool in_doubt;           /* it had the new password, and says that it failed */
    size_t heard;            /* bytes, */
    long heard_ms;           /* and when the last came */
    char line[SAID_MOST];    /* that has not ended yet */
    char said[SAID_MOST];    /* the first whole line since the last answer */
};

static bool is_one_of(const char *line, const char *const *known)
{
    size_t length = strlen(line);

    while (length && line[length - 1] == ' ')
        length--;
    for (; *known; known++)
        if (length == strlen(*known) && !strncasecmp(line, *known, length))
            return true;
    return false;
}

/* Of pam_unix and what asks by pam_get_authtok (pam_pwquality, pam_cracklib, pam_pwhistory). */
enum passwd_prompt passwd_prompt(const char *line)
{
    static const char *const old[] = { "Current password:", "(current) UNIX password:",
                                       "Current UNIX password:", "Old password:", NULL };
    static const char *const new[] = { "New password:", "New UNIX password:",
                                       "Enter new UNIX password:", "Enter new password:", NULL };
    static const char *const again[] = { "Retype new password:", "Retype new UNIX password:",
                                         "Re-enter new password:", "Re-type new password:", NULL };

    return is_one_of(line, old)     ? PROMPT_OLD
           : is_one_of(line, new)   ? PROMPT_NEW
           : is_one_of(line, again) ? PROMPT_AGAIN
                                    : PROMPT_NONE;
}

static void run_passwd(const char *terminal, char *const argv[])
{
    char *environment[] = { "LC_ALL=C", "PATH=/usr/bin:/bin", NULL };
    int fd;

    (void)setsid();
    if ((fd = open(terminal, O_RDWR)) < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
        _exit(127);
    (void)ioctl(0, TIOCSCTTY, 0);
    closefrom(3);
    (void)execve(PASSWD_PROGRAM, argv, environment);
    _exit(127);
}

static enum outcome start(struct talk *talk, char *const argv[], struct why *why)
{
    char name[64];
    fd_auto terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (terminal < 0 || grantpt(terminal) || unlockpt(terminal) ||
        ptsname_r(terminal, name, sizeof name))
        return fail(why, REASON_NO_PASSWD, "a terminal for it: %s", strerror(errno));
    if ((talk->pid = fork()) < 0)
        return fail(why, REASON_NO_PASSWD, "starting it: %s", strerror(errno));
    if (!talk->pid)
        run_passwd(name, argv);
    talk->terminal = terminal;
    terminal = -1;
    return OUTCOME_OK;
}

static bool has_ended(struct talk *talk)
{
    if (talk->pid && waitpid(talk->pid, &talk->status, WNOHANG) == talk->pid)
        talk->pid = 0;
    return !talk->pid;
}

static bool ends_soon(struct talk *talk)
{
    long end_ms = clock_ms() + END_MS;

    while (!has_ended(talk) && clock_ms() < end_ms)
        (void)poll(NULL, 0, LOOK_MS);
    return has_ended(talk);
}

/* It hears that its terminal is gone. Its exit status; -1: it had to be killed, or by a signal. */
static int end(struct talk *talk)
{
    fd_close(&talk->terminal);
    if (!ends_soon(talk)) {
        (void)kill(talk->pid, SIGKILL); /* may be refused: it is root's */
        (void)ends_soon(talk);
        return -1;
    }
    return WIFEXITED(talk->status) ? WEXITSTATUS(talk->status) : -1;
}

/* "alice", "alice." or, of other makes of passwd, "user alice." */
static bool is_of(const char *text, const char *account)
{
    size_t length = strlen(account);

    return !strncmp(text, account, length) && (!text[length] || !strcmp(text + length, "."));
}

static void take_line(struct talk *talk)
{
    static const char before[] = "Changing password for ", user[] = "user ";
    const char *whose = talk->line + sizeof before - 1;

    if (!strncmp(talk->line, before, sizeof before - 1) && !is_of(whose, talk->account) &&
        (strncmp(whose, user, sizeof user - 1) != 0 ||
         !is_of(whose + sizeof user - 1, talk->account)))
        talk->of_another = true;
    if (!*talk->said)
        (void)strcpy(talk->said, talk->line);
    *talk->line = '\0';
}

static void take_bytes(struct talk *talk, const char *bytes, size_t count)
{
    talk->heard += count;
    talk->heard_ms = clock_ms();
    for (size_t length = strlen(talk->line); count--; bytes++)
        if (*bytes == '\n' || *bytes == '\r') {
            take_line(talk);
            length = 0;
        } else if (length + 1 < sizeof talk->line && *bytes) {
            talk->line[length++] = *bytes;
            talk->line[length] = '\0';
        }
}

/* The prompt may come a moment before the echo goes off, and with it what was typed before. */
static bool is_silent(const struct talk *talk)
{
    struct termios settings;

    for (int looks = 0; looks < SILENCE_LOOKS; looks++) {
        if (tcgetattr(talk->terminal, &settings))
            return false;
        if (!(settings.c_lflag & ECHO))
            return true;
        (void)poll(NULL, 0, LOOK_MS);
    }
    return false;
}

/* Until it asks, PROMPT_NONE when it has ended: what it has started may live on at the terminal. */
static enum outcome listen(struct talk *talk, enum passwd_prompt *prompt, struct why *why)
{
    struct pollfd fd = { .fd = talk->terminal, .events = POLLIN };
    char bytes[512];

    for (;;) {
        if ((*prompt = passwd_prompt(talk->line)) != PROMPT_NONE)
            return OUTCOME_OK;
        if (clock_ms() >= talk->end_ms || talk->heard > OUTPUT_MOST)
            return fail(why, REASON_TIME_OUT, "passwd does not come to an end");
        if (poll(&fd, 1, LONG_LOOK_MS) > 0) {
            ssize_t n = read(talk->terminal, bytes, sizeof bytes);
            if (n <= 0) /* EIO: nobody has it open any more */
                return OUTCOME_OK;
            take_bytes(talk, bytes, (size_t)n);
        } else if (has_ended(talk)) {
            return OUTCOME_OK;
        } else if (*talk->line && clock_ms() >= talk->heard_ms + OPEN_MS) {
            *prompt = PROMPT_UNKNOWN;
            return OUTCOME_OK;
        }
    }
}

static enum outcome answer(struct talk *talk, enum passwd_prompt prompt, struct why *why)
{
    const struct secret *password = prompt == PROMPT_OLD ? talk->old : talk->now;
    ssize_t length = (ssize_t)secret_length(password);

    talk->last = prompt;
    *talk->line = *talk->said = '\0';
    if (write(talk->terminal, secret_peek(password), (size_t)length) != length ||
        write(talk->terminal, "\n", 1) != 1)
        return fail(why, REASON_TIME_OUT, "passwd does not listen");
    return OUTCOME_OK;
}

static bool holds(const char *text, const struct secret *password)
{
    return password && secret_length(password) && strstr(text, secret_peek(password));
}

/* What it says may be of any program that PAM has started; one may well say a password. */
static const char *words(const struct talk *talk, const char *text)
{
    if (strlen(text) + 1 == SAID_MOST || holds(text, talk->old) || holds(text, talk->now))
        return "what it says is not fit to be told";
    return *text ? text : "it gives no reason";
}

/* passwd has no other word for it: of pam_unix where pam_deny is behind it, or where not. */
static bool is_wrong(const char *said)
{
    return strstr(said, "Authentication token manipulation error") ||
           strstr(said, "Authentication failure");
}

/* It has ended, or asks again what was answered. */
static enum outcome refused(const struct talk *talk, bool again, struct why *why)
{
    const char *said = words(talk, talk->said);

    if (talk->last == PROMPT_NONE)
        return fail(why, REASON_NO_PASSWD, "%s", said);
    if (talk->last == PROMPT_OLD && (again || is_wrong(talk->said)))
        return fail(why, REASON_WRONG_LOCAL_PASSWORD, "%s", said);
    return fail(why, REASON_LOCAL_REFUSED, "%s", said);
}

/* Each question in its turn, once. */
static enum outcome may_answer(const struct talk *talk, enum passwd_prompt prompt, struct why *why)
{
    if (talk->of_another)
        return fail(why, REASON_NO_LOCAL_ACCOUNT, "passwd takes the person for somebody else");
    if (prompt == talk->last || (prompt == PROMPT_NEW && talk->last == PROMPT_AGAIN))
        return refused(talk, true, why);
    if (prompt == PROMPT_UNKNOWN || (unsigned)prompt != (unsigned)talk->last + 1 ||
        !is_silent(talk))
        return fail(why, REASON_UNEXPECTED_QUESTION, "\"%s\"", words(talk, talk->line));
    return OUTCOME_OK;
}

/* Until it is left, or has ended, which sets has_ended. */
static enum outcome converse(struct talk *talk, bool *ended, struct why *why)
{
    enum passwd_prompt prompt;
    enum outcome out;

    while (!(out = listen(talk, &prompt, why)) && prompt != PROMPT_NONE)
        if ((out = may_answer(talk, prompt, why)) || (prompt == PROMPT_NEW && !talk->now) ||
            (out = answer(talk, prompt, why)))
            return out;
    *ended = !out;
    return out;
}

static enum outcome have_talk(struct talk *talk, struct why *why)
{
    char *argv[] = { "passwd", NULL };
    bool ended = false, told;
    enum outcome out = start(talk, argv, why);

    if (out)
        return out;
    out = converse(talk, &ended, why);
    int status = end(talk);
    told = talk->last == PROMPT_NEW || talk->last == PROMPT_AGAIN;
    if (!ended)
        return out && told && why->reason != REASON_LOCAL_REFUSED
                   ? fail_as(why, REASON_LOCAL_CHANGE_UNKNOWN)
                   : out;
    talk->in_doubt = told && status;
    return told && !status ? OUTCOME_OK : refused(talk, false, why);
}

static struct talk talk_of(const char *account, long end_ms, const struct secret *old,
                           const struct secret *now)
{
    return (struct talk){
        .account = account, .end_ms = end_ms, .old = old, .now = now, .terminal = -1
    };
}

/* A module behind the one that has changed the password may fail: passwd says then that it has not
 * changed it. */
enum outcome passwd_run(const char *account, long end_ms, const struct secret *old,
                        const struct secret *now, struct why *why)
{
    struct talk talk = talk_of(account, end_ms, old, now),
                again = talk_of(account, end_ms, now, NULL);
    enum outcome out = have_talk(&talk, why);
    struct why lost;

    if (!talk.in_doubt)
        return out;
    if (!have_talk(&again, &lost))
        return OUTCOME_OK;
    return lost.reason == REASON_WRONG_LOCAL_PASSWORD ? out
                                                      : fail_as(why, REASON_LOCAL_CHANGE_UNKNOWN);
}

/* "alice P 2026-11-26 0 99999 7 -1"; L: locked, NP: none; P alone: not in /etc/shadow. */
bool passwd_is_set(const char *account, long end_ms)
{
    char *argv[] = { "passwd", "-S", NULL }, name[SAID_MOST], state[8], since[8];
    struct talk talk = talk_of(account, end_ms, NULL, NULL);
    enum passwd_prompt prompt;
    struct why why;

    if (start(&talk, argv, &why))
        return true;
    enum outcome out = listen(&talk, &prompt, &why);
    (void)end(&talk);
    int count = sscanf(talk.said, "%255s %7s %7s", name, state, since);
    if (out || count < 2 || strcmp(name, account) != 0)
        return true;
    return *state == 'P' && count == 3;
}
