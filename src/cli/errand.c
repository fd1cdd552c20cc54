/* SPDX-License-Identifier: MIT
 *
 * Runs a verb in a worker of our own and keeps what it found out.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/asker.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "conf/name.h"
#include "wire/state.h"
#include "wire/wire.h"

enum { SLICE_MS = 200, CANCEL_MS = 2000, DEATH_MS = 10, DEATH_LOOKS = 100 };

/* One conversation with one worker. */
struct talk {
    const struct options *options;
    struct wire wire;
    pid_t pid;
    int left_ms; /* of the worker's own time */
    bool cancelled;
    bool too_late; /* to cancel: a password is being changed */
};

/* Of the caller's environment the worker gets what says where things are, nothing that changes
 * how its libraries behave. Freed memory is overwritten: malloc keeps none aside. */
static const char *const inherited[] = { "HOME",       "USER", "LOGNAME",
                                         "PATH",       "LANG", "LC_ALL",
                                         "LC_CTYPE",   "TZ",   "XDG_CONFIG_HOME",
                                         "KRB5_CONFIG" };
static char *const fixed[] = { "GLIBC_TUNABLES=glibc.malloc.perturb=165:"
                               "glibc.malloc.tcache_count=0",
                               "LDAPNOINIT=1" };
enum { INHERITED = sizeof inherited / sizeof *inherited, FIXED = sizeof fixed / sizeof *fixed };

static enum outcome make_environment(char *environment[INHERITED + FIXED + 1], struct why *why)
{
    size_t count = 0;

    for (size_t i = 0; i < INHERITED; i++) {
        const char *value = getenv(inherited[i]);
        if (value && asprintf(&environment[count++], "%s=%s", inherited[i], value) < 0)
            return fail_memory(why);
    }
    for (size_t i = 0; i < FIXED; i++)
        if (!(environment[count++] = strdup(fixed[i])))
            return fail_memory(why);
    environment[count] = NULL;
    return OUTCOME_OK;
}

/* Beside us: the path from the folder of the command to the worker is fixed when it is built. */
static enum outcome worker_path(char *path, size_t size, struct why *why)
{
    ssize_t n = readlink("/proc/self/exe", path, size - sizeof WORKER_FROM_BIN - 1);

    if (n <= 0)
        return fail(why, REASON_BROKEN, "finding the worker: %s", strerror(errno));
    path[n] = '\0';
    (void)strcpy(strrchr(path, '/') + 1, WORKER_FROM_BIN);
    return OUTCOME_OK;
}

static enum outcome start_worker(struct talk *talk, int fds[2], struct why *why)
{
    char path[4096];
    char *environment[INHERITED + FIXED + 1] = { 0 };
    char *argv[] = { "chatelaine-worker", NULL };
    enum outcome out;

    if (!(out = worker_path(path, sizeof path, why)) && !(out = make_environment(environment, why)))
        out = spawn(path, argv, environment, fds[1], &talk->pid, why);
    for (char **e = environment; *e; e++)
        free(*e);
    fd_close(&fds[1]);
    return out;
}

/* A sign-in can do without what is remembered, and writes it anew. */
static enum outcome remembered(const struct options *options, struct message *request,
                               struct why *why)
{
    message_auto *facts = message_new(MESSAGE_REQUEST);

    if (!facts)
        return fail_memory(why);
    enum outcome out = state_load(options->identity, facts, why);
    if (!out)
        message_add_facts(request, facts);
    else if (options->verb == VERB_SIGN_IN || options->verb == VERB_DOCTOR)
        (void)fprintf(stderr, "chatelaine: %s %s\n", reason_sentence(why->reason), why->text);
    else
        return out;
    return OUTCOME_OK;
}

static enum outcome make_request(const struct options *options, struct message **request,
                                 struct why *why)
{
    message_auto *message = message_new(MESSAGE_REQUEST);
    const char *login = options->arguments[0], *ccache = getenv("KRB5CCNAME");
    enum outcome out;

