/* SPDX-License-Identifier: MIT
 *
 * The private-use URI by which a provider sends the browser back to us (RFC 8252 section 7.1: a
 * domain name in reverse). Anybody may write one.
 */
#ifndef BASE_REDIRECT_H
#define BASE_REDIRECT_H

#include <stdbool.h>

#define REDIRECT_SCHEME "org.chatelaine"
#define REDIRECT_URI    REDIRECT_SCHEME ":/callback"

enum { REDIRECT_MOST = 8192 /* bytes of a URI that came back */, REDIRECT_STATE = 44 };

/* Which attempt is it for, without believing it? False if it is none of ours; else the state is 43
 * characters of base64url. */
bool redirect_state(const char *uri, char state[REDIRECT_STATE]);

/* Is it such a state? */
bool redirect_is_state(const char *text);

#endif
