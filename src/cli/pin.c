/* SPDX-License-Identifier: MIT */
#include "cli/pin.h"

#include <sys/stat.h>
#include <unistd.h>

enum outcome pin_may_be_told(const struct options *options, struct why *why)
{
    struct stat st;

    if (options->json)
        return fail(why, REASON_BAD_REQUEST,
                    "certificate pin tells the PIN and nothing else: no --json");
    if (fstat(STDOUT_FILENO, &st) || st.st_uid != geteuid() ||
        !(S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(STDOUT_FILENO)))
        return fail(why, REASON_BAD_REQUEST,
                    "certificate pin: standard output is no terminal or pipe of yours");
    return OUTCOME_OK;
}

enum outcome pin_tell(const struct message *result, struct why *why)
{
    secret_auto *pin = message_secret(result, SLOT_PIN);
    enum outcome out;

    if (!pin)
        return fail(why, REASON_PROTOCOL, "the worker gave no PIN");
    return (out = tell_bytes(secret_peek(pin), secret_length(pin), why)) ? out
                                                                         : tell_bytes("\n", 1, why);
}
