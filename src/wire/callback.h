/* SPDX-License-Identifier: MIT
 *
 * How the browser's answer comes to the front that waits for it: through a socket in
 * $XDG_RUNTIME_DIR/chatelaine, for the person alone, named by the state of the attempt. One answer
 * for each; then nobody listens there any more. A front that was killed leaves a name that no other
 * attempt will ever have, and where nobody is met, until the folder ends with the login session.
 */
#ifndef WIRE_CALLBACK_H
#define WIRE_CALLBACK_H

#include "base/outcome.h"
#include "base/redirect.h"
#include "base/secret.h"

/* Where an answer is waited for. */
struct callback {
    char state[REDIRECT_STATE];
    int folder, fd;
};

enum outcome callback_listen(struct callback *callback, const char *state, struct why *why);

/* Waits so long for the one answer, the caller's; *uri NULL: not yet. What is no answer to this
 * attempt, or from another user, is dropped. */
enum outcome callback_wait(const struct callback *callback, int ms, struct secret **uri,
                           struct why *why);

/* Takes one that was never begun (all zero). */
void callback_end(struct callback *callback);
#define callback_auto __attribute__((cleanup(callback_end))) struct callback

/* Hands a URI to whoever waits for it. BAD_REQUEST: it is none of ours; NOBODY_WAITS. */
enum outcome callback_hand(const struct secret *uri, struct why *why);

#endif
