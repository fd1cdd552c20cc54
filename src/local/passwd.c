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
#include "base/text.h"

/* PAM waits two or three seconds after a wrong password. */
enum { LIMIT_MS = 20000, END_MS = 2000, LOOK_MS = 5, SILENCE_LOOKS = 200 };
enum { SAID_MOST = 256, OUTPUT_MOST = 64 << 10 };

struct talk {
    int terminal;
    pid_t pid;
    long end_ms;
    enum passwd_prompt last; /* what was answered last */
    size_t heard;            /* bytes */
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
    size_t length = strlen(line);

    while (length && line[length - 1] == ' ')
        length--;
    return is_one_of(line, old)                                             ? PROMPT_OLD
           : is_one_of(line, new)                                           ? PROMPT_NEW
           : is_one_of(line, again)                                         ? PROMPT_AGAIN
           : length && (line[length - 1] == ':' || line[length - 1] == '?') ? PROMPT_UNKNOWN
                                                                            : PROMPT_NONE;
}

static void run_passwd(const char *terminal)
{
    char *argv[] = { "passwd", NULL }, *environment[] = { "LC_ALL=C", "PATH=/usr/bin:/bin", NULL };
    int fd;

    (void)setsid();
    if ((fd = open(terminal, O_RDWR)) < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
        _exit(127);
    (void)ioctl(0, TIOCSCTTY, 0);
    closefrom(3);
    (void)execve(PASSWD_PROGRAM, argv, environment);
    _exit(127);
}

static enum outcome start(struct talk *talk, struct why *why)
{
    char name[64];
    fd_auto terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (terminal < 0 || grantpt(terminal) || unlockpt(terminal) ||
        ptsname_r(terminal, name, sizeof name))
        return fail(why, REASON_NO_PASSWD, "a terminal for it: %s", strerror(errno));
    if ((talk->pid = fork()) < 0)
        return fail(why, REASON_NO_PASSWD, "starting it: %s", strerror(errno));
    if (!talk->pid)
        run_passwd(name);
    talk->terminal = terminal;
    terminal = -1;
    return OUTCOME_OK;
}

/* It hears that its terminal is gone. Its exit status; -1: it had to be killed, or by a signal. */
static int end(struct talk *talk)
{
    long end_ms = clock_ms() + END_MS;
    int status = 0;
    pid_t ended;

    fd_close(&talk->terminal);
    while (!(ended = waitpid(talk->pid, &status, WNOHANG)) && clock_ms() < end_ms)
        (void)poll(NULL, 0, LOOK_MS);
    if (!ended) {
        (void)kill(talk->pid, SIGKILL); /* may be refused: it is root's */
        return -1;
    }
    return ended == talk->pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void take_bytes(struct talk *talk, const char *bytes, size_t count)
{
    size_t length = strlen(talk->line);

    for (; count--; bytes++)
        if (*bytes == '\n' || *bytes == '\r') {
            if (length && !*talk->said)
                (void)strcpy(talk->said, talk->line);
            talk->line[length = 0] = '\0';
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

/* Until it asks, PROMPT_NONE when it has ended. */
static enum outcome listen(struct talk *talk, enum passwd_prompt *prompt, struct why *why)
{
    char bytes[512];

    for (;;) {
        long left = talk->end_ms - clock_ms();
        struct pollfd poll_fd = { .fd = talk->terminal, .events = POLLIN };
        *prompt = passwd_prompt(talk->line);
        if (*prompt != PROMPT_NONE)
            return OUTCOME_OK;
        if (left <= 0 || talk->heard > OUTPUT_MOST)
            return fail(why, REASON_TIME_OUT, "passwd does not come to an end");
        if (poll(&poll_fd, 1, (int)left) <= 0)
            continue;
        ssize_t n = read(talk->terminal, bytes, sizeof bytes);
        if (n <= 0) /* EIO: nobody has it open any more */
            return OUTCOME_OK;
        talk->heard += (size_t)n;
        take_bytes(talk, bytes, (size_t)n);
    }
}

static enum outcome answer(struct talk *talk, enum passwd_prompt prompt,
                           const struct secret *password, struct why *why)
{
    talk->last = prompt;
    *talk->line = *talk->said = '\0';
    if (write(talk->terminal, secret_peek(password), secret_length(password)) !=
            (ssize_t)secret_length(password) ||
        write(talk->terminal, "\n", 1) != 1)
        return fail(why, REASON_TIME_OUT, "passwd does not listen");
    return OUTCOME_OK;
}

/* What it said first, which may be of any program that PAM has started, is cleaned; that it holds
 * no password is for the terminal: it does not echo. */
static const char *words(struct talk *talk)
{
    text_clean(talk->said);
    return *talk->said ? talk->said : "it gives no reason";
}

static enum outcome refused(struct talk *talk, struct why *why)
{
    if (talk->last == PROMPT_NONE)
        return fail(why, REASON_NO_PASSWD, "%s", words(talk));
    if (talk->last == PROMPT_OLD && !strstr(talk->said, "wait longer")) /* pam_unix, minimum age */
        return fail(why, REASON_WRONG_LOCAL_PASSWORD, "%s", words(talk));
    return fail(why, REASON_LOCAL_REFUSED, "%s", words(talk));
}

/* Each question in its turn, once; NULL: there is nothing more to say. */
static enum outcome converse(struct talk *talk, const struct secret *old, const struct secret *now,
                             struct why *why)
{
    enum passwd_prompt prompt;
    enum outcome out;

    while (!(out = listen(talk, &prompt, why))) {
        if (prompt == PROMPT_NONE)
            return refused(talk, why);
        if (prompt == PROMPT_UNKNOWN || !is_silent(talk)) {
            text_clean(talk->line);
            return fail(why, REASON_UNEXPECTED_QUESTION, "\"%s\"", talk->line);
        }
        if (prompt == PROMPT_NEW && !now)
            return OUTCOME_OK;
        if ((unsigned)prompt != (unsigned)talk->last + 1)
            return refused(talk, why);
        if ((out = answer(talk, prompt, prompt == PROMPT_OLD ? old : now, why)))
            return out;
        if (prompt == PROMPT_AGAIN)
            return OUTCOME_OK;
    }
    return out;
}

/* What comes of it, the last answer being given: it may ask for another one, or be done. */
static enum outcome settle(struct talk *talk, struct why *why)
{
    enum passwd_prompt prompt;
    enum outcome out = listen(talk, &prompt, why);

    if (!out && prompt != PROMPT_NONE) {
        (void)end(talk);
        return refused(talk, why);
    }
    int status = end(talk);
    if (!out && !status)
        return OUTCOME_OK;
    if (!out && status > 0)
        return refused(talk, why);
    return fail(why, REASON_LOCAL_CHANGE_UNKNOWN, "passwd ended with status %d: %s", status,
                words(talk));
}

enum outcome passwd_run(const struct secret *old, const struct secret *now, struct why *why)
{
    struct talk talk = { .terminal = -1, .end_ms = clock_ms() + LIMIT_MS };
    enum outcome out = start(&talk, why);

    if (out)
        return out;
    out = converse(&talk, old, now, why);
    if (!out && now)
        return settle(&talk, why);
    (void)end(&talk);
    return out;
}
