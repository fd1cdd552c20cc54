/* SPDX-License-Identifier: MIT
 *
 * The identities there are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cache.h"
#include "agent/certificates.h"
#include "agent/identity.h"
#include "agent/news.h"
#include "agent/run.h"
#include "agent/shares.h"
#include "agent/told.h"
#include "agent/web.h"
#include "conf/name.h"
#include "wire/state.h"

enum { HALF_A_DAY_MS = 43200 * 1000 };

static struct identity *add(struct agent *agent, const char *name)
{
    struct identity *identity =
        agent->identity_count < IDENTITIES_MOST ? calloc(1, sizeof *identity) : NULL;

    if (!identity)
        return NULL;
    *identity = (struct identity){ .agent = agent,
                                   .ticket_at = SCHEDULE_NEVER,
                                   .reading_at = SCHEDULE_NEVER,
                                   .warning_at = SCHEDULE_NEVER,
                                   .look = true };
    (void)snprintf(identity->name, sizeof identity->name, "%s", name);
    agent->identities[agent->identity_count++] = identity;
    told_load(identity);
    news_added(identity);
    return identity;
}

struct identity *identity_find(struct agent *agent, const char *name)
{
    for (size_t i = 0; i < agent->identity_count; i++)
        if (!strcmp(agent->identities[i]->name, name))
            return agent->identities[i];
    return add(agent, name);
}

static void open_one(struct agent *agent, const char *name)
{
    struct identity *identity = name_is_identity(name) ? identity_find(agent, name) : NULL;

    if (identity)
        identity_wake(identity);
}

void identities_open(struct agent *agent)
{
    char names[IDENTITIES_MOST][STATE_NAME];
    size_t count = state_identities(names, IDENTITIES_MOST);
    const char *name;

    for (size_t i = 0; (name = conf_identity(agent->conf, i)); i++)
        open_one(agent, name);
    for (size_t i = 0; i < count; i++)
        open_one(agent, names[i]);
}

/* A network does not help then; only a clock that was set back far does. */
static bool waits_for_hour(const struct identity *identity)
{
    return identity->trouble == REASON_OUTSIDE_HOURS &&
           identity->retry_at - agent_now() < HALF_A_DAY_MS;
}

static void forget_failures(struct identity *identity)
{
    identity->failures = 0;
    identity->retry_at = 0;
}

void identities_nudge(struct agent *agent)
{
    for (size_t i = 0; i < agent->identity_count; i++) {
        struct identity *identity = agent->identities[i];
        if (!waits_for_hour(identity))
            forget_failures(identity);
        if (identity->run)
            run_renew(identity->run);
        if (identity->reading_missed)
            identity->reading_at = agent_now();
        identity->reading_missed = false;
        identity->look_at = 0;
        identity->look |= !identity->cache || !cache_is_seen(identity->cache) ||
                          facts_tell(identity->facts, "expired"); /* by the clock of before? */
        shares_retry(identity);
        certificates_retry(identity);
        identity_wake(identity);
    }
}

void identities_doubt(struct agent *agent, bool by_person)
{
    for (size_t i = 0; i < agent->identity_count; i++) {
        struct identity *identity = agent->identities[i];
        tokens_drop(identity);
        identity->look = true;
        if (web_is(identity))
            identity->stopped = false;
        if (facts_tell(identity->facts, "signed-in"))
            certificates_doubt(identity, by_person);
        else
            certificates_look(identity);
    }
}

void identities_close(struct agent *agent)
{
    while (agent->identity_count) {
        struct identity *identity = agent->identities[--agent->identity_count];
        runs_free(identity);
        shares_free(identity);
        certificates_free(identity);
        tokens_drop(identity);
        cache_unwatch(&identity->cache);
        (void)sd_event_source_disable_unref(identity->timer);
        (void)sd_event_source_disable_unref(identity->yield);
        message_free(&identity->facts);
        free(identity);
    }
}
