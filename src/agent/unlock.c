/* SPDX-License-Identifier: MIT */
#include "agent/unlock.h"

#include <string.h>

#include "agent/bus.h"
#include "agent/certificates.h"
#include "agent/nm_secrets.h"
#include "agent/web.h"

#define NAME "org.freedesktop.secrets"

/* An unlock comes in several signals, and a try may cause some, too: pauses grow up to a minute,
 * and are short again when that long nothing was heard. */
enum { PAUSE_FIRST = 200, PAUSE_MOST = 60000 };

static sd_bus_slot *owner, *signals, *asked;
static sd_event_source *timer;
static int64_t pause_ms = PAUSE_FIRST, tried_at;

static bool waits(const struct identity *identity)
{
    const char *state = identity->facts ? message_text(identity->facts, SLOT_STATE) : NULL;

    return identity->wants_keychain &&
           (web_is(identity) || !(state && !strcmp(state, "signed-in")));
}

/* What waits for its password, or for the PIN of its certificates, is tried again. */
static void try_again(struct identity *identity)
{
    if (certificates_wait(identity))
        certificates_want(identity);
    if (!waits(identity))
        return;
    identity->stopped = false;
    if (identity->ticket_at != SCHEDULE_NEVER)
        identity->ticket_at = 0;
    identity->failures = 0;
    identity->retry_at = 0;
    identity_wake(identity);
}

static void again(struct agent *agent);

/* One that is just being tried is tried once more. */
static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
    struct agent *agent = data;
    bool busy = false;

    (void)source, (void)usec;
    timer = sd_event_source_disable_unref(timer);
    tried_at = agent_now();
    if (nm_secrets_wait())
        nm_secrets_retry(agent);
    for (size_t i = 0; i < agent->identity_count; i++) {
        struct identity *identity = agent->identities[i];
        if (waits(identity) && identity->run)
            busy = true;
        else
            try_again(identity);
    }
    if (busy)
        again(agent);
    return 0;
}

static void again(struct agent *agent)
{
    if (timer)
        return;
    int64_t since = agent_now() - tried_at;
    pause_ms = since >= 0 && since < PAUSE_MOST ? pause_ms * 2 : PAUSE_FIRST;
    if (pause_ms > PAUSE_MOST)
        pause_ms = PAUSE_MOST;
    (void)sd_event_add_time_relative(agent->event, &timer, CLOCK_MONOTONIC,
                                     (uint64_t)pause_ms * 1000, 1000, on_timer, agent);
}

static int on_signal(sd_bus_message *signal, void *data, sd_bus_error *error)
{
    (void)signal, (void)error;
    again(data);
    return 0;
}

/* It may have come before we listened. */
static int on_asked(sd_bus_message *answer, void *data, sd_bus_error *error)
{
    (void)error;
    slot_drop(&asked);
    if (!sd_bus_message_is_method_error(answer, NULL))
        again(data);
    return 0;
}

static void listen(struct agent *agent)
{
    bus_match(&owner,
              "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
              "member='NameOwnerChanged',arg0='" NAME "'",
              on_signal, agent);
    bus_match(&signals, "type='signal',sender='" NAME "',path_namespace='/org/freedesktop/secrets'",
              on_signal, agent);
    (void)sd_bus_call_method_async(bus_peek(), &asked, "org.freedesktop.DBus",
                                   "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner",
                                   on_asked, agent, "s", NAME);
}

void unlock_update(struct agent *agent)
{
    bool any = nm_secrets_wait();

    for (size_t i = 0; i < agent->identity_count; i++)
        any |= waits(agent->identities[i]) || certificates_wait(agent->identities[i]);
    if (!any)
        unlock_end();
    else if (!owner && bus_peek())
        listen(agent);
}

void unlock_end(void)
{
    slot_drop(&owner);
    slot_drop(&signals);
    slot_drop(&asked);
    timer = sd_event_source_disable_unref(timer);
}
