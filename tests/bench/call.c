/* SPDX-License-Identifier: MIT
 *
 * call bus|keychain: one call by sd-bus on the session bus, which the bus itself answers, or the
 * Secret Service (is its session collection locked?). What a front of another make would do at
 * least.
 */
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

int main(int count, char **words)
{
    sd_bus *bus = NULL;
    sd_bus_message *reply = NULL;
    int result = sd_bus_open_user(&bus);

    if (result >= 0 && count == 2 && !strcmp(words[1], "bus"))
        result = sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                    "org.freedesktop.DBus", "GetId", NULL, &reply, "");
    else if (result >= 0)
        result = sd_bus_get_property(
            bus, "org.freedesktop.secrets", "/org/freedesktop/secrets/collection/session",
            "org.freedesktop.Secret.Collection", "Locked", NULL, &reply, "b");
    if (result < 0)
        (void)fprintf(stderr, "call: %s\n", strerror(-result));
    (void)sd_bus_message_unref(reply);
    (void)sd_bus_flush_close_unref(bus);
    return result < 0;
}
