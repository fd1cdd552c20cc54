/* SPDX-License-Identifier: MIT */
#include "cert/nss.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { FILE_MOST = 64 << 10 };

/* One line at a time; false at the end. *next begins as the text. */
static bool next_line(const char **next, const char **line, size_t *length)
{
    if (!**next)
        return false;
    *line = *next;
    *length = strcspn(*line, "\n");
    *next = *line + *length + ((*line)[*length] == '\n');
    return true;
}

/* Empty, a comment, or WORD=VALUE: so NSS writes it, and nothing else does it read. */
static bool is_sane(const char *line, size_t length)
{
    size_t word = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    return text_is_clean(line, length) &&
           (!length || *line == '#' || (word && word < length && line[word] == '='));
}

enum outcome nss_read(int folder, struct text **text, struct why *why)
{
    text_auto *read = NULL;
    const char *next, *line;
    size_t length, number = 0;
    enum outcome out = file_read(folder, NSS_FILE, FILE_MOST, geteuid(), &read, why);

    if (out)
        return out;
    if (!read && !(read = text_new(1)))
        return fail_memory(why);
    next = text_peek(read);
    if (strlen(next) != text_length(read))
        return fail(why, REASON_BROWSER_FILE, NSS_FILE " has a NUL");
    while (next_line(&next, &line, &length))
        if (number++, !is_sane(line, length))
            return fail(why, REASON_BROWSER_FILE, NSS_FILE ", line %zu", number);
    *text = read;
    read = NULL;
    return OUTCOME_OK;
}

bool nss_has(const struct text *text, const char *library)
{
    const char *next = text_peek(text), *line, *slash = strrchr(library, '/');
    const char *name = slash ? slash + 1 : library;
    size_t length, wanted = strlen(name);

    while (next_line(&next, &line, &length)) {
        if (length < 8 || strncmp(line, "library=", 8) != 0)
            continue;
        while (length && strchr(" \t\"'", line[length - 1]))
            length--;
        const char *found = line + length - wanted;
        if (length >= 8 + wanted && !memcmp(found, name, wanted) &&
            (found == line + 8 || strchr("/\"'", found[-1])))
            return true;
    }
    return false;
}

/* A module ends with an empty line; without one NSS reads it not at all. NSS adds its own module
 * where the file has none. */
enum outcome nss_add(int folder, const struct text *text, const char *library, const char *name,
                     struct why *why)
{
    size_t length = text_length(text);
    const char *old = text_peek(text);
    text_auto *all = text_new(2 * FILE_MOST);

    if (!all)
        return fail_memory(why);
    text_add_bytes(all, old, length);
    if (length && old[length - 1] != '\n')
        text_add(all, "\n");
    if (length && !(length > 1 && !strcmp(old + length - 2, "\n\n")))
        text_add(all, "\n");
    text_add(all, "library=%s\nname=%s\n\n", library, name);
    if (!text_ok(all))
        return fail_memory(why);
    return file_write(folder, NSS_FILE, text_peek(all), text_length(all), why);
}

enum outcome profiles_read(int folder, struct profiles *profiles, struct why *why)
{
    text_auto *text = NULL;
    const char *next, *line;
    size_t length;
    bool in_profile = false;
    enum outcome out = file_read(folder, "profiles.ini", FILE_MOST, geteuid(), &text, why);

    profiles->count = 0;
    if (out || !text)
        return out;
    for (next = text_peek(text); next_line(&next, &line, &length);) {
        if (*line == '[')
            in_profile = !strncmp(line, "[Profile", 8);
        if (!in_profile || length < 5 || strncmp(line, "Path=", 5) != 0)
            continue;
        length -= line[length - 1] == '\r' ? 6 : 5;
        if (profiles->count == PROFILES_MOST || !length || length >= PROFILE_FOLDER ||
            !text_is_clean(line + 5, length))
            return fail(why, REASON_BROWSER_FILE,
                        "profiles.ini: more than %d profiles, or a bad Path", PROFILES_MOST);
        char *path = profiles->path[profiles->count++];
        memcpy(path, line + 5, length);
        path[length] = '\0';
    }
    return OUTCOME_OK;
}
