/* SPDX-License-Identifier: MIT */
#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/asker.h"
#include "base/file.h"

enum { LOOK_MS = 200, TYPED_MOST = 1024 };

static volatile sig_atomic_t cancelled, continued;
static bool step_shown;

static void on_signal(int number)
{
    if (number == SIGCONT)
        continued = 1;
    else
        cancelled = 1;
}

void terminal_begin(void)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
    struct sigaction action = { .sa_handler = on_signal }; /* reads and polls are interrupted */
    struct sigaction before;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!sigaction(numbers[i], NULL, &before) && before.sa_handler != SIG_IGN) /* nohup */
            (void)sigaction(numbers[i], &action, NULL);
    (void)sigaction(SIGCONT, &action, NULL);
}

bool terminal_cancelled(void)
{
    return cancelled;
}

void terminal_step(const char *line)
{
    if (!isatty(STDERR_FILENO) || (!line && !step_shown))
        return;
    (void)fprintf(stderr, "\r\033[K%s%s", line ? line : "", line ? " ..." : "");
    (void)fflush(stderr);
    step_shown = line != NULL;
}

void terminal_tell(const char *line)
{
    terminal_step(NULL);
    (void)fprintf(stderr, "%s\n", line);
}

bool terminal_is_there(void)
{
    fd_auto fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    return fd >= 0;
}

/* Until there is something to read. Looks at the cancel now and then: a signal that comes between
 * the look and a read would not end the read. After a stop the terminal is made quiet again. */
static enum outcome await_input(int fd, const struct termios *quiet, struct why *why)
{
    struct pollfd pfd = { .fd = fd, .events = POLLIN };

    while (!cancelled) {
        if (poll(&pfd, 1, LOOK_MS) > 0)
            return OUTCOME_OK;
        if (continued && quiet)
            (void)tcsetattr(fd, TCSADRAIN, quiet);
        continued = 0;
    }
    return fail(why, REASON_CANCELLED, "cancelled by the person");
}

/* Up to a line break or the end; what does not fit is an error, not a cut password. */
static enum outcome read_line(int fd, const struct termios *quiet, struct secret *line,
                              struct why *why)
{
    enum outcome out;

    for (;;) {
        char *space = secret_space(line);
        if (!secret_room(line))
            return fail(why, REASON_BAD_PASSWORD, "the answer has more than %d bytes", TYPED_MOST);
        if ((out = await_input(fd, quiet, why)))
            return out;
        ssize_t n = read(fd, space, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(why, REASON_NOBODY_TO_ASK, "reading the answer: %s", strerror(errno));
        if (n == 0 && !secret_length(line))
            return fail(why, REASON_NOBODY_TO_ASK, "there is no answer any more");
        if (n == 0 || *space == '\n')
            return OUTCOME_OK;
        secret_grow(line, 1);
    }
}

enum outcome terminal_password_fd(int fd, struct secret **password, struct why *why)
{
    secret_auto *line = secret_new(TYPED_MOST + 1);
    enum outcome out;

    if (!line)
        return fail_memory(why);
    if ((out = read_line(fd, NULL, line, why)))
        return fail_in(why, "--password-fd %d", fd);
    size_t length = secret_length(line); /* of a file with line breaks of another system */
    if (length && secret_peek(line)[length - 1] == '\r')
        secret_cut(line, length - 1);
    *password = line;
    line = NULL;
    return OUTCOME_OK;
}

static void show_choices(int fd, const struct message *question)
{
    struct slot_value value;
    int number = 0;

    for (size_t at = 0; message_next(question, &at, &value);)
        if (value.slot == SLOT_CHOICE)
            (void)dprintf(fd, "  %d. %s\n", ++number, value.text);
}

static void show_prompt(int fd, const struct message *question)
{
    const char *suggestion = message_text(question, SLOT_SUGGESTION);

    (void)dprintf(fd, "%s", message_text(question, SLOT_LINE));
    if (message_number(question, SLOT_QUESTION_KIND, 0) == QUESTION_CHOICE) {
        (void)dprintf(fd, "\n");
        show_choices(fd, question);
        (void)dprintf(fd, "Number: ");
    } else if (suggestion) {
        (void)dprintf(fd, "[%s] ", suggestion);
    }
}

/* No echo before the prompt is there: a fast typist would show the password. What was typed ahead
 * is thrown away. The terminal is as it was afterwards, whatever happens. */
static enum outcome ask_hidden(int fd, const struct message *question, struct secret *line,
                               struct why *why)
{
    struct termios before, quiet;

    if (tcgetattr(fd, &before))
        return fail(why, REASON_NOBODY_TO_ASK, "the terminal: %s", strerror(errno));
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    quiet.c_lflag |= ICANON | ECHONL;
    quiet.c_cc[VSUSP] = _POSIX_VDISABLE; /* a shell would turn the echo on while we are stopped */
    if (tcsetattr(fd, TCSAFLUSH, &quiet))
        return fail(why, REASON_NOBODY_TO_ASK, "the terminal: %s", strerror(errno));
    show_prompt(fd, question);
    enum outcome out = read_line(fd, &quiet, line, why);
    while (tcsetattr(fd, TCSAFLUSH, &before) && errno == EINTR)
        ;
    return out;
}

static enum outcome ask_shown(int fd, const struct message *question, struct secret *line,
                              struct why *why)
{
    show_prompt(fd, question);
    return read_line(fd, NULL, line, why);
}

enum outcome terminal_ask(const struct message *question, struct secret **answer, struct why *why)
{
    bool hidden = message_number(question, SLOT_QUESTION_KIND, 0) == QUESTION_HIDDEN;
    enum outcome out;

    fd_auto fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return fail(why, REASON_NOBODY_TO_ASK, "there is no terminal to ask: %s",
                    message_text(question, SLOT_LINE));
    secret_auto *line = secret_new(TYPED_MOST + 1);
    if (!line)
        return fail_memory(why);
    terminal_step(NULL);
    out = (hidden ? ask_hidden : ask_shown)(fd, question, line, why);
    if (out)
        return out;
    *answer = line;
    line = NULL;
    return OUTCOME_OK;
}
