/* SPDX-License-Identifier: MIT */
#include "agent/bus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "agent/call.h"
#include "agent/launch.h"
#include "agent/notify.h"
#include "agent/object.h"
#include "agent/schedule.h"
#include "agent/screen.h"
#include "agent/unlock.h"

enum { ADDRESS_MOST = 1024, SETTLE_MS = 100, QUICK_FAILURES = 4 };

static struct {
    sd_bus *bus;
    bool ready;                      /* it has given us our name */
    sd_event_source *timer, *folder; /* folder: where its socket will be, while there is none */
    unsigned failures;
    char address[ADDRESS_MOST];
} session;

static void come(struct agent *agent);

/* Local sockets only: other kinds of address start a program or cross a network. */
static bool find_address(char *address, size_t size)
{
    const char *told = getenv("DBUS_SESSION_BUS_ADDRESS"), *folder = getenv("XDG_RUNTIME_DIR");

    if (told && *told)
        return !strncmp(told, "unix:", 5) && !strchr(told, ';') &&
               (size_t)snprintf(address, size, "%s", told) < size;
    /* What an address would need to escape is in no usual name. */
    return folder && *folder == '/' && !folder[strcspn(folder, "%,;=*\\ ")] &&
           (size_t)snprintf(address, size, "unix:path=%s/bus", folder) < size;
}

static void go(void)
{
    session.ready = false;
    calls_drop();
    notify_end();
    unlock_end();
    screen_unwatch();
    launches_lose();
    session.bus = sd_bus_close_unref(session.bus);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
    (void)source, (void)usec;
    session.timer = sd_event_source_disable_unref(session.timer);
    go();
    come(data);
    return 0;
}

static void try_in(struct agent *agent, int64_t ms)
{
    session.timer = sd_event_source_disable_unref(session.timer);
    (void)sd_event_add_time_relative(agent->event, &session.timer, CLOCK_MONOTONIC,
                                     (uint64_t)ms * 1000, 0, on_timer, agent);
}

/* The path of its socket; false if it is no file. */
static bool find_path(char path[ADDRESS_MOST])
{
    static const char prefix[] = "unix:path=";

    if (strncmp(session.address, prefix, strlen(prefix)) != 0)
        return false;
    (void)strcpy(path, session.address + strlen(prefix));
    path[strcspn(path, ",")] = '\0';
    return strrchr(path, '/') > path;
}

static int on_folder(sd_event_source *source, const struct inotify_event *event, void *data)
{
    char path[ADDRESS_MOST];

    (void)source;
    if (find_path(path) && event->len && !strcmp(event->name, strrchr(path, '/') + 1)) {
        session.failures = 0;
        try_in(data, SETTLE_MS); /* it is bound first, and listens then */
    }
    return 0;
}

/* Only its own folder: sd_bus_set_watch_bind looks at /tmp and /run, where much happens. */
static bool watch(struct agent *agent, char path[ADDRESS_MOST])
{
    char folder[ADDRESS_MOST];

    if (!find_path(path))
        return false;
    (void)strcpy(folder, path);
    *strrchr(folder, '/') = '\0';
    return session.folder ||
           sd_event_add_inotify(agent->event, &session.folder, folder,
                                IN_CREATE | IN_MOVED_TO | IN_ATTRIB, on_folder, agent) >= 0;
}

/* It is tried again with growing pauses; while there is no socket at all, when one comes. */
static void try_later(struct agent *agent)
{
    char path[ADDRESS_MOST];

    session.ready = false;
    session.failures++;
    if (!watch(agent, path) || session.failures <= QUICK_FAILURES || !access(path, F_OK))
        try_in(agent, schedule_retry(session.failures, agent_random()));
}

static int on_gone(sd_bus_message *message, void *data, sd_bus_error *error)
{
    (void)message, (void)error;
    try_later(data);
    return 0;
}

static void log_refusal(sd_bus_message *answer)
{
    struct why why;
    enum outcome out = fail(&why, REASON_REFUSED, "the session bus gives us no name: %s",
                            sd_bus_message_get_error(answer)->name);

    agent_log("-", "bus", out, &why);
}

/* Where another agent of ours has the name, it is ours after that one. */
static int on_name(sd_bus_message *answer, void *data, sd_bus_error *error)
{
    (void)error;
    if (!sd_bus_message_is_method_error(answer, NULL)) {
        session.failures = 0;
        session.ready = true;
        session.folder = sd_event_source_disable_unref(session.folder);
        notify_begin(data);
        unlock_update(data);
        screen_watch(data);
        return 0;
    }
    if (!session.failures)
        log_refusal(answer);
    try_later(data);
    return 0;
}

/* Nothing here waits: what is asked goes out when the connection is there. */
static bool begin(struct agent *agent)
{
    return sd_bus_new(&session.bus) >= 0 && sd_bus_set_address(session.bus, session.address) >= 0 &&
           sd_bus_set_bus_client(session.bus, 1) >= 0 &&
           sd_bus_set_close_on_exit(session.bus, 0) >= 0 && sd_bus_start(session.bus) >= 0 &&
           sd_bus_attach_event(session.bus, agent->event, SD_EVENT_PRIORITY_NORMAL) >= 0 &&
           sd_bus_match_signal(session.bus, NULL, NULL, "/org/freedesktop/DBus/Local",
                               "org.freedesktop.DBus.Local", "Disconnected", on_gone, agent) >= 0 &&
           object_offer(session.bus, agent) &&
           sd_bus_request_name_async(session.bus, NULL, BUS_NAME, SD_BUS_NAME_QUEUE, on_name,
                                     agent) >= 0;
}

static void come(struct agent *agent)
{
    if (!begin(agent)) {
        go();
        try_later(agent);
    }
}

void bus_open(struct agent *agent)
{
    if (find_address(session.address, sizeof session.address))
        come(agent);
}

void bus_close(void)
{
    session.timer = sd_event_source_disable_unref(session.timer);
    session.folder = sd_event_source_disable_unref(session.folder);
    go();
}

sd_bus *bus_peek(void)
{
    return session.ready ? session.bus : NULL;
}

/* The bus lets everybody listen; one that does not is not worth the end of the connection. */
int bus_ignore(sd_bus_message *answer, void *data, sd_bus_error *error)
{
    (void)answer, (void)data, (void)error;
    return 0;
}

void bus_match(sd_bus_slot **slot, const char *rule, sd_bus_message_handler_t handler, void *data)
{
    if (!*slot && session.ready)
        (void)sd_bus_add_match_async(session.bus, slot, rule, handler, bus_ignore, data);
}
