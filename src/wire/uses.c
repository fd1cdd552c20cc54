/* SPDX-License-Identifier: MIT */
#include "wire/uses.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define FILE_NAME "uses"
enum { FILE_MOST = USES_MOST * USE_LINE };

/* Nothing is written as "-". */
static bool take_word(char **line, char *to, size_t size)
{
    const char *word = strsep(line, " ");
    size_t length = word ? strlen(word) : 0;

    if (!length || length >= size || !text_is_clean(word, length))
        return false;
    (void)strcpy(to, strcmp(word, "-") != 0 ? word : "");
    return true;
}

/* Where may have blanks in it. */
static bool take_line(struct use_row *row, char *line)
{
    *row = (struct use_row){ .what = "" };
    if (!take_word(&line, row->what, sizeof row->what) ||
        !take_word(&line, row->uuid, sizeof row->uuid) ||
        !take_word(&line, row->identity, sizeof row->identity) ||
        !take_word(&line, row->certificate, sizeof row->certificate) ||
        !take_word(&line, row->wanted, sizeof row->wanted) ||
        !take_word(&line, row->digest, sizeof row->digest) || !line ||
        strlen(line) >= sizeof row->where || !text_is_clean(line, strlen(line)))
        return false;
    (void)strcpy(row->where, line);
    return *row->what && *row->uuid && *row->identity && *row->certificate;
}

bool uses_parse(struct uses *uses, const char *lines, size_t length)
{
    char *copy = strndup(lines, length), *rest = copy, *line;
    bool good = copy;

    uses->count = 0;
    while (good && (line = strsep(&rest, "\n")))
        if (*line)
            good = uses->count < USES_MOST && take_line(&uses->all[uses->count++], line);
    free(copy);
    if (!good)
        uses->count = 0;
    return good;
}

enum outcome uses_read(int folder, struct uses *uses, struct why *why)
{
    text_auto *text = NULL;
    enum outcome out = file_read(folder, FILE_NAME, FILE_MOST, geteuid(), &text, why);

    uses->count = 0;
    if (out || !text)
        return out;
    return uses_parse(uses, text_peek(text), text_length(text))
               ? OUTCOME_OK
               : fail(why, REASON_STATE_DAMAGED, "certificates/" FILE_NAME);
}

static const char *word(const char *text)
{
    return *text ? text : "-";
}

enum outcome uses_write(int folder, const struct uses *uses, struct why *why)
{
    text_auto *text = text_new(FILE_MOST);

    if (!uses->count)
        return file_remove(folder, FILE_NAME, why);
    for (size_t i = 0; text && i < uses->count; i++) {
        const struct use_row *row = &uses->all[i];
        text_add(text, "%s %s %s %s %s %s %s\n", row->what, row->uuid, row->identity,
                 row->certificate, word(row->wanted), word(row->digest), row->where);
    }
    return text && text_ok(text)
               ? file_write(folder, FILE_NAME, text_peek(text), text_length(text), why)
               : fail_memory(why);
}

struct use_row *uses_find(struct uses *uses, const char *uuid)
{
    for (size_t i = 0; i < uses->count; i++)
        if (!strcmp(uses->all[i].uuid, uuid))
            return &uses->all[i];
    return NULL;
}

struct use_row *uses_add(struct uses *uses, const char *uuid)
{
    struct use_row *row = uses_find(uses, uuid);

    if (row || uses->count == USES_MOST)
        return row;
    row = &uses->all[uses->count++];
    *row = (struct use_row){ .what = "" };
    (void)strncat(row->uuid, uuid, sizeof row->uuid - 1);
    return row;
}

void uses_drop(struct uses *uses, const char *uuid)
{
    struct use_row *row = uses_find(uses, uuid);

    if (row)
        *row = uses->all[--uses->count];
}
