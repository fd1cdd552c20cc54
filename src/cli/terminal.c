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
#include "cli/menu.h"
#include "cli/screen.h"

enum { TYPED_MOST = 1024, COLUMNS_USUAL = 80 };

static volatile sig_atomic_t cancelled, continued, resized;
static int wake[2] = { -1, -1 }; /* a signal between a look and a wait must not be missed */
static bool step_shown;

static void on_signal(int number)
{
    int error = errno;

    if (number == SIGCONT)
        continued = 1;
    else if (number == SIGWINCH)
        resized = 1;
    else
        cancelled = 1;
    if (write(wake[1], "", 1) < 0)
        errno = error; /* full: it wakes all the same */
}

void terminal_begin(void)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
    struct sigaction action = { .sa_handler = on_signal }; /* reads and polls are interrupted */
    struct sigaction quiet = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    struct sigaction before;

    if (pipe2(wake, O_CLOEXEC | O_NONBLOCK))
        wake[0] = wake[1] = -1; /* who waits hears of signals all the same, but for that moment */
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!sigaction(numbers[i], NULL, &before) && before.sa_handler != SIG_IGN) /* nohup */
            (void)sigaction(numbers[i], &action, NULL);
    (void)sigaction(SIGCONT, &quiet, NULL);
    (void)sigaction(SIGWINCH, &quiet, NULL);
}

bool terminal_cancelled(void)
{
    return cancelled;
}

bool terminal_continued(void)
{
    bool is = continued;

    continued = 0;
    return is;
}

bool terminal_resized(void)
{
    bool is = resized;

    resized = 0;
    return is;
}

bool terminal_await(int fd, int ms)
{
    struct pollfd pfds[] = { { .fd = wake[0], .events = POLLIN }, { .fd = fd, .events = POLLIN } };
    char bytes[64];

    if (poll(pfds, 2, ms) <= 0)
        return false;
    while (pfds[0].revents && read(wake[0], bytes, sizeof bytes) > 0)
        ;
    return pfds[1].revents;
}

static void write_anew(const char *line, const char *tail)
{
    int columns = screen_columns(STDERR_FILENO);

    if (!screen_can_draw(STDERR_FILENO))
        return;
    int room = (columns ? columns : COLUMNS_USUAL) - 1 - (int)strlen(tail);
    (void)fprintf(stderr, "\r\033[K%.*s%s", screen_fit(line, room), line, tail);
    (void)fflush(stderr);
    step_shown = *line;
}

void terminal_step(const char *line)
{
    if (line)
        write_anew(line, " ...");
    else if (step_shown)
        write_anew("", "");
}

void terminal_step_for(const char *line, long seconds)
{
    char tail[32] = " ...";

    if (seconds)
        (void)snprintf(tail, sizeof tail, " ... %ld:%02ld", seconds / 60, seconds % 60);
    write_anew(line, tail);
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

/* Until there is something to read. After a stop the terminal is made quiet again. */
static enum outcome await_input(int fd, const struct termios *quiet, struct why *why)
{
    while (!cancelled) {
        if (terminal_await(fd, -1))
            return OUTCOME_OK;
        if (terminal_continued() && quiet)
            (void)tcsetattr(fd, TCSADRAIN, quiet);
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

static void show_prompt(int fd, const struct message *question)
{
    const char *suggestion = message_text(question, SLOT_SUGGESTION);

    (void)dprintf(fd, "%s", message_text(question, SLOT_LINE));
    if (suggestion)
        (void)dprintf(fd, "[%s] ", suggestion);
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

static enum outcome ask_choice(int fd, const struct message *question, struct secret *line,
                               struct why *why)
{
    if (menu_can(fd, question))
        return menu_ask(fd, question, line, why);
    menu_list(fd, question);
    return read_line(fd, NULL, line, why);
}

static enum outcome (*const asks[QUESTION_KINDS])(int fd, const struct message *question,
                                                  struct secret *line, struct why *why) = {
    [QUESTION_HIDDEN] = ask_hidden,
    [QUESTION_SHOWN] = ask_shown,
    [QUESTION_CHOICE] = ask_choice,
    [QUESTION_QR] = ask_shown,
};

enum outcome terminal_ask(const struct message *question, struct secret **answer, struct why *why)
{
    int64_t kind = message_number(question, SLOT_QUESTION_KIND, QUESTION_KINDS);
    enum outcome out;

    if (kind < 0 || kind >= QUESTION_KINDS || !asks[kind])
        return fail(why, REASON_NOBODY_TO_ASK, "no question of that kind can be put here: %s",
                    message_text(question, SLOT_LINE));
    fd_auto fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return fail(why, REASON_NOBODY_TO_ASK, "there is no terminal to ask: %s",
                    message_text(question, SLOT_LINE));
    secret_auto *line = secret_new(TYPED_MOST + 1);
    if (!line)
        return fail_memory(why);
    terminal_step(NULL);
    if ((out = asks[kind](fd, question, line, why)))
        return out;
    *answer = line;
    line = NULL;
    return OUTCOME_OK;
}
