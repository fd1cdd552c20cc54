/* SPDX-License-Identifier: MIT
 *
 * Access tokens of an identity, for the programs of the person.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/web.h"

enum { TOKENS_MOST = 16, LEAST_S = 60 /* that one is still to hold when it is given out */ };

struct token {
    struct identity *identity;
    char audience[513], scope[513];
    struct secret *token;
    int64_t end; /* ms */
    sd_event_source *timer;
};

static struct token all[TOKENS_MOST];

static void drop(struct token *token)
{
    (void)sd_event_source_disable_unref(token->timer);
    secret_free(&token->token);
    *token = (struct token){ .identity = NULL };
}

void tokens_drop(const struct identity *identity)
{
    for (size_t i = 0; i < TOKENS_MOST; i++)
        if (all[i].identity && (!identity || all[i].identity == identity))
            drop(&all[i]);
}

static int on_end(sd_event_source *source, uint64_t usec, void *data)
{
    (void)source, (void)usec;
    drop(data);
    return 0;
}

static const char *asked(const struct message *request, enum slot slot)
{
    const char *text = message_text(request, slot);

    return text ? text : "";
}

static struct token *find(const struct identity *identity, const struct message *request)
{
    for (size_t i = 0; i < TOKENS_MOST; i++)
        if (all[i].identity == identity &&
            !strcmp(all[i].audience, asked(request, SLOT_AUDIENCE)) &&
            !strcmp(all[i].scope, asked(request, SLOT_SCOPE)))
            return &all[i];
    return NULL;
}

/* A free place, else that of the one which ends first. */
static struct token *make_room(void)
{
    struct token *room = &all[0];

    for (size_t i = 0; i < TOKENS_MOST && room->identity; i++)
        if (!all[i].identity || all[i].end < room->end)
            room = &all[i];
    drop(room);
    return room;
}

void tokens_take(struct identity *identity, const struct message *request,
                 const struct message *result)
{
    int64_t now = agent_now(), end = message_number(result, SLOT_ACCESS_TOKEN_END, 0) * 1000;
    struct token *token = find(identity, request);

    if (!message_has(result, SLOT_ACCESS_TOKEN) || end <= now + LEAST_S * 1000)
        return;
    if (token)
        drop(token);
    token = make_room();
    *token = (struct token){ .identity = identity,
                             .token = message_secret(result, SLOT_ACCESS_TOKEN),
                             .end = end };
    (void)strncpy(token->audience, asked(request, SLOT_AUDIENCE), sizeof token->audience - 1);
    (void)strncpy(token->scope, asked(request, SLOT_SCOPE), sizeof token->scope - 1);
    if (!token->token ||
        sd_event_add_time_relative(identity->agent->event, &token->timer, CLOCK_BOOTTIME,
                                   (uint64_t)(end - now) * 1000, 0, on_end, token) < 0)
        drop(token);
}

bool tokens_give(const struct identity *identity, const struct message *request,
                 struct message *result)
{
    const struct token *token = find(identity, request);

    if (!token || identity->look || !facts_tell(identity->facts, "signed-in") ||
        token->end <= agent_now() + LEAST_S * 1000)
        return false;
    message_add_secret(result, SLOT_ACCESS_TOKEN, token->token);
    message_add_number(result, SLOT_ACCESS_TOKEN_END, token->end / 1000);
    return true;
}
