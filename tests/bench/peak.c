/* SPDX-License-Identifier: MIT
 *
 * peak [-p PID] COMMAND...: runs it and prints, as the last line on standard error, the most memory
 * in KiB that its whole tree of processes had resident, with that of the process PID: whenever one
 * ends, its peak and those of the ones that live on are summed. Gives its exit status.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 64 };

static pid_t living[MOST];
static long peak;

static long high_water(pid_t pid)
{
    char path[64], line[256];
    long kib = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *status = fopen(path, "re");
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "VmHWM:", 6))
            kib = strtol(line + 6, NULL, 10);
    if (status)
        (void)fclose(status);
    return kib;
}

static void look(void)
{
    long sum = 0;

    for (int i = 0; i < MOST; i++)
        sum += living[i] ? high_water(living[i]) : 0;
    peak = sum > peak ? sum : peak;
}

static void note(pid_t pid, pid_t instead)
{
    for (int i = 0; i < MOST; i++)
        if (living[i] == pid) {
            living[i] = instead;
            return;
        }
    if (instead)
        note(0, instead);
}

enum {
    OPTIONS = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXIT |
              PTRACE_O_TRACEEXEC
};

static pid_t begin(char **words)
{
    int status;
    pid_t child = fork();

    if (!child) {
        (void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        (void)raise(SIGSTOP);
        (void)execvp(*words, words);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child ||
        ptrace(PTRACE_SETOPTIONS, child, NULL, OPTIONS | PTRACE_O_EXITKILL))
        return -1;
    note(child, child);
    return child;
}

int main(int count, char **words)
{
    int status, result = -1;
    bool has_other = count > 3 && !strcmp(words[1], "-p");
    pid_t other = has_other ? atoi(words[2]) : 0, child = -1;

    if (count > 1 && (!other || !ptrace(PTRACE_SEIZE, other, NULL, OPTIONS)))
        child = begin(words + (has_other ? 3 : 1));
    if (child < 0)
        return 2;
    if (other)
        note(other, other);
    (void)ptrace(PTRACE_CONT, child, NULL, NULL);
    for (pid_t pid; (!other || result < 0) && (pid = waitpid(-1, &status, __WALL)) > 0;) {
        if (!WIFSTOPPED(status)) {
            note(pid, 0);
            if (pid == child)
                result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int event = status >> 16, number = WSTOPSIG(status);
        if (event == PTRACE_EVENT_EXIT)
            look();
        note(pid, pid);
        (void)ptrace(PTRACE_CONT, pid, NULL, event || number == SIGSTOP ? 0L : (long)number);
    }
    (void)fprintf(stderr, "%ld\n", peak);
    return result;
}
