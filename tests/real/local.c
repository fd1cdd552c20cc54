/* SPDX-License-Identifier: MIT
 *
 * For local.test: asks the part for the account on this computer. Usage: local begin|rules|prove|
 * change. The old password and the new one come from standard input, a line each. Prints reason and
 * why, a line each, and waits for the end of its input.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "local/local.h"

static struct secret *read_password(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n = getline(&line, &room, stdin);
    struct secret *secret = n > 1 ? secret_new((size_t)n) : NULL;

    if (secret)
        (void)secret_append(secret, line, (size_t)n - 1);
    free(line);
    return secret;
}

int main(int argc, char **argv)
{
    struct why why = { 0 };
    struct local *local = NULL;
    const char *task = argc > 1 ? argv[1] : "";
    enum outcome out = local_begin(&local, &why);
    secret_auto *old = read_password(), *now = read_password();

    if (!out && !strcmp(task, "rules"))
        out = local_rules(local, old, now, &why);
    else if (!out && !strcmp(task, "prove"))
        out = local_prove(local, old, &why);
    else if (!out && !strcmp(task, "change"))
        out = local_change(local, old, now, &why);
    (void)printf("%s\n%s\n", out ? reason_word(why.reason) : "ok", out ? why.text : "-");
    (void)fflush(stdout);
    while (getchar() != EOF)
        ;
    local_end(&local);
    return outcome_exit_status(out);
}
