/* SPDX-License-Identifier: MIT */
#include "cert/registered.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

enum { FILE_MOST = 64 << 10, NAME_MOST = 256 };

bool registered_value(const char *text, const char *name, char mark, char *value, size_t size)
{
    const char *next;
    bool found = false;

    for (const char *line = text; *line; line = next) {
        size_t length = strcspn(line, "\n#"), word = strlen(name);
        next = line + strcspn(line, "\n");
        next += *next == '\n';
        const char *end = line + length, *at = line + strspn(line, " \t");
        if (at + word > end || strncmp(at, name, word) != 0)
            continue;
        at += word + strspn(at + word, " \t");
        if (at >= end || *at != mark)
            continue;
        at += 1 + strspn(at + 1, " \t");
        while (end > at && strchr(" \t\r", end[-1]))
            end--;
        found = end > at && (size_t)snprintf(value, size, "%.*s", (int)(end - at), at) < size;
    }
    return found;
}

/* P11_MODULES and P11_LIBRARIES are p11-kit's folders of registrations and of libraries. */
enum outcome registered_library(const char *file, char *path, size_t size, struct why *why)
{
    text_auto *text = NULL;
    char name[NAME_MOST];
    fd_auto folder = open(P11_MODULES, O_PATH | O_DIRECTORY | O_CLOEXEC);
    enum outcome out = folder < 0 ? OUTCOME_OK : file_read(folder, file, FILE_MOST, 0, &text, why);

    *path = '\0';
    if (out)
        return fail_in(why, "in %s", P11_MODULES);
    if (text && registered_value(text_peek(text), "module", ':', name, sizeof name) &&
        (size_t)snprintf(path, size, "%s%s", *name == '/' ? "" : P11_LIBRARIES "/", name) >= size)
        *path = '\0';
    return OUTCOME_OK;
}
