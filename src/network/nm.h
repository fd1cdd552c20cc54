/* SPDX-License-Identifier: MIT
 *
 * Within network: a connection to NetworkManager over the system bus, for blocking calls.
 */
#ifndef NETWORK_NM_H
#define NETWORK_NM_H

#include <systemd/sd-bus.h>

#include "base/outcome.h"

#define NM_NAME       "org.freedesktop.NetworkManager"
#define NM_SETTINGS   "/org/freedesktop/NetworkManager/Settings"
#define NM_CONNECTION NM_NAME ".Settings.Connection"

#define message_unref_auto __attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message

struct nm {
    sd_bus *bus;
    int limit_ms; /* of one call */
    bool can_ask; /* polkit may ask the person */
};

/* A call to fill in. */
enum outcome nm_call(const struct nm *nm, const char *path, const char *interface,
                     const char *method, sd_bus_message **call, struct why *why);

/* Sends it. The answer is the caller's. *absent (may be NULL): there is no such connection, and no
 * failure then. */
enum outcome nm_send(const struct nm *nm, sd_bus_message *call, sd_bus_message **answer,
                     bool *absent, struct why *why);

/* What sd-bus could not do. */
enum outcome nm_fail(int code, const char *step, struct why *why);

#endif
