/* SPDX-License-Identifier: MIT
 *
 * For the bench: asks a web server so many times, as a worker does. Usage: ask URL CA_FILE COUNT.
 * Exit status 0 if each was answered with 200.
 */
#include <stdio.h>
#include <stdlib.h>

#include "net/https.h"

enum { BUDGET_MS = 30000, MOST = 1 << 20 };

static bool never(struct asker *asker)
{
    (void)asker;
    return false;
}

static enum outcome ask(struct https *https, const char *url, struct why *why)
{
    const struct https_request request = { .url = url, .most = MOST };
    struct asker asker = { .cancelled = never };
    https_answer_auto answer = { 0 };
    enum outcome out = https_do(https, &request, BUDGET_MS, &asker, &answer, why);

    return out || answer.status == 200 ? out : fail(why, REASON_BAD_ANSWER, "%d", answer.status);
}

int main(int argc, char **argv)
{
    https_auto *https = NULL;
    struct why why = { 0 };
    enum outcome out;

    if (argc != 4)
        return 2;
    out = https_open(argv[2], "direct", &https, &why);
    for (int i = 0; !out && i < atoi(argv[3]); i++)
        out = ask(https, argv[1], &why);
    if (out)
        (void)fprintf(stderr, "%s\n", why.text);
    return out != OUTCOME_OK;
}
