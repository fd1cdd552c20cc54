/* SPDX-License-Identifier: MIT
 *
 * chatelaine: the command for a terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

static int (*const functions[VERB_COUNT])(const struct options *) = {
#define FRONT_VERB(name, word, function, ...)  [VERB_##name] = cli_##function,
#define WORKER_VERB(name, word, function, ...) [VERB_##name] = cli_##function,
#include "wire/verbs.def"
};

static int usage(enum outcome outcome, const struct why *why)
{
    (void)fprintf(stderr, "chatelaine: %s\nTry: chatelaine --help\n", why->text);
    return outcome_exit_status(outcome);
}

/* So that no file that is opened later becomes one of them. */
static bool open_standard(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        (void)close(fd);
    return fd >= 0;
}

static int run(int argc, char **argv, mode_t before)
{
    struct why why = { 0 };
    struct options options;
    enum verb verb;
    enum outcome out;

    if (argc < 2)
        return usage(fail(&why, REASON_BAD_REQUEST, "no verb was given"), &why);
    if (!strcmp(argv[1], "--version")) {
        (void)puts("chatelaine " VERSION);
        return 0;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        help_all();
        return 0;
    }
    if (!verb_find(argv[1], &verb))
        return usage(fail(&why, REASON_BAD_REQUEST, "there is no verb \"%s\"", argv[1]), &why);
    if ((out = options_read(argc - 1, argv + 1, verb, &options, &why)))
        return usage(out, &why);
    if (options.help) {
        help_verb(verb);
        return 0;
    }
    options.umask = before;
    log_open("chatelaine", options.log);
    if (choose_identity(&options, &why))
        return tell(&options, reason_outcome(why.reason), &why, NULL);
    return functions[verb](&options);
}

int main(int argc, char **argv)
{
    struct why why = { 0 };

    (void)prctl(PR_SET_DUMPABLE, 0); /* a password passes through here */
    mode_t before = umask(077);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file too large is an error like a full disk */
    if (!open_standard())
        return outcome_exit_status(OUTCOME_BROKEN);
    int status = run(argc, argv, before);
    if (fflush(stdout) || ferror(stdout))
        return usage(fail(&why, REASON_CANNOT_WRITE, "standard output: %s", strerror(errno)), &why);
    return status;
}
