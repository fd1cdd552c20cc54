/* SPDX-License-Identifier: MIT */
#include "cli/agent.h"

#include "base/file.h"
#include "wire/socket.h"

static enum outcome ask(const struct options *options, struct wire *wire, struct why *why)
{
    message_auto *request = message_new(MESSAGE_REQUEST);
    text_auto *places = text_new(PLACES_MOST);

    if (!request || !places)
        return fail_memory(why);
    socket_places(places);
    message_add(request, SLOT_VERB, verb_row(options->verb)->word);
    message_add(request, SLOT_IDENTITY, options->identity);
    message_add(request, SLOT_PLACES, text_peek(places));
    return wire_send(wire, request, why);
}

enum outcome agent_call(const struct options *options, struct wire *wire, struct why *why)
{
    int fd;
    enum outcome out = socket_connect(&fd, why);

    if (out)
        return out;
    *wire = wire_begin(fd, WIRE_FRONT);
    return ask(options, wire, why);
}

void agent_nudge(const struct options *options)
{
    struct wire wire = { .fd = -1 };
    struct why why;

    (void)agent_call(options, &wire, &why);
    fd_close(&wire.fd);
    wire_end(&wire);
}
