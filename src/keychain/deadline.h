/* SPDX-License-Identifier: MIT
 *
 * The end of all waiting for the keychain: first a cancel, a moment later SIGALRM, which ends us.
 */
#ifndef KEYCHAIN_DEADLINE_H
#define KEYCHAIN_DEADLINE_H

#include <gio/gio.h>

enum { CALLS_MS = 5000, PROMPT_MS = 60000 };

/* From now so long; may be called again to have more or less time. Gives what is cancelled then:
 * the same each time, never freed. */
GCancellable *deadline(int ms);

#endif
