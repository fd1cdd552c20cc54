/* SPDX-License-Identifier: MIT */
#include "agent/nm_agent.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "agent/bus.h"
#include "agent/nm_secrets.h"
#include "agent/schedule.h"
#include "base/file.h"
#include "base/system_bus.h"
#include "wire/state.h"
#include "wire/uses.h"

#define MANAGER    "org.freedesktop.NetworkManager"
#define REGISTRY   "/org/freedesktop/NetworkManager/AgentManager"
#define OBJECT     "/org/freedesktop/NetworkManager/SecretAgent"
#define INTERFACE  MANAGER ".SecretAgent"
#define IDENTIFIER "org.chatelaine.agent"

enum { NAME_MOST = 256 /* of the bus (D-Bus specification) */, TRIES = 8 };

static struct {
    sd_bus *bus;
    char owner[NAME_MOST]; /* its unique name, which is root's; "": it is not there */
    char asked[NAME_MOST]; /* the same, of whom the bus is being asked */
    sd_bus_slot *changes, *question, *registration;
    sd_event_source *timer;
    unsigned failures;
} to;

static const sd_bus_vtable methods[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetSecrets", "a{sa{sv}}osasu", "a{sa{sv}}", nm_secrets_get,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("CancelGetSecrets", "os", "", nm_secrets_cancel, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("SaveSecrets", "a{sa{sv}}o", "", nm_secrets_ignore, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("DeleteSecrets", "a{sa{sv}}o", "", nm_secrets_ignore, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END
};

bool nm_agent_is_manager(sd_bus_message *message)
{
    const char *sender = sd_bus_message_get_sender(message);

    return *to.owner && sender && !strcmp(sender, to.owner);
}

static void go(void)
{
    slot_drop(&to.changes);
    slot_drop(&to.question);
    slot_drop(&to.registration);
    *to.owner = *to.asked = '\0';
    nm_secrets_drop();
    to.bus = sd_bus_close_unref(to.bus);
}

static void come(struct agent *agent);

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
    (void)source, (void)usec;
    to.timer = sd_event_source_disable_unref(to.timer);
    go();
    come(data);
    return 0;
}

static void try_later(struct agent *agent)
{
    uint64_t ms = (uint64_t)schedule_retry(++to.failures, agent_random());

    to.timer = sd_event_source_disable_unref(to.timer);
    (void)sd_event_add_time_relative(agent->event, &to.timer, CLOCK_MONOTONIC, ms * 1000, 0,
                                     on_timer, agent);
}

static int on_gone(sd_bus_message *message, void *data, sd_bus_error *error)
{
    (void)message, (void)error;
    try_later(data);
    return 0;
}

static void log_refusal(const char *detail)
{
    struct why why;

    (void)fail(&why, REASON_NO_NETWORK_MANAGER, "it does not ask us for PINs: %s", detail);
    agent_log("-", "network", OUTCOME_SETTINGS, &why);
}

/* NetworkManager has its name before it has all of its objects. */
static bool is_too_soon(const sd_bus_error *error)
{
    return to.failures < TRIES &&
           sd_bus_error_has_names(error, SD_BUS_ERROR_UNKNOWN_METHOD, SD_BUS_ERROR_UNKNOWN_OBJECT,
                                  SD_BUS_ERROR_UNKNOWN_INTERFACE);
}

static int on_registered(sd_bus_message *answer, void *data, sd_bus_error *error)
{
    (void)error;
    slot_drop(&to.registration);
    if (!sd_bus_message_is_method_error(answer, NULL)) {
        to.failures = 0;
    } else if (is_too_soon(sd_bus_message_get_error(answer))) {
        try_later(data);
    } else {
        to.failures = 0;
        log_refusal(sd_bus_message_get_error(answer)->name);
    }
    return 0;
}

static void call_registry(struct agent *agent, const char *method)
{
    bool has_argument = !strcmp(method, "Register");

    slot_drop(&to.registration);
    (void)sd_bus_call_method_async(to.bus, &to.registration, to.owner, REGISTRY,
                                   MANAGER ".AgentManager", method, on_registered, agent,
                                   has_argument ? "s" : "", IDENTIFIER);
}

