/* SPDX-License-Identifier: MIT */
#include "share/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

enum { SLICE_MS = 100, DEATH_MS = 5, DEATH_LOOKS = 40, VARIABLE_MOST = 4200 };
enum { NO_PROGRAM = 127 }; /* the exit status of ours when it is not there */

static const char *const paths[] = {
    [TOOL_GIO] = "/usr/bin/gio",
    [TOOL_GDBUS] = "/usr/bin/gdbus",
    [TOOL_MOUNT] = "/usr/bin/mount",
    [TOOL_UMOUNT] = "/usr/bin/umount",
};

/* One that would start a program, or cross a network, is no bus to us. */
bool tool_has_bus(void)
{
    const char *told = getenv("DBUS_SESSION_BUS_ADDRESS"), *folder = getenv("XDG_RUNTIME_DIR");
    char path[1024];

    if (told && *told)
        return !strncmp(told, "unix:", 5) && !strchr(told, ';');
    return folder && (size_t)snprintf(path, sizeof path, "%s/bus", folder) < sizeof path &&
           !access(path, F_OK);
}

/* Its whole environment. In the C locale its words are its own, and in UTF-8 so are names. */
struct variables {
    char texts[4][VARIABLE_MOST];
    char *list[12];
};

static void make_variables(struct variables *variables, const char *ccache)
{
    static const char *const inherited[] = { "HOME", "XDG_RUNTIME_DIR",
                                             "DBUS_SESSION_BUS_ADDRESS" };
    static char *const fixed[] = { "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin:/usr/sbin:/sbin",
                                   "GVFS_REMOTE_VOLUME_MONITOR_IGNORE=1" }; /* no look at disks */
    size_t count = 0, texts = 0;

    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        variables->list[count++] = fixed[i];
    for (size_t i = 0; i <= sizeof inherited / sizeof *inherited; i++) {
        bool last = i == sizeof inherited / sizeof *inherited;
        const char *name = last ? "KRB5CCNAME" : inherited[i];
        const char *value = last ? ccache : getenv(name);
        char *text = variables->texts[texts];
        if (value && (size_t)snprintf(text, VARIABLE_MOST, "%s=%s", name, value) < VARIABLE_MOST) {
            variables->list[count++] = text;
            texts++;
        }
    }
    variables->list[count] = NULL;
}

/* In the child. What is not setuid ends when we end (prctl(2)). */
static void become(const char *path, char *const argv[], char *const environment[], int out,
                   int err, pid_t parent)
{
    sigset_t none;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)sigemptyset(&none);
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent || null < 0 ||
        dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 ||
        sigprocmask(SIG_SETMASK, &none, NULL))
        _exit(NO_PROGRAM);
    closefrom(3);
    (void)execve(path, argv, environment);
    _exit(NO_PROGRAM);
}

/* Takes what has been said, and drops what there is no room for. False at its end. */
static bool hear(int fd, char *text, size_t size)
{
    char drop[4096];
    size_t length = strlen(text);
    bool is_full = length + 1 >= size;
    ssize_t n = read(fd, is_full ? drop : text + length, is_full ? sizeof drop : size - 1 - length);

    if (n > 0 && !is_full) {
        text[length + (size_t)n] = '\0';
        for (char *c = text + length; c < text + length + n; c++)
            *c = *c ? *c : '?';
    }
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* With all that it has started. One that cannot be ended is left to itself. */
static void end(pid_t pid)
{
    (void)kill(pid, SIGKILL); /* perhaps it leads no group yet */
    (void)kill(-pid, SIGKILL);
    for (int i = 0; i < DEATH_LOOKS && !waitpid(pid, NULL, WNOHANG); i++)
        (void)poll(NULL, 0, DEATH_MS);
}

static enum outcome watch(pid_t pid, int fds[2], const struct tool_limits *limits,
                          struct tool_said *said, int *status, struct why *why)
{
    fd_auto pidfd = pidfd_open(pid, 0); /* without one we look at its end once a slice */
    struct pollfd polls[] = { { .fd = fds[0], .events = POLLIN },
                              { .fd = fds[1], .events = POLLIN },
                              { .fd = pidfd, .events = POLLIN } };
    char *const texts[2] = { said->out, said->err };
    const size_t sizes[2] = { sizeof said->out, sizeof said->err };
    enum outcome out = OUTCOME_OK;

    for (pid_t ended = 0; !ended && !out;) {
        (void)poll(polls, sizeof polls / sizeof *polls, SLICE_MS);
        ended = waitpid(pid, status, WNOHANG);
        for (size_t i = 0; i < 2; i++)
            if (polls[i].fd >= 0 && !hear(fds[i], texts[i], sizes[i]))
                polls[i].fd = -1;
        if (!ended && clock_ms() >= limits->deadline_ms)
            out = fail(why, REASON_TIME_OUT, "it does not answer");
        else if (!ended)
            out = asker_check(limits->asker, why);
    }
    return out;
}

/* A pipe whose reading end does not block. */
static bool open_pipe(int ends[2])
{
    return !pipe2(ends, O_CLOEXEC) && !fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

enum outcome tool_run(enum tool tool, const char *const words[], const struct tool_limits *limits,
                      struct tool_said *said, struct why *why)
{
    char *argv[TOOL_WORDS_MOST + 2] = { (char *)paths[tool] };
    int outs[2] = { -1, -1 }, errs[2] = { -1, -1 }, status = -1;
    struct variables variables;
    pid_t pid = -1, us = getpid();

    for (size_t i = 0; i < TOOL_WORDS_MOST && words[i]; i++)
        argv[i + 1] = (char *)words[i];
    make_variables(&variables, limits->ccache);
    said->out[0] = said->err[0] = '\0';
    if (open_pipe(outs) && open_pipe(errs))
        pid = fork();
    int error = errno;
    if (!pid)
        become(paths[tool], argv, variables.list, outs[1], errs[1], us);
    fd_auto out_end = outs[0], err_end = errs[0];
    fd_close(&outs[1]);
    fd_close(&errs[1]);
    if (pid < 0)
        return fail(why, REASON_BROKEN, "starting %s: %s", paths[tool], strerror(error));
    enum outcome out = watch(pid, (int[2]){ out_end, err_end }, limits, said, &status, why);
    if (out) {
        end(pid);
        return fail_in(why, "%s", paths[tool]);
    }
    said->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (said->status == NO_PROGRAM && access(paths[tool], X_OK))
        return fail(why, REASON_CANNOT_MOUNT, "%s: %s", paths[tool], strerror(errno));
    return OUTCOME_OK;
}

const char *tool_complaint(struct tool_said *said)
{
    char *last = said->err;
    size_t length;

    while ((length = strlen(last)) && last[length - 1] == '\n')
        last[length - 1] = '\0';
    last = strrchr(said->err, '\n') ? strrchr(said->err, '\n') + 1 : said->err;
    text_clean(last);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const char *name = strrchr(paths[i], '/') + 1;
        if (!strncmp(last, name, strlen(name)) && !strncmp(last + strlen(name), ": ", 2))
            return last + strlen(name) + 2;
    }
    return last;
}
