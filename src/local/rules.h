/* SPDX-License-Identifier: MIT
 *
 * The rules for a new password that the PAM stack of passwd will apply, as far as they can be known
 * without asking it.
 */
#ifndef LOCAL_RULES_H
#define LOCAL_RULES_H

#include "base/outcome.h"
#include "base/secret.h"
#include "local/stack.h"

/* weak-password, with the rule in words. The old one may be NULL: then what compares both is left
 * out. */
enum outcome rules_check(const struct stack *stack, const char *account, const struct secret *old,
                         const struct secret *now, struct why *why);

#endif
