/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/agent.h"
#include "cli/terminal.h"

enum { JSON_MOST = 8 << 20, SLICE_MS = 500 };

/* What is told, and was not told just before by an agent that has handed over to another one. */
static bool print(const struct message *news, struct text **last)
{
    text_auto *json = text_new(JSON_MOST);

    if (!json)
        return false;
    json_open(json, NULL, '{');
    message_json(news, json);
    json_close(json, '}');
    if (*last && !strcmp(text_peek(*last), text_peek(json)))
        return true;
    if (puts(text_peek(json)) < 0 || fflush(stdout))
        return false;
    text_free(last);
    *last = json;
    json = NULL;
    return true;
}

/* Until the agent hangs up, or nobody listens. *again: it has said that there will be another one.
 */
static enum outcome follow(struct wire *wire, struct text **last, bool *again, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    while (!out && !terminal_cancelled()) {
        message_auto *message = NULL;
        out = wire_recv(wire, SLICE_MS, &message, why);
        if (message && message_kind(message) == MESSAGE_EVENT)
            *again = !strcmp(message_text(message, SLOT_EVENT), "again");
        else if (message && !print(message, last))
            break;
    }
    return out;
}

int cli_watch(const struct options *options)
{
    text_auto *last = NULL;
    struct why why = { 0 };
    bool again, heard = false;
    enum outcome out;

    terminal_begin();
    do {
        struct wire wire = { .fd = -1 };
        again = false;
        if (!(out = agent_call(options, &wire, &why)))
            out = follow(&wire, &last, &again, &why);
        heard |= wire.fd >= 0;
        fd_close(&wire.fd);
        wire_end(&wire);
    } while (out && again && !terminal_cancelled());
    if (out && heard)
        out = fail(&why, REASON_NO_AGENT, "it has ended, or works for another home or settings");
    return out ? tell(options, out, &why, NULL) : 0;
}
