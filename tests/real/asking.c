/* SPDX-License-Identifier: MIT
 *
 * For terminal.test and okta.test: a worker that asks what the file "script" says in the folder
 * that it was started from, and writes down in "answers" what it heard. A line of the script is a
 * question, TAB-separated: kind=NUMBER name=WORD prompt=TEXT suggestion= page= state= seconds=
 * choice= (several); or dirty=TEXT, a step as no worker would say it; or okta=ORG ca=FILE
 * user=NAME, a sign-in there.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/spawn.h"
#include "idp/okta_walk.h"
#include "net/https.h"
#include "wire/row.h"
#include "work/asker.h"
#include "work/errand.h"

enum { LINE_MOST = 8192, REQUEST_MS = 10000, BUDGET_MS = 20000 };

static struct wire wire;
static struct wire_asker asker;
static FILE *answers;

/* It has no time limit. */
void errand_watch(long deadline_ms)
{
    (void)deadline_ms;
}

static FILE *open_beside(const char *name, const char *mode)
{
    char path[PATH_MAX + 16];
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);

    if (n <= 0)
        return NULL;
    path[n] = '\0';
    (void)strcpy(strrchr(path, '/') + 1, name);
    return fopen(path, mode);
}

/* The value of a field that begins with this word, from *at on; NULL: there is none. */
static char *value(char **fields, size_t *at, const char *word)
{
    for (size_t length = strlen(word); fields[*at];) {
        char *field = fields[(*at)++];
        if (!strncmp(field, word, length) && field[length] == '=')
            return field + length + 1;
    }
    return NULL;
}

static char *first(char **fields, const char *word)
{
    size_t at = 0;

    return value(fields, &at, word);
}

static void note(const char *name, enum outcome out, const struct secret *answer,
                 const struct why *why)
{
    (void)fprintf(answers, "%s%s %s\n", name, out ? "!" : ":",
                  out ? reason_word(why->reason) : secret_peek(answer));
    (void)fflush(answers);
}

static enum outcome ask(char **fields, struct why *why)
{
    const char *kind = first(fields, "kind"), *seconds = first(fields, "seconds");
    struct question question = { .kind = (enum question_kind)atoi(kind),
                                 .name = first(fields, "name"),
                                 .prompt = first(fields, "prompt"),
                                 .suggestion = first(fields, "suggestion"),
                                 .page = first(fields, "page"),
                                 .state = first(fields, "state"),
                                 .seconds = seconds ? atoi(seconds) : 0 };
    secret_auto *answer = NULL;
    size_t at = 0;

    for (int i = 0; i < QUESTION_CHOICES; i++)
        question.choices[i] = value(fields, &at, "choice");
    enum outcome out = asker_ask(&asker.asker, &question, &answer, why);
    note(question.name, out, answer, why);
    return out;
}

static enum outcome say_dirty(const char *text, struct why *why)
{
    message_auto *step = message_new(MESSAGE_STEP);

    message_add_bytes(step, SLOT_LINE, text, strlen(text));
    return wire_send(&wire, step, why);
}

static enum outcome sign_in(char **fields, struct why *why)
{
    struct okta_request request = { .org = first(fields, "okta"),
                                    .user = first(fields, "user"),
                                    .asker = &asker.asker,
                                    .budget_ms = BUDGET_MS };
    okta_result_auto result = { 0 };
    https_auto *https = NULL;
    secret_auto *password = secret_new(20);
    enum outcome out;

    if ((out = https_library(why)) ||
        (out = https_open(first(fields, "ca"), "direct", &https, why)))
        return out;
    (void)secret_append(password, "Okta-Passw0rd", 13);
    request.https = https;
    request.password = password;
    out = okta_sign_in(&request, &result, why);
    note("okta", out, password, why);
    return out;
}

static enum outcome play(FILE *script, struct why *why)
{
    char line[LINE_MOST], *fields[64];
    enum outcome out = OUTCOME_OK;

    while (!out && fgets(line, sizeof line, script)) {
        size_t count = 0;
        for (char *rest = line; count < 63 && (fields[count] = strtok_r(rest, "\t\n", &rest));)
            count++;
        fields[count] = NULL;
        out = first(fields, "okta")    ? sign_in(fields, why)
              : first(fields, "dirty") ? say_dirty(first(fields, "dirty"), why)
                                       : ask(fields, why);
    }
    return out ? out : fail(why, REASON_NOT_SIGNED_IN, "the script has ended");
}

int main(void)
{
    message_auto *request = NULL, *result = message_new(MESSAGE_RESULT);
    FILE *script = open_beside("script", "r");
    struct why why = { 0 };

    answers = open_beside("answers", "a");
    wire = wire_begin(SPAWN_FD, WIRE_WORKER);
    asker = wire_asker(&wire);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!script || !answers || wire_recv(&wire, REQUEST_MS, &request, &why) || !request)
        return 2;
    bool plays = !strcmp(message_text(request, SLOT_VERB), "sign-in"); /* an agent has others */
    enum outcome out = plays ? play(script, &why) : fail(&why, REASON_NOT_SIGNED_IN, "no script");
    message_add_outcome(result, out, &why);
    (void)wire_send(&wire, result, &why);
    return fclose(script) || fclose(answers);
}
