/* SPDX-License-Identifier: MIT
 *
 * What is told to the person on the desktop, in plain sentences.
 */
#ifndef AGENT_NOTICE_H
#define AGENT_NOTICE_H

#include "agent/identity.h"

enum { SUMMARY_MOST = 128, BODY_MOST = 4096 };

struct notice {
    char summary[SUMMARY_MOST], body[BODY_MOST];
    enum verb verb;    /* what the person can do */
    const char *label; /* of its button; NULL: nothing */
    bool urgent;
};

/* The password ends then (milliseconds since 1970 UTC). */
void notice_password_ends(struct notice *notice, const struct identity *identity, int64_t end);

/* The last try with what the keychain holds, or without, ended so. */
void notice_password_needed(struct notice *notice, const struct identity *identity,
                            enum reason reason);

/* The first place that lacks the password, of whatever the facts say of it; false: none does. */
bool notice_open_place(const struct identity *identity, enum reason *reason);

/* Not every place has the password; the first one lacks it for this reason. */
void notice_places_open(struct notice *notice, const struct identity *identity, enum reason reason);

/* The certificate of that name is not there, or ends then (milliseconds since 1970 UTC; 0: there is
 * none) and is not renewed, for this reason; -1: the network has asked for its PIN in vain. */
void notice_certificate(struct notice *notice, const struct identity *identity, const char *name,
                        int64_t end, enum reason reason);

/* For those who take the body for markup: what comes from elsewhere is none. Cut where it does not
 * fit. */
void notice_escape(const char *text, char *escaped, size_t size);

#endif
