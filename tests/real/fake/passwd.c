/* SPDX-License-Identifier: MIT
 *
 * For local.test: stands in the place of passwd, setuid as that is, and does what no good one does.
 * The first word of /etc/fake-passwd says what. What it hears goes to /etc/fake-heard, a line each.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static FILE *heard;

static void ask(const char *prompt, int silent)
{
    struct termios settings;
    char line[1200];

    if (silent && !tcgetattr(0, &settings)) {
        settings.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(0, TCSAFLUSH, &settings);
    }
    (void)printf("%s", prompt);
    (void)fflush(stdout);
    if (!fgets(line, sizeof line, stdin))
        exit(10);
    (void)fprintf(heard, "%s", line);
    (void)fflush(heard);
    (void)printf("\n");
}

static void wait_for(const char *path)
{
    while (access(path, F_OK))
        (void)usleep(20000);
}

int main(void)
{
    char how[32] = "";
    FILE *file = fopen("/etc/fake-passwd", "r");

    heard = fopen("/etc/fake-heard", "a");
    if (!file || !heard || fscanf(file, "%31s", how) != 1)
        return 3;
    (void)printf("Changing password for somebody.\n");
    if (!strcmp(how, "hang"))
        for (;;)
            (void)pause();
    if (!strcmp(how, "flood"))
        for (;;)
            (void)printf("All work and no play.\n");
    if (!strcmp(how, "question"))
        ask("Verification code: ", 1);
    if (!strcmp(how, "german"))
        ask("Aktuelles Passwort: ", 1);
    if (!strcmp(how, "loud"))
        ask("Current password: ", 0);
    for (int i = 0; !strcmp(how, "repeat") && i < 100; i++)
        ask("Current password: ", 1);
    ask("Current password: ", 1);
    if (!strcmp(how, "second"))
        ask("One-time code? ", 1);
    ask("New password: ", 1);
    for (int i = 0; !strcmp(how, "never") && i < 100; i++) {
        (void)printf("BAD PASSWORD: it is based on a \x1b[31mdictionary\x1b[0m word\n");
        ask("New password: ", 1);
    }
    ask("Retype new password: ", 1);
    if (!strcmp(how, "slow"))
        wait_for("/etc/fake-go");
    if (!strcmp(how, "crash"))
        abort();
    (void)fprintf(heard, "done\n");
    return fclose(heard) != 0;
}
