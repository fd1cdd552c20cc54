/* SPDX-License-Identifier: MIT
 *
 * callback: what the desktop starts with the URI by which a browser comes back. The code in it is
 * good for one sign-in, and everybody may read a command line (proc_pid_cmdline(5)).
 */
#include <string.h>

#include "cli/cli.h"
#include "wire/callback.h"

/* Takes the word away from the command line; NULL without memory. */
static struct secret *take(char *word)
{
    size_t length = strlen(word);
    struct secret *taken = secret_new(length);

    if (taken)
        (void)secret_append(taken, word, length);
    explicit_bzero(word, length);
    return taken;
}

int cli_callback(const struct options *options)
{
    struct why why = { 0 };
    char *word = options->arguments[0];
    enum outcome out;

    if (!word)
        return tell(options, fail(&why, REASON_BAD_REQUEST, "callback needs the URI"), &why, NULL);
    secret_auto *uri = take(word);
    out = uri ? callback_hand(uri, &why) : fail_memory(&why);
    return tell(options, out, &why, NULL);
}
