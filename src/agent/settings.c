/* SPDX-License-Identifier: MIT */
#include "agent/settings.h"

#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "agent/identity.h"

enum { SETTLE_MS = 300 /* an editor writes in several steps */, ARMED_MOST = 20, PERSON = 2 };

static const uint32_t self = IN_ONLYDIR | IN_DELETE_SELF | IN_MOVE_SELF,
                      inside = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM |
                               IN_DELETE | IN_ATTRIB;

/* A folder of settings; while it is not there the nearest one above it that is, for the name that
 * leads on. */
static struct watch {
    struct agent *agent;
    char folder[1100], name[256]; /* "": the folder itself */
    sd_event_source *source;
} watches[PERSON + 1];

static sd_event_source *settling;
static bool by_person; /* what has changed is the person's own */

static enum outcome load(struct agent *agent, struct why *why)
{
    char person[1024];
    struct conf *conf = NULL;
    enum outcome out = conf_load(
        SYSCONF_FOLDER, conf_person_folder(person, sizeof person) ? person : NULL, &conf, why);

    if (out)
        return out;
    conf_free(&agent->conf);
    agent->conf = conf;
    return OUTCOME_OK;
}

static void watch_all(void);

static int on_settled(sd_event_source *source, uint64_t usec, void *data)
{
    (void)source, (void)usec;
    settling = sd_event_source_disable_unref(settling);
    watch_all();
    settings_reload(data, by_person);
    return 0;
}

/* One of the files, or what leads to them. */
static bool is_ours(const struct watch *watch, const struct inotify_event *event)
{
    size_t length = event->len ? strlen(event->name) : 0;

    if (!length)
        return true;
    if (*watch->name)
        return !strcmp(event->name, watch->name);
    return *event->name != '.' && length > 5 && !strcmp(event->name + length - 5, ".conf");
}

static int on_event(sd_event_source *source, const struct inotify_event *event, void *data)
{
    struct watch *watch = data;

    (void)source;
    if (!is_ours(watch, event))
        return 0;
    by_person = watch == &watches[PERSON] && (by_person || !settling);
    settling = sd_event_source_disable_unref(settling);
    (void)sd_event_add_time_relative(watch->agent->event, &settling, CLOCK_MONOTONIC,
                                     SETTLE_MS * 1000, 10000, on_settled, watch->agent);
    return 0;
}

static bool arm(struct watch *watch, const char *path)
{
    uint32_t mask = self | (*watch->name ? IN_CREATE | IN_MOVED_TO : inside);

    return sd_event_add_inotify(watch->agent->event, &watch->source, *path ? path : "/", mask,
                                on_event, watch) >= 0;
}

/* The path of the folder is cut until there is something to watch. False: what leads on has come
 * just then. */
static bool watch_folder(struct watch *watch)
{
    char path[sizeof watch->folder], *slash = NULL;

    (void)strcpy(path, watch->folder);
    *watch->name = '\0';
    watch->source = sd_event_source_disable_unref(watch->source);
    while (!arm(watch, path) && (slash = strrchr(path, '/'))) {
        (void)snprintf(watch->name, sizeof watch->name, "%s", slash + 1);
        *slash = '\0';
    }
    if (!slash)
        return true;
    *slash = '/';
    return access(path, R_OK) != 0;
}

static void watch_all(void)
{
    for (size_t i = 0; i < sizeof watches / sizeof *watches; i++)
        for (int armed = 0; armed < ARMED_MOST && !watch_folder(&watches[i]); armed++)
            ;
}

enum outcome settings_open(struct agent *agent, struct why *why)
{
    char person[1024];
    bool has_person = conf_person_folder(person, sizeof person);
    const char *const folders[] = { SYSCONF_FOLDER, SYSCONF_FOLDER "/conf.d",
                                    has_person ? person : SYSCONF_FOLDER };

    for (size_t i = 0; i < sizeof watches / sizeof *watches; i++) {
        watches[i].agent = agent;
        (void)snprintf(watches[i].folder, sizeof watches[i].folder, "%s", folders[i]);
    }
    watch_all();
    return load(agent, why);
}

void settings_reload(struct agent *agent, bool for_person)
{
    struct why why;

    if (load(agent, &why))
        agent_log("-", "reload", reason_outcome(why.reason), &why);
    else
        identities_doubt(agent, for_person);
    identities_open(agent); /* there may be more of them */
    identities_nudge(agent);
}
