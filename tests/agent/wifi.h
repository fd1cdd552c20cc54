/* SPDX-License-Identifier: MIT
 *
 * For tests of agent/certificates.c: one certificate of one identity, and how its errands end.
 */
#ifndef AGENT_WIFI_H
#define AGENT_WIFI_H

#include "world.h"

#include "agent/certificates.h"

static struct identity *identity;
static struct why why;
static int64_t again; /* what the next row tells; 0: nothing */

static inline void begin_with(const char *settings)
{
    again = 0;
    identity = start_with(settings);
}

#define WIFI "[certificate wifi]\nkey = p-256\n"

/* What the errand under way was asked for; NULL: there is none. */
static inline const char *asked(void)
{
    return world.aside ? message_text(world.aside, SLOT_ACTION) : NULL;
}

/* wifi is in this state, from one time to another. */
static inline void add_row(struct message *result, const char *state, int64_t since, int64_t until)
{
    char from[24], to[24], next[24];
    const char *columns[CERTIFICATE_COLUMNS];

    for (unsigned i = 0; i < CERTIFICATE_COLUMNS; i++)
        columns[i] = "";
    (void)snprintf(from, sizeof from, "%lld", (long long)(since / SECOND));
    (void)snprintf(to, sizeof to, "%lld", (long long)(until / SECOND));
    columns[CERTIFICATE_NAME] = "wifi";
    columns[CERTIFICATE_STATE] = state;
    columns[CERTIFICATE_BEGIN] = from;
    columns[CERTIFICATE_END] = to;
    (void)snprintf(next, sizeof next, "%lld", (long long)(again / SECOND));
    if (again)
        columns[CERTIFICATE_AGAIN] = next;
    message_add_row(result, SLOT_CERTIFICATES, columns);
}

/* The errand ends so. */
static inline void ends(enum outcome out, const char *state, int64_t since, int64_t until)
{
    message_auto *result = message_new(MESSAGE_RESULT);

    add_row(result, state, since, until);
    message_free(&world.aside);
    certificates_ended(identity, out, &why, result);
}

static inline void fails_with(enum reason reason)
{
    ends(fail(&why, reason, "certificate"), "none", 0, 0);
}

static inline int64_t delay(void)
{
    return certificates_at(identity) - world.now;
}

#endif
