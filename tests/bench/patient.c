/* SPDX-License-Identifier: MIT
 *
 * Preloaded into the command when its instructions or its memory are counted: a worker that has
 * answered is waited for and not killed, so that valgrind and peak can write down what they saw.
 */
#include <signal.h>
#include <sys/wait.h>

int kill(pid_t pid, int number)
{
    siginfo_t info;

    return number == SIGKILL ? waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) : 0;
}
