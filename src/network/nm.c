/* SPDX-License-Identifier: MIT */
#include "network/nm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/system_bus.h"
#include "network/profile.h"

/* Names of D-Bus, of polkit and of NetworkManager. What NetworkManager says besides is told as it
 * is. */
static const struct {
    const char *name;
    enum reason reason;
} errors[] = {
    { SD_BUS_ERROR_SERVICE_UNKNOWN, REASON_NO_NETWORK_MANAGER },
    { SD_BUS_ERROR_NAME_HAS_NO_OWNER, REASON_NO_NETWORK_MANAGER },
    { "org.freedesktop.systemd1.NoSuchUnit", REASON_NO_NETWORK_MANAGER },
    { "org.freedesktop.DBus.Error.Spawn.ServiceNotFound", REASON_NO_NETWORK_MANAGER },
    { SD_BUS_ERROR_NO_REPLY, REASON_TIME_OUT },
    { SD_BUS_ERROR_TIMEOUT, REASON_TIME_OUT },
    { SD_BUS_ERROR_DISCONNECTED, REASON_CONNECTION_LOST },
    { SD_BUS_ERROR_ACCESS_DENIED, REASON_PROFILE_FORBIDDEN },
    { SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, REASON_PROFILE_FORBIDDEN },
    { NM_NAME ".Settings.PermissionDenied", REASON_PROFILE_FORBIDDEN },
    { NM_NAME ".PermissionDenied", REASON_PROFILE_FORBIDDEN },
    { NM_NAME ".Settings.NotSupported", REASON_PROFILE_FORBIDDEN },
};

enum outcome nm_fail(int code, const char *step, struct why *why)
{
    int number = code < 0 ? -code : code;

    if (number == ENOMEM)
        return fail_memory(why);
    return fail(why,
                number == ETIMEDOUT ? REASON_TIME_OUT
                : number == ECONNRESET || number == ENOTCONN || number == EPIPE
                    ? REASON_CONNECTION_LOST
                    : REASON_NO_NETWORK_MANAGER,
                "%s: %s", step, strerror(number));
}

static enum outcome fail_by_name(const sd_bus_error *error, struct why *why)
{
    enum reason reason = REASON_PROFILE_REFUSED;

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (!strcmp(errors[i].name, error->name))
            reason = errors[i].reason;
    return fail(why, reason, "NetworkManager: %s", error->message ? error->message : error->name);
}

static bool is_absence(const sd_bus_error *error)
{
    return sd_bus_error_has_name(error, NM_NAME ".Settings.InvalidConnection") ||
           sd_bus_error_has_names(error, SD_BUS_ERROR_UNKNOWN_OBJECT, SD_BUS_ERROR_UNKNOWN_METHOD,
                                  SD_BUS_ERROR_UNKNOWN_INTERFACE);
}

enum outcome nm_call(const struct nm *nm, const char *path, const char *interface,
                     const char *method, sd_bus_message **call, struct why *why)
{
    int code = sd_bus_message_new_method_call(nm->bus, call, NM_NAME, path, interface, method);

    if (code < 0)
        return nm_fail(code, method, why);
    if (nm->can_ask)
        (void)sd_bus_message_set_allow_interactive_authorization(*call, 1);
    return OUTCOME_OK;
}

enum outcome nm_send(const struct nm *nm, sd_bus_message *call, sd_bus_message **answer,
                     bool *absent, struct why *why)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    enum outcome out = OUTCOME_OK;

    if (absent)
        *absent = false;
    int code = sd_bus_call(nm->bus, call, (uint64_t)nm->limit_ms * 1000, &error, answer);
    if (code < 0 && absent && is_absence(&error))
        *absent = true;
    else if (code < 0)
        out = error.name ? fail_by_name(&error, why)
                         : nm_fail(code, sd_bus_message_get_member(call), why);
    sd_bus_error_free(&error);
    return out;
}

/* Has said who it is when this returns: afterwards no further socket is needed. */
static int begin(sd_bus *bus, int limit_ms)
{
    const char *name;
    int code;

    if ((code = sd_bus_set_address(bus, system_bus_address())) < 0 ||
        (code = sd_bus_set_bus_client(bus, 1)) < 0 ||
        (code = sd_bus_set_method_call_timeout(bus, (uint64_t)limit_ms * 1000)) < 0 ||
        (code = sd_bus_start(bus)) < 0)
        return code;
    return sd_bus_get_unique_name(bus, &name);
}

enum outcome nm_open(int limit_ms, bool can_ask, struct nm **nm, struct why *why)
{
    struct nm *new = calloc(1, sizeof *new);
    int code = new ? sd_bus_new(&new->bus) : -ENOMEM;

    if (code >= 0 && (code = begin(new->bus, limit_ms)) >= 0) {
        new->limit_ms = limit_ms;
        new->can_ask = can_ask;
        *nm = new;
        return OUTCOME_OK;
    }
    nm_close(&new);
    return nm_fail(code, "the system bus", why);
}

void nm_close(struct nm **nm)
{
    if (*nm)
        (void)sd_bus_close_unref((*nm)->bus);
    free(*nm);
    *nm = NULL;
}
