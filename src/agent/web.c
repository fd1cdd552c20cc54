/* SPDX-License-Identifier: MIT */
#include "agent/web.h"

#include <string.h>

#include "agent/cache.h"
#include "wire/partner.h"
#include "wire/state.h"

enum { SECOND = 1000, EARLIER = 10 /* percent of an interval, at most */, AT_ONCE_S = 60 };

bool web_is(const struct identity *identity)
{
    return conf_is_web(identity->agent->conf, identity->name);
}

enum program web_program(const struct identity *identity, enum verb verb)
{
    return partner_program(verb, web_is(identity),
                           conf_by_certificate(identity->agent->conf, identity->name));
}

/* All that is known of it is what is remembered, which others may have written, too. */
void web_watch(struct identity *identity)
{
    char name[1100] = "FILE:";

    if (state_path(identity->name, name + 5, sizeof name - 5))
        cache_watch(identity, name);
}

static bool keeps(const struct identity *identity)
{
    const char *kept = identity->facts ? message_text(identity->facts, SLOT_REMEMBERED) : NULL;

    return kept && !strcmp(kept, "yes");
}

int64_t web_end(const struct identity *identity)
{
    bool is_web = web_is(identity);
    enum slot slot = is_web ? SLOT_TOKEN_END : SLOT_TICKET_END;
    int64_t end = identity->facts ? message_number(identity->facts, slot, 0) * SECOND : 0;

    return is_web && (!end || keeps(identity)) ? SCHEDULE_NEVER : end;
}

bool web_is_over(const struct identity *identity, int64_t now)
{
    int64_t end = web_end(identity);

    return end != SCHEDULE_NEVER && end <= now;
}

int64_t web_look_at(const struct identity *identity, int64_t now, uint32_t random)
{
    int64_t interval = conf_seconds(identity->agent->conf, identity->name, SETTING_VERIFY) * SECOND;
    int64_t earlier = interval * EARLIER / 100;

    if (!keeps(identity))
        return SCHEDULE_NEVER;
    int64_t at = message_number(identity->facts, SLOT_READ_AT, 0) * SECOND + interval;
    at -= earlier ? random % earlier : 0;
    return at > now && at <= now + interval ? at : now + random % (AT_ONCE_S * SECOND);
}

void web_plan(struct identity *identity, const struct message *before, bool wanted, int64_t now)
{
    identity->reading_at = SCHEDULE_NEVER;
    identity->ticket_at = wanted ? web_look_at(identity, now, agent_random()) : SCHEDULE_NEVER;
    if (before && facts_tell(identity->facts, "signed-in") && !facts_tell(before, "signed-in"))
        identity->stopped = false; /* it was done elsewhere */
}

void web_beside(struct identity *identity, const struct message *request, bool client,
                const struct message *beside)
{
    struct agent *agent = identity->agent;
    const char *set = conf_text(agent->conf, identity->name, SETTING_DIRECTORY);
    struct identity *other =
        strcmp(set, message_text(beside, SLOT_IDENTITY)) ? NULL : identity_find(agent, set);
    message_auto *own = NULL;
    enum verb verb;
    struct why why, unsaved;

    if (!other || !verb_find(message_text(request, SLOT_VERB), &verb))
        return;
    if (state_beside(request, beside, &own, &unsaved)) {
        agent_log(other->name, "state", reason_outcome(unsaved.reason), &unsaved);
        if (unsaved.reason == REASON_PROTOCOL)
            return;
    }
    enum outcome out = partner_result(beside, &why);
    identity_ended(other, verb, client, out, &why, own, beside);
}
