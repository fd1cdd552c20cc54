/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "conf/name.h"

enum {
    IDENTITY = 'i',
    JSON = 'j',
    VERBOSE = 'v',
    HELP = 'h',
    TICKET_ONLY = 256,
    PASSWORD_FD,
    FORGET,
    FORGOTTEN,
    UNLOCK,
    DEVICE,
    AUDIENCE,
    SCOPE,
    KEY,
    PRINT
};

static const struct {
    struct option option;
    const char *placeholder, *sentence;
} known[] = {
    { { "identity", required_argument, NULL, IDENTITY },
      "NAME",
      "the identity, a section [identity NAME] of the settings" },
    { { "ticket-only", no_argument, NULL, TICKET_ONLY },
      NULL,
      "get the ticket, do not read the directory" },
    { { "device", no_argument, NULL, DEVICE },
      NULL,
      "sign in on another device, with a code, instead of a browser here" },
    { { "audience", required_argument, NULL, AUDIENCE },
      "AUDIENCE",
      "for whom the token is to be, as the provider names it" },
    { { "scope", required_argument, NULL, SCOPE }, "SCOPE", "what the token is to allow" },
    { { "key", required_argument, NULL, KEY },
      "FILE",
      "write the private key there, too, by a passphrase" },
    { { "print", no_argument, NULL, PRINT }, NULL, "tell what would be set, and set nothing" },
    { { "password-fd", required_argument, NULL, PASSWORD_FD },
      "N",
      "read passwords from this open descriptor, a line each" },
    { { "forget", no_argument, NULL, FORGET }, NULL, "delete the password from the keychain too" },
    { { "forgotten", no_argument, NULL, FORGOTTEN },
      NULL,
      "without the old password: prove otherwise who you are" },
    { { "unlock", no_argument, NULL, UNLOCK },
      NULL,
      "the same for an account that is locked: its password stays" },
    { { "json", no_argument, NULL, JSON }, NULL, "tell the result as one JSON object" },
    { { "verbose", no_argument, NULL, VERBOSE }, NULL, "tell more on standard error; twice: all" },
    { { "help", no_argument, NULL, HELP }, NULL, "tell this" },
};
enum { KNOWN = sizeof known / sizeof *known };

/* A verb takes the options of its synopsis, and these. */
static bool takes(enum verb verb, int option)
{
    char name[32];

    if (option == VERBOSE || option == HELP)
        return true;
    for (int i = 0; i < KNOWN; i++)
        if (known[i].option.val == option) {
            (void)snprintf(name, sizeof name, "--%s", known[i].option.name);
            return strstr(verb_row(verb)->synopsis, name) != NULL;
        }
    return false;
}

static enum outcome take(struct options *options, int option, const char *value, struct why *why)
{
    char *end;

    switch (option) {
    case IDENTITY:
        options->identity = value;
        options->named = true;
        if (!name_is_identity(value))
            return fail(why, REASON_BAD_REQUEST,
                        "--identity %s: expected letters, digits and - _ .", value);
        break;
    case TICKET_ONLY:
        options->ticket_only = true;
        break;
    case PASSWORD_FD:
        options->password_fd = (int)strtol(value, &end, 10);
        if (!*value || *end || options->password_fd < 0 || options->password_fd == STDOUT_FILENO ||
            options->password_fd == STDERR_FILENO ||
            fcntl(options->password_fd, F_SETFD, FD_CLOEXEC))
            return fail(why, REASON_BAD_REQUEST,
                        "--password-fd: expected the number of an open descriptor");
        break;
    case DEVICE:
        options->by_device = true;
        break;
    case AUDIENCE:
        options->audience = value;
        break;
    case SCOPE:
        options->scope = value;
        break;
    case KEY:
        options->key_file = value;
        break;
    case PRINT:
        options->print = true;
        break;
    case FORGET:
        options->forget = true;
        break;
    case FORGOTTEN:
    case UNLOCK:
        if (options->recover)
            return fail(why, REASON_BAD_REQUEST, "--forgotten and --unlock are one or the other");
        options->recover = option == UNLOCK ? "unlock" : "forgotten";
        break;
    case JSON:
        options->json = true;
        break;
    case VERBOSE:
        options->log += options->log < LOG_LEVEL_DEBUG;
        break;
    default:
        options->help = true;
        break;
    }
    return OUTCOME_OK;
}

