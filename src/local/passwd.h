/* SPDX-License-Identifier: MIT
 *
 * One conversation with passwd, over a pseudoterminal. A password is written only when it was asked
 * for by a prompt that we know, with the echo off, and only once.
 */
#ifndef LOCAL_PASSWD_H
#define LOCAL_PASSWD_H

#include <stdbool.h>

#include "base/outcome.h"
#include "base/secret.h"

#define PASSWD_PROGRAM "/usr/bin/passwd"

/* What a line means that passwd waits behind, in the language C. Unknown is any other line that it
 * leaves open. */
enum passwd_prompt { PROMPT_NONE, PROMPT_OLD, PROMPT_NEW, PROMPT_AGAIN, PROMPT_UNKNOWN };

/* One that we know, or none. */
enum passwd_prompt passwd_prompt(const char *line);

/* Until end_ms, as of clock_ms. now NULL: is left when the new password is asked for, which proves
 * the old one. Outcomes as of local_prove and local_change. */
enum outcome passwd_run(const char *account, long end_ms, const struct secret *old,
                        const struct secret *now, struct why *why);

/* False: by its own word the account has no password, or one that is locked. */
bool passwd_is_set(const char *account, long end_ms);

#endif
