/* SPDX-License-Identifier: MIT
 *
 * What a front says to the agent. The first byte says what errands do: whether they start, ask,
 * end.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/certificates.h"
#include "agent/client.h"
#include "agent/nm_agent.h"
#include "agent/own.h"
#include "agent/run.h"
#include "base/file.h"
#include "wire/socket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FAILS = 1, ASKS = 2, ENDS = 4, KNOWS = 8 };

struct run {
    struct client *client;
};

static struct {
    uint8_t does;
    struct agent agent;
    struct identity identity;
    struct run run;
} world;

bool socket_is_ours(int fd)
{
    return fd >= 0;
}

void socket_places(struct text *places)
{
    text_add(places, "here");
}

struct identity *identity_find(struct agent *agent, const char *name)
{
    (void)agent;
    return *name == 'x' ? NULL : &world.identity;
}

int64_t agent_now(void)
{
    return 0;
}

bool identity_knows(const struct identity *identity)
{
    (void)identity;
    return world.does & KNOWS;
}

void own_yield(struct identity *identity)
{
    (void)identity;
}

void identity_wake(struct identity *identity)
{
    while (!identity->run && clients_next(identity))
        ;
}

void certificates_tell(const struct identity *identity, struct message *message)
{
    (void)identity, (void)message;
}

void certificates_look(struct identity *identity)
{
    (void)identity;
}

enum outcome run_remember(struct identity *identity, struct message *request, struct why *why)
{
    (void)identity, (void)request, (void)why;
    return OUTCOME_OK;
}

static void end(struct run *run)
{
    struct client *client = run->client;
    struct why why;

    world.identity.run = NULL;
    (void)fail(&why, REASON_CANCELLED, "it has ended");
    if (client)
        client_ended(client, OUTCOME_CANCELLED, &why, NULL);
}

void nm_agent_update(struct agent *agent)
{
    (void)agent;
}

enum outcome run_start(struct identity *identity, struct message **request, struct client *client,
                       struct partner *worker, struct why *why)
{
    if (worker || message_has(*request, SLOT_NEXT)) /* not for fronts */
        __builtin_trap();
    if (world.does & FAILS)
        return fail(why, REASON_BROKEN, "no worker");
    message_free(request);
    world.run = (struct run){ client };
    identity->run = &world.run;
    return OUTCOME_OK;
}

enum outcome run_say(struct run *run, struct message *message, struct why *why)
{
    (void)why;
    if (message_kind(message) == MESSAGE_CANCEL || world.does & ENDS)
        end(run);
    return OUTCOME_OK;
}

void run_abandon(struct run *run)
{
    run->client = NULL;
}

bool run_asks_servers(const struct run *run)
{
    return run->client;
}

static void ask(struct run *run)
{
    message_auto *question = message_new(MESSAGE_QUESTION);

    message_add(question, SLOT_QUESTION, "password");
    message_add_number(question, SLOT_QUESTION_KIND, 0);
    message_add(question, SLOT_LINE, "Password: ");
    client_hear(run->client, question);
}

static int listener(struct sockaddr_un *address, socklen_t *size)
{
    struct sockaddr_un any = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    *size = sizeof *address; /* the kernel finds a name that is no file */
    return bind(fd, (struct sockaddr *)&any, sizeof(sa_family_t)) || listen(fd, 4) ||
                   getsockname(fd, (struct sockaddr *)address, size)
               ? -1
               : fd;
}

static void serve(int listening, const struct sockaddr_un *address, socklen_t length,
                  const uint8_t *data, size_t size)
{
    struct why why;
    fd_auto front = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (clients_listen(&world.agent, listening, &why) ||
        connect(front, (const struct sockaddr *)address, length) ||
        write(front, data, size) != (ssize_t)size)
        abort();
    (void)shutdown(front, SHUT_WR);
    for (int i = 0; i < 300 && sd_event_run(world.agent.event, 0) > 0; i++)
        if (world.identity.run && world.run.client && world.does & ASKS)
            ask(&world.run);
    if (world.identity.run)
        end(&world.run);
    clients_close(&world.agent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sockaddr_un address;
    socklen_t length;

    if (!size || size > 60000)
        return 0;
    memset(&world, 0, sizeof world);
    world.does = *data;
    world.identity.agent = &world.agent;
    (void)snprintf(world.identity.name, sizeof world.identity.name, "default");
    fd_auto listening = listener(&address, &length);
    if (listening < 0 || sd_event_new(&world.agent.event) < 0)
        abort();
    if (world.does & KNOWS && (world.identity.facts = message_new(MESSAGE_RESULT)))
        message_add(world.identity.facts, SLOT_STATE, "signed-in");
    serve(listening, &address, length, data + 1, size - 1);
    message_free(&world.identity.facts);
    world.agent.event = sd_event_unref(world.agent.event);
    return 0;
}
