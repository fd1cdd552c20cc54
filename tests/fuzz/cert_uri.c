/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cert/card.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken has no PIN in it, and its token's part says nothing that is refused itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *uri = strndup((const char *)data, size), token[TOKEN_URI], path[TOKEN_URI];
    struct why why;

    if (!uri)
        return 0;
    if (!card_uri_check(uri, token, &why)) {
        if (strstr(uri, "pin-") || strncmp(token, "pkcs11:", 7) != 0 || strlen(token) >= TOKEN_URI)
            __builtin_trap();
        if (token_module(token, path) && *path != '/')
            __builtin_trap();
    }
    free(uri);
    return 0;
}
