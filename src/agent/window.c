/* SPDX-License-Identifier: MIT */
#include "agent/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/launch.h"
#include "agent/unit.h"
#include "wire/partner.h"

enum { PATH_MOST = 4096 };

static char name[] = "chatelaine-window";

static enum outcome find(char *path, size_t size, struct why *why)
{
    enum outcome out = partner_path(name, path, size, why);

    if (out)
        return out;
    return access(path, X_OK) ? fail(why, REASON_NO_WINDOW, "%s: %s", path, strerror(errno))
                              : OUTCOME_OK;
}

bool window_is_there(void)
{
    char path[PATH_MOST];
    struct why why;

    return !find(path, sizeof path, &why);
}

/* What systemd says to us alone. */
static bool is_ours(const char *variable)
{
    static const char *const names[] = { "NOTIFY_SOCKET=",  "LISTEN_",        "WATCHDOG_",
                                         "JOURNAL_STREAM=", "INVOCATION_ID=", "SYSTEMD_EXEC_PID=" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strncmp(variable, names[i], strlen(names[i])))
            return true;
    return false;
}

/* The person's own, for the desktop's libraries look there; the texts are borrowed. */
static char **make_environment(void)
{
    size_t count = 0, left = 0;

    while (environ[count])
        count++;
    char **made = calloc(count + 1, sizeof *made);
    for (size_t i = 0; made && i < count; i++)
        if (!is_ours(environ[i]))
            made[left++] = environ[i];
    return made;
}

enum { DISPLAYS = 3 };

/* Where a window can be shown, for a manager that was not told; borrowed. */
static void find_displays(char **environment, char *found[DISPLAYS + 1])
{
    static const char *const names[DISPLAYS] = { "DISPLAY=", "WAYLAND_DISPLAY=", "XAUTHORITY=" };
    size_t count = 0;

    for (; *environment; environment++)
        for (size_t i = 0; i < DISPLAYS; i++)
            if (count < DISPLAYS && !strncmp(*environment, names[i], strlen(names[i])))
                found[count++] = *environment;
}

enum outcome window_show(struct identity *identity, enum verb verb, struct why *why)
{
    char path[PATH_MOST], option[] = "--identity";
    char *word = strdup(verb_row(verb)->word), **environment = make_environment();
    char *displays[DISPLAYS + 1] = { NULL };
    char *words[] = { name, word, option, identity->name, NULL };
    struct launch launch = { .name = "window",
                             .path = path,
                             .words = words,
                             .environment = environment,
                             .variables = displays };
    enum outcome out = word && environment ? find(path, sizeof path, why) : fail_memory(why);

    if (environment && !unit_are_we())
        find_displays(environment, displays);
    if (!out)
        out = launch_start(identity->agent, &launch, NULL, NULL, why);
    free(word);
    free(environment);
    return out;
}
