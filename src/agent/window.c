/* SPDX-License-Identifier: MIT */
#include "agent/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/unit.h"
#include "base/spawn.h"
#include "wire/partner.h"

enum { PATH_MOST = 4096 };

static char program[] = "chatelaine-window";

static enum outcome find(char *path, size_t size, struct why *why)
{
    enum outcome out = partner_path(program, path, size, why);

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

static int on_end(sd_event_source *source, const siginfo_t *info, void *data)
{
    (void)info, (void)data;
    (void)sd_event_source_set_floating(source, 0); /* and with this, it is gone */
    return 0;
}

enum { DISPLAYS = 3 };

/* Where a window can be shown, as far as we know; borrowed. */
static void find_displays(char **environment, char *found[DISPLAYS + 1])
{
    static const char *const names[DISPLAYS] = { "DISPLAY=", "WAYLAND_DISPLAY=", "XAUTHORITY=" };
    size_t count = 0;

    for (; *environment; environment++)
        for (size_t i = 0; i < DISPLAYS; i++)
            if (count < DISPLAYS && !strncmp(*environment, names[i], strlen(names[i])))
                found[count++] = *environment;
}

/* Only to have it waited for: it lives as long as the person likes, and longer than we. */
static void watch(struct agent *agent, pid_t pid)
{
    source_auto *source = NULL;

    if (sd_event_add_child(agent->event, &source, pid, WEXITED, on_end, NULL) < 0)
        return;
    (void)sd_event_source_set_floating(source, 1);
    source = sd_event_source_unref(source);
}

/* As a unit it has the manager's environment, which has the desktop's display even if ours is
 * older.
 */
enum outcome window_show(struct identity *identity, enum verb verb, struct why *why)
{
    char path[PATH_MOST], option[] = "--identity";
    char *word = strdup(verb_row(verb)->word), **environment = make_environment();
    char *displays[DISPLAYS + 1] = { NULL };
    char *words[] = { program, word, option, identity->name, NULL };
    enum outcome out = word && environment ? find(path, sizeof path, why) : fail_memory(why);
    pid_t pid = 0;

    words[0] = path;
    if (environment)
        find_displays(environment, displays);
    char **as_unit = out ? NULL : unit_words(words, displays, 0);
    words[0] = program;
    if (!out && !(out = spawn(as_unit ? UNIT_PROGRAM : path, as_unit ? as_unit : words, environment,
                              -1, &pid, why)))
        watch(identity->agent, pid);
    unit_free(&as_unit);
    free(word);
    free(environment);
    return out;
}
