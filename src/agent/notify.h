/* SPDX-License-Identifier: MIT
 *
 * Tells the person by org.freedesktop.Notifications (version 1.2): what was told is replaced by
 * what is new, and taken back when it is no longer so. What nobody could show yet is shown when
 * somebody can.
 */
#ifndef AGENT_NOTIFY_H
#define AGENT_NOTIFY_H

#include "agent/identity.h"

/* The bus is there, or gone. */
void notify_begin(struct agent *agent);
void notify_end(void);

/* Of a password that ends then (milliseconds since 1970 UTC). */
void notify_password_ends(struct identity *identity, int64_t end);
void notify_password_needed(struct identity *identity, enum reason reason);

/* Not every place has the password, as the facts say. */
void notify_places_open(struct identity *identity);

/* A certificate is not there or not renewed, as notice_certificate says; reason NONE: all is well.
 */
void notify_certificate(struct identity *identity, const char *name, int64_t end,
                        enum reason reason);

/* Is nothing of ours on the screen? */
bool notify_is_idle(void);

/* Something about the identity has changed: takes back what is no longer so. */
void notify_changed(struct identity *identity);

#endif
