/* SPDX-License-Identifier: MIT */
#include "agent/launch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "agent/unit.h"
#include "base/spawn.h"

enum { LAUNCHES_MOST = 32 };

/* One that runs, or is about to: in a unit, or as our child. */
static struct running {
    sd_event *event; /* borrowed; NULL: the place is free */
    launch_ended *ended;
    void *data;
    struct unit *unit;
    sd_event_source *child, *timer;
    char *path, **words, **environment; /* until it runs */
    int64_t limit_s;
    pid_t pid;
    bool too_long;
} all[LAUNCHES_MOST];

static void free_list(char **list)
{
    for (char **text = list; text && *text; text++)
        free(*text);
    free(list);
}

static char **copy_list(char *const *list)
{
    size_t count = 0;

    while (list[count])
        count++;
    char **made = calloc(count + 1, sizeof *made);
    for (size_t i = 0; made && i < count; i++)
        if (!(made[i] = strdup(list[i]))) {
            free_list(made);
            return NULL;
        }
    return made;
}

/* The place is free again. A child that leads a session and has a limit ends with what it has
 * started; others go on, unheard. */
static void leave(struct running *running)
{
    unit_free(&running->unit);
    if (running->pid && running->limit_s)
        (void)kill(-running->pid, SIGKILL);
    (void)sd_event_source_disable_unref(running->child);
    (void)sd_event_source_disable_unref(running->timer);
    free(running->path);
    free_list(running->words);
    free_list(running->environment);
    *running = (struct running){ .event = NULL };
}

static void end(struct running *running, const char *wrong)
{
    launch_ended *ended = running->ended;
    void *data = running->data;

    leave(running);
    if (ended)
        ended(data, wrong);
}

/* By code and status of siginfo_t. */
static void end_with(struct running *running, int code, int status)
{
    char text[64];

    (void)snprintf(text, sizeof text, "it ended %s %d",
                   code == CLD_EXITED ? "with status" : "by signal", status);
    end(running, running->too_long               ? "it took too long, and is ended"
                 : !code                         ? "it was not started"
                 : code == CLD_EXITED && !status ? NULL
                                                 : text);
}

static int on_child(sd_event_source *source, const siginfo_t *info, void *data)
{
    (void)source;
    end_with(data, info->si_code, info->si_status);
    return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *data)
{
    struct running *running = data;

    (void)source, (void)usec;
    running->too_long = true;
    (void)kill(-running->pid, SIGKILL); /* on_child hears of it */
    return 0;
}

static enum outcome start_child(struct running *running, struct why *why)
{
    enum outcome out =
        spawn(running->path, running->words, running->environment, -1, &running->pid, why);

    if (out)
        return out;
    if (sd_event_add_child(running->event, &running->child, running->pid, WEXITED, on_child,
                           running) >= 0 &&
        (!running->limit_s || sd_event_add_time_relative(
                                  running->event, &running->timer, CLOCK_MONOTONIC,
                                  (uint64_t)running->limit_s * 1000000, 0, on_time, running) >= 0))
        return OUTCOME_OK;
    (void)kill(-running->pid, SIGKILL);
    running->child = sd_event_source_disable_unref(running->child);
    spawn_end(&running->pid);
    return fail(why, REASON_BROKEN, "it cannot be watched, and is ended");
}

static void on_unit(void *data, enum unit_news news, int code, int status)
{
    struct running *running = data;
    struct why why;

    running->too_long = news == UNIT_TOO_LONG;
    if (news != UNIT_REFUSED) {
        end_with(running, code, status);
        return;
    }
    unit_free(&running->unit);
    if (start_child(running, &why))
        end(running, why.text);
}

enum outcome launch_start(struct agent *agent, const struct launch *launch, launch_ended *ended,
                          void *data, struct why *why)
{
    struct running *running = all;
    enum outcome out = OUTCOME_OK;

    while (running < all + LAUNCHES_MOST && running->event)
        running++;
    if (running == all + LAUNCHES_MOST)
        return fail(why, REASON_SAME_ERRAND, "%d programs run already", LAUNCHES_MOST);
    *running = (struct running){ .event = agent->event, .ended = ended, .data = data };
    running->limit_s = launch->limit_s;
    running->path = strdup(launch->path);
    running->words = copy_list(launch->words);
    running->environment = copy_list(launch->environment);
    if (!running->path || !running->words || !running->environment)
        out = fail_memory(why);
    else if (!(running->unit = unit_start(launch, on_unit, running)))
        out = start_child(running, why);
    if (out)
        leave(running);
    return out;
}

void launches_lose(void)
{
    for (size_t i = 0; i < LAUNCHES_MOST; i++)
        if (all[i].unit)
            end(&all[i], "the session bus is gone, and with it the news of how it ended");
}

void launches_end(void)
{
    for (size_t i = 0; i < LAUNCHES_MOST; i++)
        if (all[i].event)
            leave(&all[i]);
}