    if (!message)
        return fail_memory(why);
    if (login && (out = name_check_user(login, why)))
        return out;
    if (ccache &&
        (strlen(ccache) > slot_row(SLOT_CCACHE)->bytes || !text_is_clean(ccache, strlen(ccache))))
        return fail(why, REASON_CACHE_UNUSABLE, "KRB5CCNAME is too long or no clean UTF-8");
    message_add(message, SLOT_VERB, verb_row(options->verb)->word);
    message_add(message, SLOT_IDENTITY, options->identity);
    message_add(message, SLOT_CCACHE, ccache);
    message_add_number(message, SLOT_TICKET_ONLY, options->ticket_only);
    message_add_number(message, SLOT_LOG, options->log);
    message_add_number(message, SLOT_CAN_ASK, options->password_fd < 0 && terminal_is_there());
    message_add(message, SLOT_LOGIN, login);
    if ((out = remembered(options, message, why)))
        return out;
    *request = message;
    message = NULL;
    return OUTCOME_OK;
}

/* With --password-fd passwords come from there, a line each; all else from the person. */
static enum outcome find_answer(struct talk *talk, const struct message *question,
                                struct secret **answer, struct why *why)
{
    if (talk->options->password_fd < 0 ||
        message_number(question, SLOT_QUESTION_KIND, 0) != QUESTION_HIDDEN)
        return terminal_ask(question, answer, why);
    return terminal_password_fd(talk->options->password_fd, answer, why);
}

static enum outcome reply(struct talk *talk, const struct message *question, struct why *why)
{
    secret_auto *answer = NULL;
    message_auto *message = message_new(MESSAGE_ANSWER);
    enum outcome out = find_answer(talk, question, &answer, why);

    if (out)
        return out;
    if (!message)
        return fail_memory(why);
    message_add_secret(message, SLOT_ANSWER, answer);
    return wire_send(&talk->wire, message, why);
}

/* Says so once, then gives the worker a moment to end cleanly. */
static enum outcome cancel(struct talk *talk, struct why *why)
{
    message_auto *message = message_new(MESSAGE_CANCEL);

    talk->cancelled = true;
    if (talk->left_ms > CANCEL_MS)
        talk->left_ms = CANCEL_MS;
    return message ? wire_send(&talk->wire, message, why) : fail_memory(why);
}

static void take_event(struct talk *talk, const char *name, const char *line)
{
    if (!strcmp(name, "tell") && line && !talk->options->json)
        terminal_tell(line);
    talk->too_late |= !strcmp(name, "changing");
}

static enum outcome handle(struct talk *talk, const struct message *message, struct why *why)
{
    if (message_kind(message) == MESSAGE_STEP && !talk->options->json)
        terminal_step(message_text(message, SLOT_LINE));
    if (message_kind(message) == MESSAGE_EVENT)
        take_event(talk, message_text(message, SLOT_EVENT), message_text(message, SLOT_LINE));
    if (message_kind(message) != MESSAGE_QUESTION || talk->cancelled)
        return OUTCOME_OK;
    talk->too_late = false;
    return reply(talk, message, why);
}

static enum outcome time_is_up(const struct talk *talk, struct why *why)
{
    const struct verb_row *row = verb_row(talk->options->verb);

    return fail(why,
                talk->too_late    ? REASON_CHANGE_UNKNOWN
                : talk->cancelled ? REASON_CANCELLED
                                  : REASON_TIME_OUT,
                "%s %s %u s", row->word,
                talk->cancelled ? "was cancelled within" : "took more than", row->seconds);
}

