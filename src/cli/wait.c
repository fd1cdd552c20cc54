/* SPDX-License-Identifier: MIT */
#include "cli/wait.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/screen.h"
#include "cli/terminal.h"

enum { SECOND_MS = 1000 };

static struct {
    char name[40], told[1100];
    long began_ms;
} now;

void wait_begin(const char *name)
{
    if (name && !strcmp(name, now.name))
        return;
    (void)snprintf(now.name, sizeof now.name, "%s", name ? name : "");
    *now.told = '\0';
    now.began_ms = clock_ms();
}

static void show(const char *line, bool draws)
{
    if (draws) {
        terminal_step_for(line ? line : "Waiting", (clock_ms() - now.began_ms) / SECOND_MS);
    } else if (line && strcmp(line, now.told) != 0) {
        terminal_tell(line);
        (void)snprintf(now.told, sizeof now.told, "%s", line);
    }
}

/* To the next full second of the line, where there is one. */
static int next_ms(long end_ms, bool draws)
{
    long left = end_ms - clock_ms(), second = SECOND_MS - (clock_ms() - now.began_ms) % SECOND_MS;

    return (int)(draws && second < left ? second : left > 0 ? left : 0);
}

enum outcome wait_until(long end_ms, const char *line, int fd, struct why *why)
{
    bool draws = screen_can_draw(STDERR_FILENO);

    while (clock_ms() < end_ms) {
        if (terminal_cancelled())
            return fail(why, REASON_CANCELLED, "cancelled by the person");
        show(line, draws);
        if (terminal_await(fd, next_ms(end_ms, draws)))
            break;
    }
    return OUTCOME_OK;
}
