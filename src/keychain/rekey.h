/* SPDX-License-Identifier: MIT
 *
 * The password that opens the login keyring, which only gnome-keyring can be asked to change.
 */
#ifndef KEYCHAIN_REKEY_H
#define KEYCHAIN_REKEY_H

#include <stdbool.h>

#include "base/outcome.h"
#include "base/secret.h"

/* OK: it opens with the new one, *changed now or before. The old one NULL: only whether it does.
 * wrong-keyring-password: with neither. no-keyring: there is none, or it has no password;
 * keyring-by-hand: of another provider; cannot-write: it is as it was. */
enum outcome rekey(const struct secret *old, const struct secret *now, bool *changed,
                   struct why *why);

#endif
