/* SPDX-License-Identifier: MIT */
#include "keychain/deadline.h"

#include <poll.h>
#include <unistd.h>

#include "base/clock.h"

enum { SLICE_MS = 50, ALARM_SECONDS = 2 };

static _Atomic long end_ms;

static gpointer watch(gpointer stop)
{
    while (clock_ms() < end_ms)
        (void)poll(NULL, 0, SLICE_MS);
    g_cancellable_cancel(stop);
    return NULL;
}

GCancellable *deadline(int ms)
{
    static GCancellable *stop;

    end_ms = clock_ms() + ms;
    (void)alarm((unsigned)(ms / 1000 + ALARM_SECONDS));
    if (!stop) {
        stop = g_cancellable_new();
        g_thread_unref(g_thread_new("deadline", watch, stop));
    }
    return stop;
}