/* getopt_long takes beginnings of names too, and --password SECRET must not become another option
 * that then shows it: names are taken whole, and what follows a = is not shown. */
static enum outcome check_names(int argc, char **argv, enum verb verb, struct why *why)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        size_t length = strcspn(argv[i], "=");
        bool found = strncmp(argv[i], "--", 2) != 0;
        for (int k = 0; k < KNOWN && !found; k++)
            found = strlen(known[k].option.name) == length - 2 &&
                    !memcmp(known[k].option.name, argv[i] + 2, length - 2) &&
                    takes(verb, known[k].option.val);
        if (!found)
            return fail(why, REASON_BAD_REQUEST, "%s does not take %.*s", verb_row(verb)->word,
                        (int)length, argv[i]);
    }
    return OUTCOME_OK;
}

/* How many words a verb takes that are no options. */
static int most_arguments(enum verb verb)
{
    return verb == VERB_CERTIFICATE ? 4
           : verb == VERB_SETTINGS || verb == VERB_SHARES
               ? 2
               : strncmp(verb_row(verb)->synopsis, "[--", 3) != 0;
}

enum outcome options_read(int argc, char **argv, enum verb verb, struct options *options,
                          struct why *why)
{
    struct option table[KNOWN + 1] = { 0 };
    int option, count = 0;
    enum outcome out;

    *options = (struct options){
        .verb = verb, .identity = CONF_DEFAULT_IDENTITY, .password_fd = -1, .log = LOG_LEVEL_ERROR
    };
    for (int i = 0; i < KNOWN; i++)
        table[i] = known[i].option;
    if ((out = check_names(argc, argv, verb, why)))
        return out;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "hvji:", table, NULL)) != -1) {
        if (option == '?' || !takes(verb, option))
            return fail(why, REASON_BAD_REQUEST, "%s: an option is not known or lacks its value",
                        verb_row(verb)->word);
        if ((out = take(options, option, optarg, why)))
            return out;
    }
    while (optind < argc) {
        if (count == most_arguments(verb))
            return fail(why, REASON_BAD_REQUEST, "%s: one word too many: %s", verb_row(verb)->word,
                        argv[optind]);
        options->arguments[count++] = argv[optind++];
    }
    return OUTCOME_OK;
}

static void wrap(const char *indent, const char *text)
{
    size_t column = 0;

    for (size_t word; *text; text += word) {
        text += strspn(text, " ");
        word = strcspn(text, " ");
        if (!column || column + word > 76) {
            (void)printf("%s%s", column ? "\n" : "", indent);
            column = strlen(indent);
        } else {
            (void)putchar(' ');
        }
        (void)printf("%.*s", (int)word, text);
        column += word + 1;
    }
    (void)putchar('\n');
}

void help_verb(enum verb verb)
{
    char name[48];

    (void)printf("chatelaine %s %s\n\n", verb_row(verb)->word, verb_row(verb)->synopsis);
    wrap("", verb_row(verb)->sentence);
    (void)putchar('\n');
    for (int i = 0; i < KNOWN; i++) {
        if (!takes(verb, known[i].option.val))
            continue;
        (void)snprintf(name, sizeof name, "--%s%s%s", known[i].option.name,
                       known[i].placeholder ? " " : "",
                       known[i].placeholder ? known[i].placeholder : "");
        (void)printf("  %-20s %s\n", name, known[i].sentence);
    }
    (void)puts("\nMore in chatelaine(1).");
}

void help_all(void)
{
    (void)puts("chatelaine VERB ...: your company account on this computer\n");
    for (int i = 0; i < VERB_COUNT; i++) {
        (void)printf("  chatelaine %s %s\n", verb_row((enum verb)i)->word,
                     verb_row((enum verb)i)->synopsis);
        wrap("      ", verb_row((enum verb)i)->sentence);
    }
    (void)puts("\n  chatelaine VERB --help, chatelaine --version\n\n"
               "The exit status tells how it ended:");
    for (int i = 0; i < OUTCOME_COUNT; i++)
        (void)printf("  %3d  %s\n", outcome_exit_status((enum outcome)i),
                     outcome_sentence((enum outcome)i));
    (void)puts("\nMore in chatelaine(1), chatelaine.conf(5), chatelaine(7).");
}
