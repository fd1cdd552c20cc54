/* SPDX-License-Identifier: MIT
 *
 * shares: what there is, what is mounted, and one of them in the desktop's file manager, which is
 * started from here, in the session of whoever asks.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/spawn.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "conf/name.h"

#define GIO "/usr/bin/gio"
enum { OPEN_MS = 20000, SLICE_US = 20000, NAME_WIDTH = 14, STATE_WIDTH = 11 };

/* Of one share of the result; borrowed, and no NUL ends them. */
struct columns {
    const char *text[SHARE_COLUMNS];
    int length[SHARE_COLUMNS];
};

static bool next_share(const struct message *result, size_t *at, struct columns *columns)
{
    struct slot_value value;
    size_t length;

    while (message_next(result, at, &value)) {
        if (value.slot != SLOT_SHARES)
            continue;
        for (unsigned i = 0; i < SHARE_COLUMNS; i++) {
            columns->text[i] = message_column(&value, i, &length);
            columns->length[i] = (int)length;
        }
        return true;
    }
    return false;
}

/* A line each, and under it what is wrong. */
static void print(const struct message *result)
{
    struct columns c;
    bool any = false;

    for (size_t at = 0; next_share(result, &at, &c); any = true) {
        int where = c.length[SHARE_FOLDER] ? SHARE_FOLDER : SHARE_URL;
        (void)printf("%-*.*s %-*.*s %.*s\n", NAME_WIDTH, c.length[SHARE_NAME], c.text[SHARE_NAME],
                     STATE_WIDTH, c.length[SHARE_STATE], c.text[SHARE_STATE], c.length[where],
                     c.text[where]);
        if (c.length[SHARE_DETAIL])
            (void)printf("%*s %.*s: %.*s\n", NAME_WIDTH, "", c.length[SHARE_REASON],
                         c.text[SHARE_REASON], c.length[SHARE_DETAIL], c.text[SHARE_DETAIL]);
    }
    if (!any)
        (void)puts("The settings have no share for this identity.");
}

/* The program that the desktop has for folders takes it from here; gio ends at once. */
static enum outcome wait_for(pid_t pid, struct why *why)
{
    long end_ms = clock_ms() + OPEN_MS;
    int status = 0;
    pid_t ended;

    while (!(ended = waitpid(pid, &status, WNOHANG)) && clock_ms() < end_ms &&
           !terminal_cancelled())
        (void)usleep(SLICE_US);
    if (!ended) {
        spawn_end(&pid);
        return fail(why, REASON_TIME_OUT, "gio open does not end");
    }
    if (WIFEXITED(status) && !WEXITSTATUS(status))
        return OUTCOME_OK;
    return fail(why, REASON_SHARE_FAILED, "gio open: it told why above");
}

static enum outcome show(const struct options *options, const struct message *result,
                         struct why *why)
{
    char place[4096];
    char *argv[] = { "gio", "open", place, NULL };
    struct columns c;
    pid_t pid;
    size_t at = 0;
    enum outcome out;

    if (!next_share(result, &at, &c))
        return fail(why, REASON_PROTOCOL, "the worker tells of no share");
    int where = c.length[SHARE_FOLDER] ? SHARE_FOLDER : SHARE_URL;
    (void)snprintf(place, sizeof place, "%.*s", c.length[where], c.text[where]);
    (void)umask(options->umask); /* what it starts is the person's own */
    if ((out = spawn(GIO, argv, environ, -1, &pid, why)))
        return out;
    return wait_for(pid, why);
}

static enum outcome check_words(const struct options *options, struct why *why)
{
    static const char *const words[] = { "list", "mount", "unmount", "open" };
    const char *action = options->arguments[0] ? options->arguments[0] : words[0];
    const char *name = options->arguments[1];
    size_t i = 0, count = sizeof words / sizeof *words;

    while (i < count && strcmp(words[i], action) != 0)
        i++;
    if (i == count)
        return fail(why, REASON_BAD_REQUEST, "shares takes list, mount, unmount or open, not %s",
                    action);
    if (name && !strcmp(action, "list"))
        return fail(why, REASON_BAD_REQUEST, "shares list: one word too many: %s", name);
    if (!name && !strcmp(action, "open"))
        return fail(why, REASON_BAD_REQUEST, "shares open: which one?");
    if (name && !name_is_identity(name))
        return fail(why, REASON_BAD_REQUEST, "\"%s\" cannot name a share", name);
    return OUTCOME_OK;
}

int cli_shares(const struct options *options)
{
    struct why why = { 0 };
    message_auto *result = NULL;
    enum outcome out = check_words(options, &why);

    if (out)
        return tell(options, out, &why, NULL);
    out = errand_run(options, &result, &why);
    if (!out && options->arguments[0] && !strcmp(options->arguments[0], "open"))
        out = show(options, result, &why);
    else if (result && !options->json && (!out || message_has(result, SLOT_SHARES)))
        print(result);
    return tell(options, out, &why, result);
}
