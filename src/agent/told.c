/* SPDX-License-Identifier: MIT
 *
 * One line: the password's end (milliseconds since 1970 UTC), the level, and whether it was shown
 * (1) or still waits for a desktop that shows it (0).
 */
#include "agent/told.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "wire/state.h"

enum { LINE_MOST = 128, NAME_MOST = 64 };

static void name_file(const struct identity *identity, char name[NAME_MOST])
{
    (void)snprintf(name, NAME_MOST, "%s.told", identity->name);
}

void told_load(struct identity *identity)
{
    fd_auto folder = -1;
    text_auto *line = NULL;
    char name[NAME_MOST], *rest;
    struct why why;

    name_file(identity, name);
    if (state_folder(&folder, &why) || file_read(folder, name, LINE_MOST, geteuid(), &line, &why)) {
        agent_log(identity->name, "warning", reason_outcome(why.reason), &why);
    } else if (line) { /* what makes no sense is a warning that nobody gave */
        identity->warned.end = strtoll(text_peek(line), &rest, 10);
        identity->warned.level = strtoll(rest, &rest, 10);
        identity->warning_shown = strtol(rest, NULL, 10);
    }
}

static void save(const struct identity *identity)
{
    fd_auto folder = -1;
    char line[LINE_MOST], name[NAME_MOST];
    struct why why;

    name_file(identity, name);
    (void)snprintf(line, sizeof line, "%" PRId64 " %" PRId64 " %d\n", identity->warned.end,
                   identity->warned.level, identity->warning_shown);
    if (state_folder(&folder, &why) || file_write(folder, name, line, strlen(line), &why))
        agent_log(identity->name, "warning", reason_outcome(why.reason), &why);
}

void told_set(struct identity *identity, struct warning warning)
{
    identity->warned = warning;
    identity->warning_shown = false;
    save(identity);
}

void told_shown(struct identity *identity)
{
    identity->warning_shown = true;
    save(identity);
}
