/* SPDX-License-Identifier: MIT
 *
 * For okta.test: one sign-in at an Okta org. Usage: okta-ask ORG CA USER [WORD...]. Words: change,
 * remember, factor=TYPE/PROVIDER, budget=MS, nobody (to ask), cancel=NUMBER (at that question),
 * stop=WORDS (cancel once that is told), key=SOCKET (one of tests/idp/okta/key.py, several times),
 * recover, unlock (instead of a sign-in), later (keys are plugged in while they are waited for).
 * The password is the first line of standard input; each question is a line on standard output, and
 * its answer a line of standard input, but that waits answer themselves. Then reason, why, and what
 * is known of the person, a line each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "idp/okta_walk.h"
#include "net/https.h"

enum { BUDGET_MS = 10000, LINE_MOST = 8192, BREATH_US = 1000 };

static long asked, cancel_at;
static bool nobody, gave_up, recovers, unlocks;
static const char *stop_at, *sockets[KEYS_MOST];
static size_t keys;
static int lists_without;

static void say(const char *word, const char *line)
{
    (void)printf("%s %s\n", word, line);
    (void)fflush(stdout);
}

static void step(struct asker *asker, const char *line)
{
    (void)asker;
    say("step", line);
}

static bool cancelled(struct asker *asker)
{
    (void)asker;
    return gave_up;
}

static void event(struct asker *asker, const char *name, const char *line)
{
    (void)asker;
    say(name, line);
    gave_up |= stop_at && strstr(line, stop_at);
}

static size_t list_keys(struct key_place places[KEYS_MOST])
{
    for (size_t i = 0; i < keys; i++) {
        (void)snprintf(places[i].path, sizeof places[i].path, "%s", sockets[i]);
        (void)snprintf(places[i].name, sizeof places[i].name, "number %zu", i + 1);
    }
    return lists_without-- > 0 ? 0 : keys;
}

static int open_key(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return connect(fd, (const struct sockaddr *)&address, sizeof address) ? -1 : fd;
}

static const struct key_bus bus = { list_keys, open_key };

static struct secret *read_line(void)
{
    char line[LINE_MOST];

    if (!fgets(line, sizeof line, stdin))
        exit(2);
    line[strcspn(line, "\n")] = '\0';
    struct secret *secret = secret_new(strlen(line) + 1);
    if (!secret || !secret_append(secret, line, strlen(line)))
        exit(2);
    return secret;
}

/* A line for each row of squares. */
static void show(const struct secret *picture)
{
    size_t width = 0;

    while (picture && width * width < secret_length(picture))
        width++;
    for (size_t i = 0; i < width * width; i++)
        (void)printf("%s%c%s", i % width ? "" : "row ", secret_peek(picture)[i] ? '1' : '0',
                     (i + 1) % width ? "" : "\n");
}

static enum outcome ask(struct asker *asker, const struct question *question,
                        struct secret **answer, struct why *why)
{
    static const char *const kinds[QUESTION_KINDS] = { "hidden", "shown", "choice", "wait", "qr" };

    (void)asker;
    (void)printf("%s %s: %s%s%s\n", kinds[question->kind], question->name, question->prompt,
                 question->page ? " " : "", question->page ? question->page : "");
    for (int i = 0; question->choices[i]; i++)
        (void)printf("  %d. %s\n", i + 1, question->choices[i]);
    show(question->picture);
    (void)fflush(stdout);
    if (nobody)
        return fail(why, REASON_NOBODY_TO_ASK, "%s", question->prompt);
    if (++asked == cancel_at) {
        gave_up = true;
        return fail(why, REASON_CANCELLED, "cancelled by the person");
    }
    if (question->kind == QUESTION_WAIT) {
        (void)usleep(BREATH_US);
        return (*answer = secret_new(1)) ? OUTCOME_OK : fail_memory(why);
    }
    say("answer", "?");
    *answer = read_line();
    return OUTCOME_OK;
}

static struct asker asker = { .step = step, .ask = ask, .cancelled = cancelled, .event = event };

static enum outcome changing(void *data, const struct secret *new, struct why *why)
{
    (void)data, (void)new, (void)why;
    say("hook", "changing");
    return OUTCOME_OK;
}

static void take_words(char **words, struct okta_request *request)
{
    for (; *words; words++) {
        request->change |= !strcmp(*words, "change");
        request->remember_device |= !strcmp(*words, "remember");
        nobody |= !strcmp(*words, "nobody");
        recovers |= !strcmp(*words, "recover");
        unlocks |= !strcmp(*words, "unlock");
        if (!strcmp(*words, "later"))
            lists_without = 3;
        if (!strncmp(*words, "stop=", 5))
            stop_at = *words + 5;
        if (!strncmp(*words, "key=", 4))
            sockets[keys++] = *words + 4;
        if (!strncmp(*words, "factor=", 7))
            request->factor = *words + 7;
        if (!strncmp(*words, "budget=", 7))
            request->budget_ms = atoi(*words + 7);
        if (!strncmp(*words, "cancel=", 7))
            cancel_at = atol(*words + 7);
    }
}

static void tell(const struct okta_result *result)
{
    (void)printf("person: %s %s (%s %s)\n", result->person.id, result->person.login,
                 result->person.first_name, result->person.last_name);
    (void)printf("session: %s\nsent: %d\nproved: %d\nchanged: %d\nnew: %s\ndays: %" PRId64
                 "\nfactor: %s\n",
                 result->session ? "yes" : "no", result->sent, result->proved, result->changed,
                 result->new_password ? "yes" : "no", result->expire_days, result->factor);
}

int main(int argc, char **argv)
{
    struct okta_request request = {
        .changing = changing, .keys = &bus, .asker = &asker, .budget_ms = BUDGET_MS
    };
    okta_result_auto result = { 0 };
    https_auto *https = NULL;
    struct why why = { 0 };

    if (argc < 4 || https_open(argv[2], "direct", &https, &why))
        return 2;
    secret_auto *password = read_line();
    request.https = https;
    request.org = argv[1];
    request.user = argv[3];
    take_words(argv + 4, &request);
    request.nobody = nobody;
    request.password = recovers || unlocks ? NULL : password;
    enum outcome out = recovers  ? okta_recover(&request, OKTA_FORGOTTEN, &result, &why)
                       : unlocks ? okta_recover(&request, OKTA_UNLOCK, &result, &why)
                                 : okta_sign_in(&request, &result, &why);
    (void)printf("= %s\n%s\n", out ? reason_word(why.reason) : "ok", why.text);
    tell(&result);
    return outcome_exit_status(out);
}
