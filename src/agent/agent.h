/* SPDX-License-Identifier: MIT
 *
 * The agent: keeps the tickets of one person fresh, runs the errands of fronts, tells what it
 * knows. It waits on one event loop, reads nothing from the network and holds no password.
 */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "base/outcome.h"
#include "conf/conf.h"
#include "wire/message.h"
#include "wire/verbs.h"

enum { IDENTITIES_MOST = 16, CLIENTS_MOST = 64 };

struct identity;
struct client;
struct run;

struct agent {
    sd_event *event;
    struct conf *conf;
    const char *ccache; /* our KRB5CCNAME; NULL */
    struct identity *identities[IDENTITIES_MOST];
    size_t identity_count;
    struct client *clients[CLIENTS_MOST];
    bool ending; /* once no password is being changed any more */
    bool again;  /* it goes over to another program */
};

/* Sources of the loop are released with this. */
#define source_auto __attribute__((cleanup(sd_event_source_disable_unrefp))) sd_event_source

/* Milliseconds since 1970 UTC. */
int64_t agent_now(void);
uint32_t agent_random(void);

/* Leaves the loop, unless a password is just being changed. */
void agent_end(struct agent *agent);

/* One line in the log for each outcome, with fields for the journal. */
void agent_log(const char *identity, const char *verb, enum outcome outcome, const struct why *why);

#endif
