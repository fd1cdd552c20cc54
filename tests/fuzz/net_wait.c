/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "net/wait.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Three lines: Retry-After, X-Rate-Limit-Reset, Date; a missing one is absent. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[512], *rest = text, *values[3] = { NULL };

    if (size >= sizeof text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    for (int i = 0; i < 3 && rest; i++)
        values[i] = strsep(&rest, "\n");
    int seconds = wait_seconds(values[0], values[1], values[2]);
    if (seconds < 0 || seconds > WAIT_MOST)
        __builtin_trap();
    return 0;
}
