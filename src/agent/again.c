/* SPDX-License-Identifier: MIT
 *
 * What is known of the identities is on the disk and in the ticket caches: nothing else is handed
 * over but the socket, in the way of sd_listen_fds(3). So a connection that comes meanwhile waits
 * and is not refused, and systemd sees the same process go on.
 */
#include "agent/again.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "agent/call.h"
#include "agent/client.h"
#include "agent/notify.h"
#include "base/log.h"
#include "base/spawn.h"

enum { SETTLE_MS = 3000 }; /* the other programs of a package come in the same moment */

static char path[4096], program[] = "chatelaine-agent", version[] = "--version";
static sd_event_source *settling, *trial;
static bool ready; /* the new one works */

static bool is_replaced(void)
{
    struct stat ours, there;

    return !stat("/proc/self/exe", &ours) && !stat(path, &there) &&
           (ours.st_dev != there.st_dev || ours.st_ino != there.st_ino);
}

/* Only the person or root may have written it. */
static bool may_run(void)
{
    struct stat st;

    return !stat(path, &st) && S_ISREG(st.st_mode) && (st.st_uid == 0 || st.st_uid == geteuid()) &&
           !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* A window that the person has open is a child, too. */
static bool has_children(void)
{
    siginfo_t info;

    return !waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
}

static bool is_idle(const struct agent *agent)
{
    for (size_t i = 0; i < agent->identity_count; i++)
        if (agent->identities[i]->run || agent->identities[i]->waiting)
            return false;
    return !agent->ending && clients_are_idle(agent) && calls_are_idle() && notify_is_idle() &&
           !has_children();
}

/* After whatever else has happened. */
static int on_any(sd_event_source *source, void *data)
{
    struct agent *agent = data;

    (void)source;
    if (!ready || !is_idle(agent))
        return 0;
    ready = false;
    agent->again = is_replaced() && may_run();
    if (agent->again)
        (void)sd_event_exit(agent->event, 0);
    return 0;
}

static int on_trial(sd_event_source *source, const siginfo_t *info, void *data)
{
    (void)source, (void)data;
    trial = sd_event_source_disable_unref(trial);
    ready = info->si_code == CLD_EXITED && !info->si_status;
    if (!ready)
        log_line(LOG_LEVEL_ERROR, "%s was replaced by one that does not start", path);
    return 0;
}

/* One that cannot even tell its version is not gone over to. */
static int on_settled(sd_event_source *source, uint64_t usec, void *data)
{
    struct agent *agent = data;
    char *words[] = { program, version, NULL };
    struct why why;
    pid_t pid;

    (void)source, (void)usec;
    settling = sd_event_source_disable_unref(settling);
    if (trial || !is_replaced())
        return 0;
    if (!may_run())
        log_line(LOG_LEVEL_ERROR, "%s was replaced by one that others may write", path);
    else if (spawn(path, words, environ, -1, &pid, &why))
        log_line(LOG_LEVEL_ERROR, "%s", why.text);
    else if (sd_event_add_child(agent->event, &trial, pid, WEXITED, on_trial, agent) < 0)
        spawn_end(&pid);
    return 0;
}

static int on_folder(sd_event_source *source, const struct inotify_event *event, void *data)
{
    struct agent *agent = data;

    (void)source;
    if (!event->len || strcmp(event->name, strrchr(path, '/') + 1) != 0)
        return 0;
    ready = false;
    settling = sd_event_source_disable_unref(settling);
    (void)sd_event_add_time_relative(agent->event, &settling, CLOCK_MONOTONIC, SETTLE_MS * 1000, 0,
                                     on_settled, agent);
    return 0;
}

void again_watch(struct agent *agent)
{
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    char folder[sizeof path];

    if (length <= 0)
        return;
    path[length] = '\0';
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    (void)sd_event_add_inotify(agent->event, NULL, folder, IN_MOVED_TO | IN_CLOSE_WRITE, on_folder,
                               agent);
    (void)sd_event_add_post(agent->event, NULL, on_any, agent);
}

enum outcome again_go(int listening, struct why *why)
{
    char *words[] = { program, NULL }, pid[16];

    (void)snprintf(pid, sizeof pid, "%d", (int)getpid());
    if ((listening == SD_LISTEN_FDS_START ? fcntl(listening, F_SETFD, 0)
                                          : dup2(listening, SD_LISTEN_FDS_START)) < 0 ||
        setenv("LISTEN_PID", pid, 1) || setenv("LISTEN_FDS", "1", 1))
        return fail(why, REASON_BROKEN, "handing the socket over: %s", strerror(errno));
    log_line(LOG_LEVEL_INFO, "going over to the program that has replaced this one");
    (void)execve(path, words, environ);
    return fail(why, REASON_BROKEN, "%s: %s", path, strerror(errno));
}
