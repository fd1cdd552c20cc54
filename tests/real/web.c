/* SPDX-License-Identifier: MIT
 *
 * For certsrv-ticket.test: asks a web server with the ticket. Usage: web-ask CA_FILE CCACHE|-
 * [delegate] URL [FORM]... , where a FORM that is not "-" is posted as form=FORM. For each URL it
 * prints the reason, the text and the status, tab-separated; all go over kept connections. Exit
 * status as the command, of the last.
 */
#include <stdio.h>
#include <string.h>

#include "net/https.h"

enum { BUDGET_MS = 10000 };

static void step(struct asker *asker, const char *line)
{
    (void)asker, (void)line;
}

static bool cancelled(struct asker *asker)
{
    (void)asker;
    return false;
}

static struct asker asker = { .step = step, .cancelled = cancelled };

static enum outcome ask(struct https *https, struct negotiate *ticket, const char *url,
                        const char *form)
{
    const struct field fields[] = { { "form", form, NULL }, { 0 } };
    const struct https_request request = {
        .url = url, .form = strcmp(form, "-") != 0 ? fields : NULL, .most = 65536, .ticket = ticket
    };
    https_answer_auto answer = { 0 };
    struct why why = { 0 };
    enum outcome out = https_do(https, &request, BUDGET_MS, &asker, &answer, &why);

    (void)printf("%s\t%s\t%d\n", out ? reason_word(why.reason) : "ok", why.text, answer.status);
    return out;
}

int main(int argc, char **argv)
{
    negotiate_auto *ticket = NULL;
    https_auto *https = NULL;
    struct why why = { 0 };
    int at = argc > 3 && !strcmp(argv[3], "delegate") ? 4 : 3;
    enum outcome out;

    if (argc < at + 1)
        return 2;
    if ((out = https_open(argv[1], "", &https, &why)) ||
        (strcmp(argv[2], "-") != 0 && (out = negotiate_open(argv[2], at == 4, &ticket, &why))))
        (void)printf("%s\t%s\t0\n", reason_word(why.reason), why.text);
    for (; !out && at < argc; at += 2)
        out = ask(https, ticket, argv[at], at + 1 < argc ? argv[at + 1] : "-");
    return outcome_exit_status(out);
}
