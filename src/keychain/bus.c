/* SPDX-License-Identifier: MIT */
#include "keychain/bus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ADDRESS_MOST = 1024 };

/* The socket of the person's own bus, where the address is not told. */
static enum outcome usual_address(const char *folder, char address[ADDRESS_MOST], struct why *why)
{
    char path[ADDRESS_MOST / 4];

    if (!folder || *folder != '/')
        return fail(why, REASON_NO_KEYCHAIN,
                    "there is no session bus: neither "
                    "DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR tells one");
    (void)snprintf(path, sizeof path, "%s/bus", folder);
    if (access(path, F_OK))
        return fail(why, REASON_NO_KEYCHAIN, "there is no session bus: %s: %s", path,
                    strerror(errno));
    char *escaped = g_dbus_address_escape_value(path);
    (void)snprintf(address, ADDRESS_MOST, "unix:path=%s", escaped);
    g_free(escaped);
    return OUTCOME_OK;
}

/* A local socket only: other kinds of address start a program or cross a network. */
static enum outcome find_address(char address[ADDRESS_MOST], struct why *why)
{
    const char *told = getenv("DBUS_SESSION_BUS_ADDRESS");

    if (!told || !*told)
        return usual_address(getenv("XDG_RUNTIME_DIR"), address, why);
    if (strncmp(told, "unix:", 5) != 0 || strchr(told, ';') || strlen(told) >= ADDRESS_MOST)
        return fail(why, REASON_NO_KEYCHAIN, "the session bus is at no local socket: %s", told);
    (void)strcpy(address, told);
    return OUTCOME_OK;
}

/* Nothing else may change how the libraries behave. */
static enum outcome set_environment(const char *address, struct why *why)
{
    if (clearenv() || setenv("DBUS_SESSION_BUS_ADDRESS", address, 1))
        return fail_memory(why);
    return OUTCOME_OK;
}

/* Nothing is sent that can start a program: neither to a name that one would be started for, nor by
 * the call that does so. */
static GDBusMessage *filter(GDBusConnection *bus, GDBusMessage *message, gboolean incoming,
                            gpointer data)
{
    const char *to = g_dbus_message_get_destination(message);
    const char *method = g_dbus_message_get_member(message);

    (void)bus;
    (void)data;
    if (incoming || (to && *to == ':') ||
        (to && !strcmp(to, "org.freedesktop.DBus") && method &&
         strcmp(method, "StartServiceByName") != 0))
        return message;
    g_object_unref(message);
    return NULL;
}

static GVariant *ask(GDBusConnection *bus, const char *method, const char *name, const char *type,
                     GCancellable *stop, GError **error)
{
    return g_dbus_connection_call_sync(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", method, g_variant_new("(s)", name),
                                       G_VARIANT_TYPE(type), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                                       stop, error);
}

static void read_program(guint32 pid, char *program, size_t size)
{
    char path[64];

    (void)snprintf(path, sizeof path, "/proc/%u/comm", pid);
    FILE *file = fopen(path, "re");
    if (!file || !fgets(program, (int)size, file))
        (void)snprintf(program, size, "process %u", pid);
    program[strcspn(program, "\n")] = '\0';
    if (file)
        (void)fclose(file);
}

/* False, and an error, if the bus does not tell. */
static bool read_credentials(GDBusConnection *bus, struct bus_owner *owner, GCancellable *stop,
                             GError **error)
{
    guint32 uid = (guint32)-1, pid = 0;
    GVariant *told = ask(bus, "GetConnectionCredentials", owner->name, "(a{sv})", stop, error);

    if (!told)
        return false;
    GVariant *values = g_variant_get_child_value(told, 0);
    (void)g_variant_lookup(values, "UnixUserID", "u", &uid);
    (void)g_variant_lookup(values, "ProcessID", "u", &pid);
    owner->uid = uid;
    read_program(pid, owner->program, sizeof owner->program);
    g_variant_unref(values);
    g_variant_unref(told);
    return true;
}

/* False without an error if nobody has the name. */
static bool find_owner(GDBusConnection *bus, const char *name, GCancellable *stop,
                       struct bus_owner *owner, GError **error)
{
    const char *unique;
    GVariant *told = ask(bus, "GetNameOwner", name, "(s)", stop, error);

    if (!told) {
        if (g_error_matches(*error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
            g_clear_error(error);
        return false;
    }
    g_variant_get(told, "(&s)", &unique);
    (void)snprintf(owner->name, sizeof owner->name, "%s", unique);
    g_variant_unref(told);
    return read_credentials(bus, owner, stop, error);
}

/* libsecret 0.20 does not use the name that it is given, but this. */
static bool pin(const char *unique)
{
    return !setenv("SECRET_SERVICE_BUS_NAME", unique, 1);
}

enum outcome bus_find(const char *name, GCancellable *stop, struct bus_owner *owner,
                      struct why *why)
{
    char address[ADDRESS_MOST];
    GError *error = NULL;
    enum outcome out;

    if ((out = find_address(address, why)) || (out = set_environment(address, why)))
        return out;
    GDBusConnection *bus = g_bus_get_sync(G_BUS_TYPE_SESSION, stop, &error);
    if (bus) {
        g_dbus_connection_set_exit_on_close(bus, FALSE);
        (void)g_dbus_connection_add_filter(bus, filter, NULL, NULL);
        if (find_owner(bus, name, stop, owner, &error) && pin(owner->name))
            return OUTCOME_OK;
    }
    (void)fail(why, g_cancellable_is_cancelled(stop) ? REASON_TIME_OUT : REASON_NO_KEYCHAIN,
               "%s: %s", bus ? "the session bus" : "connecting to the session bus",
               error ? error->message : "no program there is a keychain");
    g_clear_error(&error);
    return reason_outcome(why->reason);
}
