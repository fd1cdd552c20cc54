/* SPDX-License-Identifier: MIT
 *
 * The command: its verbs, one file each, and what they share.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/log.h"
#include "base/outcome.h"
#include "conf/conf.h"
#include "wire/message.h"
#include "wire/verbs.h"

/* What the command line of a verb said. */
struct options {
    enum verb verb;
    const char *identity;
    char *arguments[5]; /* those that are no options, NULL behind them */
    int password_fd;    /* -1: none */
    mode_t umask;       /* as it was when we were started */
    enum log_level log; /* more than the setting, by --verbose */
    bool named;         /* the identity, by --identity */
    bool json, ticket_only, by_device, forget, print, help;
    const char *audience, *scope, *key_file; /* NULL: none */
    const char *recover;                     /* as wire/messages.def says; NULL: nothing */
};

/* Reads the words behind the verb. USAGE if it has no such option or too many arguments. */
enum outcome options_read(int argc, char **argv, enum verb verb, struct options *options,
                          struct why *why);

/* The identity that the first argument names, if no --identity does. USAGE if that is none, or two.
 */
enum outcome choose_identity(struct options *options, struct why *why);

/* The help of one verb, or of all, on standard output. */
void help_verb(enum verb verb);
void help_all(void);

/* Every verb: does it and gives the exit status. */
#define FRONT_VERB(name, word, function, ...)  int cli_##function(const struct options *options);
#define WORKER_VERB(name, word, function, ...) int cli_##function(const struct options *options);
#include "wire/verbs.def"

/* Runs the verb in a worker: remembered facts go along, steps are shown, questions put to the
 * person, new facts remembered. The result, which a failure may have too, is the caller's. */
enum outcome errand_run(const struct options *options, struct message **result, struct why *why);

/* What it is asked for. */
enum outcome errand_request(const struct options *options, struct message **request,
                            struct why *why);

/* Prints how it ended: JSON on standard output with --json; else the error, if any, on standard
 * error. Gives the exit status. */
int tell(const struct options *options, enum outcome outcome, const struct why *why,
         const struct message *result);

/* Onto standard output, past the buffers of stdio: for secrets. */
enum outcome tell_bytes(const void *bytes, size_t length, struct why *why);

/* Runs the verb and tells all: the facts, in full if asked for, and how it ended. */
int tell_person(const struct options *options, bool all);

/* The person's folder and the system's. */
enum outcome settings_load(struct conf **conf, struct why *why);

#endif
