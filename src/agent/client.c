/* SPDX-License-Identifier: MIT */
#include "agent/client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "agent/certificates.h"
#include "agent/nm_agent.h"
#include "agent/own.h"
#include "agent/run.h"
#include "agent/web.h"
#include "base/file.h"
#include "conf/name.h"
#include "wire/socket.h"
#include "wire/wire.h"

enum { PATIENCE_MS = 500, REQUEST_MS = 5000 };

struct client {
    struct agent *agent;
    struct wire wire;
    sd_event_source *io, *timer; /* until it has said what it wants */
    uint64_t number;             /* in the order in which they came */
    struct identity *identity;
    struct message *request; /* that waits for its turn */
    struct run *run;
    bool watches;
};

static void client_free(struct client *client)
{
    for (size_t i = 0; i < CLIENTS_MOST; i++)
        if (client->agent->clients[i] == client)
            client->agent->clients[i] = NULL;
    if (client->run)
        run_abandon(client->run);
    (void)sd_event_source_disable_unref(client->io);
    (void)sd_event_source_disable_unref(client->timer);
    message_free(&client->request);
    fd_close(&client->wire.fd);
    wire_end(&client->wire);
    free(client);
}

static enum outcome say(struct client *client, struct message *message)
{
    struct why why;

    return wire_send(&client->wire, message, &why);
}

void client_hear(struct client *client, struct message *message)
{
    if (say(client, message))
        client_free(client);
}

void client_ended(struct client *client, enum outcome outcome, const struct why *why,
                  struct message *result)
{
    message_auto *own = message_new(MESSAGE_RESULT);

    client->run = NULL;
    if (!result && own) {
        message_add_outcome(own, outcome, why);
        message_add(own, SLOT_IDENTITY, client->identity->name);
    }
    if (result || own)
        (void)say(client, result ? result : own);
    client_free(client);
}

static enum outcome tell(struct client *client)
{
    message_auto *news = message_new(MESSAGE_NEWS);

    if (!news)
        return OUTCOME_BROKEN;
    message_add(news, SLOT_IDENTITY, client->identity->name);
    if (client->identity->facts)
        message_add_facts(news, client->identity->facts);
    certificates_tell(client->identity, news);
    return say(client, news);
}

void clients_tell(struct identity *identity)
{
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        struct client *client = identity->agent->clients[i];
        if (client && client->watches && client->identity == identity && tell(client))
            client_free(client);
    }
}

/* What is remembered, the agent knows best. */
static enum outcome complete(struct client *client, struct why *why)
{
    struct message *request = client->request;

    message_drop_facts(request);
    message_drop(request, SLOT_PLACES);
    message_drop(request, SLOT_NEXT);
    enum outcome out = run_remember(client->identity, request, why);
    const char *word = message_text(request, SLOT_VERB);
    bool can_do_without = !strcmp(word, "sign-in") || !strcmp(word, "doctor");
    return can_do_without ? OUTCOME_OK : out;
}

bool clients_next(struct identity *identity)
{
    struct client *first = NULL;
    struct why why;
    enum outcome out;

    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        struct client *client = identity->agent->clients[i];
        if (client && client->request && client->identity == identity &&
            (!first || client->number < first->number))
            first = client;
    }
    if (!first)
        return false;
    if ((out = complete(first, &why)) ||
        (out = run_start(identity, &first->request, first, NULL, &why)))
        client_ended(first, out, &why, NULL);
    else
        first->run = identity->run;
    return true;
}

/* Status asks no server; what is known here is what a worker would find, as long as the cache is
 * one whose changes we see. */
static bool answer_status(struct client *client)
{
    const struct identity *identity = client->identity;
    const char *ccache = message_text(client->request, SLOT_CCACHE);
    const char *ours = identity->agent->ccache;
    message_auto *result = NULL;

    if (strcmp(message_text(client->request, SLOT_VERB), "status") != 0 ||
        strcmp(ccache ? ccache : "", ours ? ours : "") != 0 || !identity_knows(identity) ||
        !(result = message_new(MESSAGE_RESULT)))
        return false;
    message_add_outcome(result, OUTCOME_OK, NULL);
    message_add(result, SLOT_IDENTITY, identity->name);
    message_add_facts(result, identity->facts);
    certificates_tell(identity, result);
    client_ended(client, OUTCOME_OK, NULL, result);
    return true;
}

/* A token that was got before, of an identity that is signed in. */
static bool answer_token(struct client *client)
{
    message_auto *result = message_new(MESSAGE_RESULT);

    if (!result || strcmp(message_text(client->request, SLOT_VERB), "token") != 0 ||
        !tokens_give(client->identity, client->request, result))
        return false;
    message_add_outcome(result, OUTCOME_OK, NULL);
    message_add(result, SLOT_IDENTITY, client->identity->name);
    client_ended(client, OUTCOME_OK, NULL, result);
    return true;
}

static bool is_same_place(struct client *client)
{
    text_auto *places = text_new(PLACES_MOST);
    const char *theirs = message_text(client->request, SLOT_PLACES);

    if (!places || !theirs)
        return false;
    socket_places(places);
    return text_ok(places) && !strcmp(text_peek(places), theirs);
}

