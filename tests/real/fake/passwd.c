/* SPDX-License-Identifier: MIT
 *
 * For local.test: stands in the place of passwd, setuid as that is, and does what no good one does.
 * The words of /etc/fake-passwd say what, one for each run, the last one for all that follow. What
 * it hears goes to /etc/fake-heard, a line each. Asked for a status it tells that of the file's
 * first word.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static FILE *heard;
static char line[1200], how[32];

static int is(const char *word)
{
    return !strcmp(how, word);
}

static void ask(const char *prompt, int silent)
{
    struct termios settings;

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

static int fails(const char *words)
{
    (void)printf("passwd: %s\npasswd: password unchanged\n", words);
    return 10;
}

/* The first word is how; of several it is dropped. */
static int read_how(int drop)
{
    char rest[200] = "";
    FILE *file = fopen("/etc/fake-passwd", "r+");

    if (!file || fscanf(file, "%31s %199[^\n]", how, rest) < 1)
        return 0;
    rewind(file);
    if (drop && *rest && !ftruncate(fileno(file), 0))
        (void)fprintf(file, "%s\n", rest);
    return !fclose(file);
}

static void before_all(void)
{
    (void)printf("Changing password for %s.\n", is("another") ? "somebody" : "paula");
    while (is("hang"))
        (void)pause();
    while (is("flood"))
        (void)printf("All work and no play.\n");
    if (is("question"))
        ask("Verification code: ", 1);
    if (is("open"))
        ask("Touch the key", 1);
    if (is("german"))
        ask("Aktuelles Passwort: ", 1);
    if (is("loud"))
        ask("Current password: ", 0);
    for (int i = 0; is("repeat") && i < 100; i++)
        ask("Current password: ", 1);
}

static int after_all(void)
{
    if (is("slow"))
        wait_for("/etc/fake-go");
    if (is("crash"))
        abort();
    if (is("later"))
        ask("Passphrase to wrap: ", 1);
    if (is("stay") && !fork())
        wait_for("/etc/fake-go");
    if (is("fail"))
        return fails("Module is unknown");
    (void)fprintf(heard, "done\n");
    return fclose(heard) != 0;
}

int main(int argc, char **argv)
{
    int status = argc > 1 && !strcmp(argv[1], "-S");

    heard = fopen("/etc/fake-heard", "a");
    if (!heard || !read_how(!status))
        return 3;
    if (status)
        return printf("paula P 2026-11-26 0 99999 7 -1\n") < 0;
    before_all();
    ask("Current password: ", 1);
    if (is("wrong"))
        return fails("Authentication token manipulation error");
    if (is("second"))
        ask("One-time code? ", 1);
    ask("New password: ", 1);
    for (int i = 0; is("never") && i < 100; i++) {
        (void)printf("BAD PASSWORD: it is based on a \x1b[31mdictionary\x1b[0m word\n");
        ask("New password: ", 1);
    }
    if (is("tell")) {
        line[strcspn(line, "\n")] = '\0';
        (void)printf("BAD PASSWORD: what a word is %s!\n", line);
        ask("New password: ", 1);
    }
    if (is("long")) {
        (void)printf("BAD PASSWORD: %s%0300d\n", "it is", 0);
        ask("New password: ", 1);
    }
    if (!is("once"))
        ask("Retype new password: ", 1);
    return after_all();
}
