/* SPDX-License-Identifier: MIT */
#include "base/redirect.h"

#include <string.h>

#include "base/uri.h"

bool redirect_is_state(const char *text)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789-_";

    return strlen(text) == REDIRECT_STATE - 1 && strspn(text, alphabet) == REDIRECT_STATE - 1;
}

bool redirect_state(const char *uri, char state[REDIRECT_STATE])
{
    static const char ours[] = REDIRECT_URI "?";

    return strlen(uri) < REDIRECT_MOST && !strncmp(uri, ours, sizeof ours - 1) &&
           uri_parameter(uri, "state", state, REDIRECT_STATE) && redirect_is_state(state);
}