/* Has the front hung up? What it asked for, while we slept perhaps, it has done alone. */
static bool has_gone(const struct client *client)
{
    struct pollfd pfd = { .fd = client->wire.fd, .events = POLLRDHUP };

    return poll(&pfd, 1, 0) > 0;
}

/* It waits for its turn, and hears that it is not forgotten. False: it does not listen. */
static bool say_wait(struct client *client)
{
    message_auto *step = message_new(MESSAGE_STEP);

    if (step)
        message_add(step, SLOT_LINE, "Waiting for another errand of this identity");
    return step && !say(client, step);
}

/* Before the first look there is nothing to tell, and after it there is. */
static bool begin_watch(struct client *client)
{
    if (client->identity->facts || !client->identity->look)
        return !tell(client);
    identity_wake(client->identity);
    return true;
}

/* Status asks no server, and does not wait for an errand that does. */
static bool is_held_up(const struct client *client)
{
    return client->identity->run && run_asks_servers(client->identity->run) &&
           !strcmp(message_text(client->request, SLOT_VERB), "status");
}

/* False: it is not for us, and the front does it alone when we hang up. */
static bool take_request(struct client *client, struct message **request)
{
    const char *name = message_text(*request, SLOT_IDENTITY);

    client->request = *request;
    *request = NULL;
    client->timer = sd_event_source_disable_unref(client->timer);
    if (!is_same_place(client) || !name_is_identity(name) ||
        !(client->identity = identity_find(client->agent, name)))
        return false;
    const char *verb = message_text(client->request, SLOT_VERB);
    if (!strcmp(verb, "certificate")) { /* the front has done it, and is gone perhaps */
        certificates_look(client->identity);
        nm_agent_update(client->agent);
    }
    if (!strcmp(verb, "certificate") || has_gone(client))
        return false;
    if (!strcmp(verb, "watch")) {
        message_free(&client->request);
        client->watches = true;
        return begin_watch(client);
    }
    if (answer_status(client) || answer_token(client))
        return true;
    if (is_held_up(client) || (client->identity->run && !say_wait(client)))
        return false;
    own_yield(client->identity);
    identity_wake(client->identity);
    return true;
}

static int on_client(sd_event_source *source, int fd, uint32_t events, void *data)
{
    struct client *client = data;
    message_auto *message = NULL;
    struct why why;
    enum outcome out = wire_recv(&client->wire, 0, &message, &why);
    bool keep = !out;

    (void)source, (void)fd, (void)events;
    if (out || !message) {
        if (out)
            client_free(client);
        return 0;
    }
    if (message_kind(message) == MESSAGE_REQUEST) {
        keep = take_request(client, &message);
    } else if (client->run) {
        (void)run_say(client->run, message, &why);
    } else {
        (void)fail(&why, REASON_CANCELLED, "before it began");
        client_ended(client, OUTCOME_CANCELLED, &why, NULL);
    }
    if (!keep)
        client_free(client);
    return 0;
}

/* It has not said what it wants. */
static int on_time(sd_event_source *source, uint64_t usec, void *data)
{
    (void)source, (void)usec;
    client_free(data);
    return 0;
}

static int on_connection(sd_event_source *source, int fd, uint32_t events, void *data)
{
    static uint64_t number;
    struct agent *agent = data;
    fd_auto connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    size_t at = 0;

    (void)source, (void)events;
    while (at < CLIENTS_MOST && agent->clients[at])
        at++;
    struct client *client = connection >= 0 && at < CLIENTS_MOST && socket_is_ours(connection)
                                ? calloc(1, sizeof *client)
                                : NULL;
    if (!client)
        return 0;
    number++;
    *client = (struct client){ .agent = agent,
                               .number = number,
                               .wire = wire_begin(connection, WIRE_WORKER) };
    client->wire.patience_ms = PATIENCE_MS;
    connection = -1;
    agent->clients[at] = client;
    if (sd_event_add_io(agent->event, &client->io, client->wire.fd, EPOLLIN, on_client, client) <
            0 ||
        sd_event_add_time_relative(agent->event, &client->timer, CLOCK_MONOTONIC, REQUEST_MS * 1000,
                                   0, on_time, client) < 0)
        client_free(client);
    return 0;
}

enum outcome clients_listen(struct agent *agent, int fd, struct why *why)
{
    if (sd_event_add_io(agent->event, NULL, fd, EPOLLIN, on_connection, agent) < 0)
        return fail(why, REASON_BROKEN, "waiting for fronts");
    return OUTCOME_OK;
}

bool clients_are_idle(const struct agent *agent)
{
    for (size_t i = 0; i < CLIENTS_MOST; i++)
        if (agent->clients[i] && !agent->clients[i]->watches)
            return false;
    return true;
}

/* Who watches is to come back at once. */
static void say_again(struct client *client)
{
    message_auto *event = message_new(MESSAGE_EVENT);

    if (event)
        message_add(event, SLOT_EVENT, "again");
    if (event)
        (void)say(client, event);
}

void clients_close(struct agent *agent)
{
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        if (agent->clients[i] && agent->again)
            say_again(agent->clients[i]);
        if (agent->clients[i])
            client_free(agent->clients[i]);
    }
}
