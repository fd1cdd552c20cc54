/* SPDX-License-Identifier: MIT
 *
 * The account on this computer of the person who runs this, and its password: changed by passwd,
 * as the person, over a terminal of ours. A child that is not confined, the hand, does so: it is
 * made before the process gives up its rights, works on order, and ends with the process; a change
 * that is under way is finished.
 */
#ifndef LOCAL_LOCAL_H
#define LOCAL_LOCAL_H

#include "base/outcome.h"
#include "base/secret.h"

enum { LOCAL_PASSWORD_MOST = 511 /* bytes, what PAM takes */ };

/* Looks at the account and at how passwd works here, and makes the hand. no-local-account: root, a
 * system account, or one that is not in /etc/passwd. company-password-stack: passwd would ask a
 * server, or a PAM module that we do not know. no-passwd: it is not there, or has no rights. */
struct local;
enum outcome local_begin(struct local **local, struct why *why);
void local_end(struct local **local);

/* The rules of this computer, as far as they can be known before: weak-password. The old one may be
 * NULL: what compares both is left out then. An account without a password has no rules. */
enum outcome local_rules(struct local *local, const struct secret *old, const struct secret *now,
                         struct why *why);

/* Is this the account's password? passwd is left before it changes anything. wrong-local-password,
 * no-local-account (it has none, or one that is locked), time-out, unexpected-question,
 * local-refused (passwd changes none now, in its own words), company-password-stack (by now). */
enum outcome local_prove(struct local *local, const struct secret *password, struct why *why);

/* The same, and local-refused if the new one is; local-change-unknown: it had the new password and
 * ended, or was left, in a way that proves nothing. */
enum outcome local_change(struct local *local, const struct secret *old, const struct secret *now,
                          struct why *why);

#endif
