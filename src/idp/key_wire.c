/* SPDX-License-Identifier: MIT */
#include "idp/key_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { SLICE_MS = 50 };

/* What speaks FIDO, of all that the kernel has of HID; keys of other buses are left out. */
static size_t list(struct key_place places[KEYS_MOST])
{
    fido_dev_info_t *infos = fido_dev_info_new(KEYS_MOST);
    size_t found = 0, count = 0;

    if (!infos || fido_dev_info_manifest(infos, KEYS_MOST, &found) != FIDO_OK)
        found = 0;
    for (size_t i = 0; i < found; i++) {
        const fido_dev_info_t *info = fido_dev_info_ptr(infos, i);
        const char *path = fido_dev_info_path(info), *name = fido_dev_info_product_string(info);
        if (!path || strncmp(path, "/dev/", 5) != 0 || strlen(path) >= KEY_PATH)
            continue;
        (void)strcpy(places[count].path, path);
        (void)snprintf(places[count++].name, KEY_NAME, "%s", name ? name : "");
    }
    fido_dev_info_free(&infos, KEYS_MOST);
    return count;
}

static int open_hidraw(const char *path)
{
    return open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
}

const struct key_bus key_usb = { list, open_hidraw };

static void *wire_open(const char *path)
{
    struct key_wire *wire = (struct key_wire *)(uintptr_t)path;

    wire->fd = wire->bus->open(path);
    wire->error = wire->fd < 0 ? errno : 0;
    return wire->fd < 0 ? NULL : wire;
}

static void wire_close(void *handle)
{
    struct key_wire *wire = handle;

    (void)close(wire->fd);
    wire->fd = -1;
}

/* 1 if there is something to read within the time, -1 if not. */
static int wait_for(struct key_wire *wire, int ms)
{
    struct pollfd polled = { .fd = wire->fd, .events = POLLIN };
    long begun = clock_ms();

    for (;;) {
        long left = ms - (clock_ms() - begun);
        if ((wire->cancelled = wire->asker->cancelled(wire->asker)) || (wire->late = left <= 0))
            return -1;
        int ready = poll(&polled, 1, left < SLICE_MS ? (int)left : SLICE_MS);
        if (ready < 0 && errno != EINTR)
            return -1;
        if (ready > 0)
            return polled.revents & POLLIN ? 1 : -1;
    }
}

static int wire_read(void *handle, unsigned char *report, size_t length, int ms)
{
    struct key_wire *wire = handle;

    wire->cancelled = wire->late = false;
    return wait_for(wire, ms) > 0 ? (int)read(wire->fd, report, length) : -1;
}

static int wire_write(void *handle, const unsigned char *report, size_t length)
{
    struct key_wire *wire = handle;

    return (int)write(wire->fd, report, length);
}

const fido_dev_io_t key_io = { wire_open, wire_close, wire_read, wire_write };