static enum outcome converse(struct talk *talk, struct message **result, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    while (!out && !*result) {
        message_auto *message = NULL;
        long begin = clock_ms();
        out = wire_recv(&talk->wire, SLICE_MS, &message, why);
        talk->left_ms -= (int)(clock_ms() - begin);
        if (!out && message && message_kind(message) == MESSAGE_RESULT) {
            *result = message;
            message = NULL;
        } else if (!out && message) {
            out = handle(talk, message, why);
        }
        if (!out && !*result && terminal_cancelled() && !talk->cancelled && !talk->too_late)
            out = cancel(talk, why);
        if (!out && !*result && talk->left_ms <= 0)
            out = time_is_up(talk, why);
    }
    return out;
}

/* What the signal means that ended the worker. */
static enum reason death_reason(const struct talk *talk, int signal)
{
    return talk->too_late      ? REASON_CHANGE_UNKNOWN
           : signal == SIGALRM ? REASON_TIME_OUT
           : signal == SIGXCPU ? REASON_BAD_ANSWER /* a server wants too much work of us */
                               : REASON_WORKER_DIED;
}

/* A worker that vanished: its wait status says more than the silence. */
static enum outcome explain_death(struct talk *talk, struct why *why)
{
    const char *word = verb_row(talk->options->verb)->word;
    int status = 0;

    if (why->reason != REASON_WORKER_DIED || talk->pid <= 0)
        return reason_outcome(why->reason);
    for (int i = 0; !waitpid(talk->pid, &status, WNOHANG); i++) {
        if (i == DEATH_LOOKS)
            return fail(why, REASON_WORKER_DIED, "%s: the worker says nothing any more", word);
        (void)poll(NULL, 0, DEATH_MS);
    }
    talk->pid = 0;
    if (WIFSIGNALED(status))
        return fail(why, death_reason(talk, WTERMSIG(status)),
                    "%s: the worker ended by signal %d (%s)", word, WTERMSIG(status),
                    strsignal(WTERMSIG(status)));
    return fail(why, death_reason(talk, 0), "%s: the worker ended with status %d", word,
                WEXITSTATUS(status));
}

/* What the worker says of the outcome becomes ours. */
static enum outcome read_result(const struct message *result, struct why *why)
{
    const char *text = message_text(result, SLOT_WHY);
    enum reason reason;

    if (!reason_parse(message_text(result, SLOT_REASON), &reason) ||
        message_number(result, SLOT_OUTCOME, -1) != (int64_t)reason_outcome(reason))
        return fail(why, REASON_PROTOCOL, "the worker's result makes no sense");
    if (reason == REASON_NONE)
        return OUTCOME_OK;
    return fail(why, reason, "%s", text ? text : "");
}

/* Who this identity is, only a sign-in may say; the others bring news of the same principal. */
static void remember(const struct options *options, const struct message *request,
                     const struct message *result)
{
    const char *then = message_text(request, SLOT_PRINCIPAL);
    const char *now = message_text(result, SLOT_PRINCIPAL);
    bool may = options->verb == VERB_SIGN_IN || options->verb == VERB_CHANGE_PASSWORD;
    struct why why;

    if (now && (may || (then && !strcmp(then, now))) && state_save(options->identity, result, &why))
        (void)fprintf(stderr, "chatelaine: %s %s\n", reason_sentence(why.reason), why.text);
}

enum outcome errand_run(const struct options *options, struct message **result, struct why *why)
{
    int fds[2] = { -1, -1 };
    struct talk talk = { .options = options,
                         .left_ms = (int)verb_row(options->verb)->seconds * 1000 };
    message_auto *request = NULL;
    enum outcome out;

    *result = NULL;
    terminal_begin();
    if ((out = make_request(options, &request, why)) || (out = wire_pair(fds, why)))
        return out;
    fd_auto ours = fds[0];
    talk.wire = wire_begin(ours, WIRE_FRONT);
    if (!(out = start_worker(&talk, fds, why)) && !(out = wire_send(&talk.wire, request, why)))
        out = converse(&talk, result, why);
    terminal_step(NULL);
    if (out)
        out = explain_death(&talk, why);
    spawn_end(&talk.pid);
    if (!out)
        out = read_result(*result, why);
    if (*result)
        remember(options, request, *result);
    return out;
}
