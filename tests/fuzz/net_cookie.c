/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "net/cookie.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A Set-Cookie: what is found can be sent back as it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char line[8192];
    size_t length = 0;

    if (size >= sizeof line)
        return 0;
    if (size)
        memcpy(line, data, size);
    line[size] = '\0';
    const char *value = cookie_find(line, "sid", "localhost", &length);
    if (!value)
        return 0;
    if (!length || length > COOKIE_MOST || value < line || value + length > line + strlen(line))
        __builtin_trap();
    for (size_t i = 0; i < length; i++)
        if (value[i] <= ' ' || value[i] > '~' || strchr(";,\"\\", value[i]))
            __builtin_trap();
    return 0;
}
