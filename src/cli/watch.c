/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "wire/socket.h"
#include "wire/wire.h"

enum { JSON_MOST = 8 << 20, SLICE_MS = 500 };

static enum outcome ask(const struct options *options, struct wire *wire, struct why *why)
{
    message_auto *request = message_new(MESSAGE_REQUEST);
    text_auto *places = text_new(PLACES_MOST);

    if (!request || !places)
        return fail_memory(why);
    socket_places(places);
    message_add(request, SLOT_VERB, verb_row(VERB_WATCH)->word);
    message_add(request, SLOT_IDENTITY, options->identity);
    message_add(request, SLOT_PLACES, text_peek(places));
    return wire_send(wire, request, why);
}

static bool print(const struct message *news)
{
    text_auto *json = text_new(JSON_MOST);

    if (!json)
        return false;
    json_open(json, NULL, '{');
    message_json(news, json);
    json_close(json, '}');
    return puts(text_peek(json)) >= 0 && !fflush(stdout);
}

int cli_watch(const struct options *options)
{
    struct why why = { 0 };
    int fd;
    enum outcome out = socket_connect(&fd, &why);

    if (out)
        return tell(options, out, &why, NULL);
    wire_auto wire = wire_begin(fd, WIRE_FRONT);
    terminal_begin();
    out = ask(options, &wire, &why);
    while (!out && !terminal_cancelled()) {
        message_auto *news = NULL;
        out = wire_recv(&wire, SLICE_MS, &news, &why);
        if (news && !print(news))
            break;
    }
    (void)close(fd);
    if (out)
        out = fail(&why, REASON_NO_AGENT, "it has ended, or works for another home or settings");
    return out ? tell(options, out, &why, NULL) : 0;
}
