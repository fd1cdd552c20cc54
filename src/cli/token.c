/* SPDX-License-Identifier: MIT
 *
 * token: an access token on standard output, past the buffers of stdio.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

/* What it may be made of (RFC 6750 section 2.1) needs no escapes in JSON. */
static bool is_token(const char *text)
{
    return *text && !strpbrk(text, "\"\\ ");
}

static enum outcome print(const struct options *options, const struct secret *token, int64_t end,
                          struct why *why)
{
    char head[128], tail[64] = "\n";
    enum outcome out;

    if (!token || !is_token(secret_peek(token)))
        return fail(why, REASON_BAD_ANSWER, "the access token is none");
    (void)snprintf(head, sizeof head, "{\"outcome\": \"ok\", \"access_token\": \"");
    if (options->json)
        (void)snprintf(tail, sizeof tail, "\", \"access_token_end\": %" PRId64 "}\n", end);
    if (options->json && (out = tell_bytes(head, strlen(head), why)))
        return out;
    if ((out = tell_bytes(secret_peek(token), secret_length(token), why)))
        return out;
    return tell_bytes(tail, strlen(tail), why);
}

int cli_token(const struct options *options)
{
    struct why why = { 0 };
    message_auto *result = NULL;
    enum outcome out = errand_run(options, &result, &why);

    if (!out) {
        secret_auto *token = message_secret(result, SLOT_ACCESS_TOKEN);
        out = print(options, token, message_number(result, SLOT_ACCESS_TOKEN_END, 0), &why);
        return out ? tell(options, out, &why, NULL) : outcome_exit_status(out);
    }
    return tell(options, out, &why, result);
}
