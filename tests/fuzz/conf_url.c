/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conf/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINES = URL_VARIABLES + 1 };

/* How many names the path has. */
static size_t count_names(const char *path)
{
    size_t count = 1;

    for (; *path; path++)
        count += *path == '/';
    return count;
}

/* A line of settings, then a line for each value: what is built is one clean URL, in which a value
 * has added no name to the path. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size), *rest = text, *lines[LINES] = { NULL };
    const char *values[URL_VARIABLES];
    struct url url;
    struct why why;

    for (size_t i = 0; i < LINES; i++)
        lines[i] = strsep(&rest, "\n");
    for (size_t i = 0; i < URL_VARIABLES; i++)
        values[i] = lines[i + 1];
    if (lines[0] && !url_build(lines[0], values, &url, &why)) {
        bool is_home = !strcmp(lines[0], "%{home}");
        const char *pattern = lines[0] + strlen("smb://");
        size_t slash = strlen(pattern) && pattern[strlen(pattern) - 1] == '/';
        if (strlen(url.text) > URL_MOST || strncmp(url.text, "smb://", 6) != 0 ||
            !name_is_host(url.server) || !text_is_clean(url.path, strlen(url.path)) ||
            strspn(url.text + 6, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "-._~$%/") != strlen(url.text + 6) ||
            strstr(url.text, "/../") || strpbrk(url.path, "\\:*?\"<>|"))
            __builtin_trap();
        if (!is_home && count_names(url.path) != count_names(pattern) - 1 - slash)
            __builtin_trap();
    } else if (lines[0] && !text_is_clean(why.text, strlen(why.text))) {
        __builtin_trap();
    }
    free(text);
    return 0;
}