static int on_user(sd_bus_message *answer, void *data, sd_bus_error *error)
{
    uint32_t uid;

    (void)error;
    slot_drop(&to.question);
    if (sd_bus_message_is_method_error(answer, NULL) ||
        sd_bus_message_read_basic(answer, 'u', &uid) <= 0)
        return 0; /* it is gone again */
    if (uid) {
        log_refusal("it is not root's");
        return 0;
    }
    (void)strcpy(to.owner, to.asked);
    call_registry(data, "Register");
    return 0;
}

static void ask_bus(struct agent *agent, const char *method, const char *name,
                    sd_bus_message_handler_t handler)
{
    slot_drop(&to.question);
    (void)sd_bus_call_method_async(to.bus, &to.question, "org.freedesktop.DBus",
                                   "/org/freedesktop/DBus", "org.freedesktop.DBus", method, handler,
                                   agent, "s", name);
}

/* It has come, or gone (""). */
static void take_owner(struct agent *agent, const char *name)
{
    *to.owner = '\0';
    nm_secrets_drop();
    slot_drop(&to.question);
    if (!*name || (size_t)snprintf(to.asked, sizeof to.asked, "%s", name) >= sizeof to.asked)
        return;
    ask_bus(agent, "GetConnectionUnixUser", to.asked, on_user);
}

static int on_owner(sd_bus_message *answer, void *data, sd_bus_error *error)
{
    const char *name;

    (void)error;
    if (!sd_bus_message_is_method_error(answer, NULL) &&
        sd_bus_message_read_basic(answer, 's', &name) > 0)
        take_owner(data, name);
    return 0;
}

static int on_change(sd_bus_message *signal, void *data, sd_bus_error *error)
{
    const char *name, *old, *now;

    (void)error;
    if (sd_bus_message_read(signal, "sss", &name, &old, &now) > 0 && !strcmp(name, MANAGER))
        take_owner(data, now);
    return 0;
}

/* Nothing here waits. */
static bool begin(struct agent *agent)
{
    if (sd_bus_new(&to.bus) < 0 || sd_bus_set_address(to.bus, system_bus_address()) < 0 ||
        sd_bus_set_bus_client(to.bus, 1) < 0 || sd_bus_set_close_on_exit(to.bus, 0) < 0 ||
        sd_bus_start(to.bus) < 0 ||
        sd_bus_attach_event(to.bus, agent->event, SD_EVENT_PRIORITY_NORMAL) < 0 ||
        sd_bus_match_signal(to.bus, NULL, NULL, "/org/freedesktop/DBus/Local",
                            "org.freedesktop.DBus.Local", "Disconnected", on_gone, agent) < 0 ||
        sd_bus_add_object_vtable(to.bus, NULL, OBJECT, INTERFACE, methods, agent) < 0 ||
        sd_bus_add_match_async(to.bus, &to.changes,
                               "type='signal',sender='org.freedesktop.DBus',"
                               "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
                               "arg0='" MANAGER "'",
                               on_change, bus_ignore, agent) < 0)
        return false;
    ask_bus(agent, "GetNameOwner", MANAGER, on_owner);
    return true;
}

static void come(struct agent *agent)
{
    if (begin(agent))
        return;
    go();
    try_later(agent);
}

static bool has_any(void)
{
    fd_auto state = -1, folder = -1;
    struct uses uses = { .count = 0 };
    struct why why;

    if (state_look(&state, &why) || state < 0)
        return false;
    folder = openat(state, "certificates", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return folder >= 0 && !uses_read(folder, &uses, &why) && uses.count;
}

void nm_agent_update(struct agent *agent)
{
    bool is_there = to.bus || to.timer, any = has_any();

    if (any && !is_there)
        come(agent);
    else if (!any && is_there)
        nm_agent_close();
}

void nm_agent_again(struct agent *agent)
{
    if (!*to.owner)
        return;
    call_registry(agent, "Unregister");
    call_registry(agent, "Register");
}

void nm_agent_close(void)
{
    to.timer = sd_event_source_disable_unref(to.timer);
    go();
}
