/* SPDX-License-Identifier: MIT */
#include "agent/screen.h"

#include <string.h>

#include "agent/bus.h"
#include "agent/web.h"

static sd_bus_slot *locks;

/* org.gnome.ScreenSaver, org.freedesktop.ScreenSaver and so on say so, true or false. */
static int on_screen(sd_bus_message *signal, void *data, sd_bus_error *error)
{
    static const char ending[] = ".ScreenSaver";
    const char *interface = sd_bus_message_get_interface(signal);
    size_t length = interface ? strlen(interface) : 0;
    int active = 0;

    (void)data, (void)error;
    if (length > sizeof ending && !strcmp(interface + length + 1 - sizeof ending, ending) &&
        sd_bus_message_read(signal, "b", &active) > 0 && active)
        tokens_drop(NULL);
    return 0;
}

void screen_watch(struct agent *agent)
{
    if (!locks)
        bus_match(&locks, "type='signal',member='ActiveChanged'", on_screen, agent);
}

void screen_unwatch(void)
{
    slot_drop(&locks);
}
