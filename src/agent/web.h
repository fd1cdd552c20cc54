/* SPDX-License-Identifier: MIT
 *
 * What is different of an identity of an OpenID provider: no ticket cache, no end where something
 * is kept that gets new tokens, a look at intervals whether that still holds; and access tokens for
 * programs, in memory alone.
 */
#ifndef AGENT_WEB_H
#define AGENT_WEB_H

#include "agent/identity.h"
#include "wire/partner.h"

/* By the settings. */
bool web_is(const struct identity *identity);

/* The program that does this verb for it. */
enum program web_program(const struct identity *identity, enum verb verb);

/* Sees when other programs learn something of it, as cache_watch does of a ticket. */
void web_watch(struct identity *identity);

/* When what the facts say of a sign-in is over, ms, of a ticket, too; SCHEDULE_NEVER: not by
 * itself. */
int64_t web_end(const struct identity *identity);
bool web_is_over(const struct identity *identity, int64_t now);

/* When to look whether what is kept still holds; SCHEDULE_NEVER: nothing is. */
int64_t web_look_at(const struct identity *identity, int64_t now, uint32_t random);

/* What is due after something was learned; before may be NULL. */
void web_plan(struct identity *identity, const struct message *before, bool wanted, int64_t now);

/* An access token that was got for this request is kept for others until its end. */
void tokens_take(struct identity *identity, const struct message *request,
                 const struct message *result);

/* Adds to the result the one that is still good for a while; false: there is none, or it is not
 * known whether the person is still signed in. */
bool tokens_give(const struct identity *identity, const struct message *request,
                 struct message *result);

/* Overwrites all of an identity; NULL: of all. */
void tokens_drop(const struct identity *identity);

/* The identity in the directory beside this one, by the settings, has got its ticket, or has failed
 * to, in an errand of this one with that request. */
void web_beside(struct identity *identity, const struct message *request, bool client,
                const struct message *beside);

#endif
