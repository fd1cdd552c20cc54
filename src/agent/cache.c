/* SPDX-License-Identifier: MIT */
#include "agent/cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SETTLE_MS = 150 }; /* a cache is written in several steps */

struct cache_watch {
    struct identity *identity;
    char path[1024]; /* "": no file */
    struct stat noted;
    sd_event_source *file, *folder, *timer;
};

static int on_settled(sd_event_source *source, uint64_t usec, void *data)
{
    struct cache_watch *watch = data;

    (void)source, (void)usec;
    watch->timer = sd_event_source_disable_unref(watch->timer);
    watch->identity->look = true;
    identity_wake(watch->identity);
    return 0;
}

static void look_soon(struct cache_watch *watch)
{
    watch->identity->look = true; /* what is known may be wrong from now on */
    if (!watch->timer)
        (void)sd_event_add_time_relative(watch->identity->agent->event, &watch->timer,
                                         CLOCK_MONOTONIC, SETTLE_MS * 1000, 10000, on_settled,
                                         watch);
}

static int on_change(sd_event_source *source, const struct inotify_event *event, void *data)
{
    struct cache_watch *watch = data;
    const char *name = strrchr(watch->path, '/') + 1;

    (void)source;
    if ((!event->len || !strcmp(event->name, name)) && !watch->identity->run)
        look_soon(watch);
    return 0;
}

static void disarm(struct cache_watch *watch)
{
    watch->file = sd_event_source_disable_unref(watch->file);
    watch->folder = sd_event_source_disable_unref(watch->folder);
}

/* The file itself while it is there, which is quiet; else its folder. */
static void arm(struct cache_watch *watch)
{
    sd_event *event = watch->identity->agent->event;
    char folder[1024];
    size_t length = (size_t)(strrchr(watch->path, '/') - watch->path);

    disarm(watch);
    if (sd_event_add_inotify(event, &watch->file, watch->path,
                             IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF, on_change,
                             watch) >= 0)
        return;
    (void)snprintf(folder, sizeof folder, "%.*s", length ? (int)length : 1, watch->path);
    if (sd_event_add_inotify(event, &watch->folder, folder, IN_CREATE | IN_MOVED_TO, on_change,
                             watch) < 0)
        watch->folder = NULL;
}

/* The path in the name of a cache that is a file; NULL. */
static const char *file_of(const char *name)
{
    static const char *const kinds[] = { "FILE:", "DIR::" };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strncmp(name, kinds[i], strlen(kinds[i])))
            name += strlen(kinds[i]);
    return *name == '/' ? name : NULL;
}

void cache_watch(struct identity *identity, const char *name)
{
    struct cache_watch *watch = identity->cache;
    char standard[64];

    (void)snprintf(standard, sizeof standard, "/tmp/krb5cc_%u", (unsigned)getuid());
    const char *path = file_of(name                      ? name
                               : identity->agent->ccache ? identity->agent->ccache
                                                         : standard);
    if (watch && !strcmp(watch->path, path ? path : ""))
        return;
    cache_unwatch(&identity->cache);
    if (!(watch = calloc(1, sizeof *watch)))
        return;
    *watch = (struct cache_watch){ .identity = identity };
    if (path)
        (void)snprintf(watch->path, sizeof watch->path, "%s", path);
    if (path)
        arm(watch);
    cache_note(watch);
    identity->cache = watch;
}

void cache_unwatch(struct cache_watch **watch)
{
    if (*watch) {
        disarm(*watch);
        (void)sd_event_source_disable_unref((*watch)->timer);
    }
    free(*watch);
    *watch = NULL;
}

void cache_note(struct cache_watch *watch)
{
    if (watch && stat(watch->path, &watch->noted))
        watch->noted = (struct stat){ 0 };
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           !memcmp(&a->st_ctim, &b->st_ctim, sizeof a->st_ctim);
}

void cache_settle(struct cache_watch *watch, bool ours)
{
    if (!watch || !*watch->path)
        return;
    const struct stat before = watch->noted;
    watch->timer = sd_event_source_disable_unref(watch->timer);
    arm(watch);
    cache_note(watch);
    if (!ours && !is_same(&before, &watch->noted))
        look_soon(watch);
}

bool cache_is_seen(const struct cache_watch *watch)
{
    return watch->file || watch->folder;
}
