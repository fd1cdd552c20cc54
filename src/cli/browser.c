/* SPDX-License-Identifier: MIT */
#include "cli/browser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/asker.h"
#include "base/clock.h"
#include "base/spawn.h"
#include "cli/qr.h"
#include "cli/terminal.h"
#include "cli/wait.h"
#include "wire/callback.h"

enum { LOOK_MS = 1000, BROWSER_MS = 600000 };

static const char program[] = "/usr/bin/xdg-open";

bool browser_can_show(const char *page)
{
    static const char scheme[] = "https://";

    return !strncasecmp(page, scheme, sizeof scheme - 1);
}

bool browser_can_code(const char *page)
{
    static const char scheme[] = "otpauth://";

    return browser_can_show(page) || !strncasecmp(page, scheme, sizeof scheme - 1);
}

static void tell_page(const char *page)
{
    terminal_step(NULL);
    (void)fprintf(stderr, "  %s\n", page);
}

/* It may live as long as the browser, and goes on without us. */
static pid_t open_page(const char *page)
{
    char name[] = "xdg-open";
    char *copy = strdup(page), *words[] = { name, copy, NULL };
    struct why why;
    pid_t pid = 0;

    if (copy && spawn(program, words, environ, -1, &pid, &why))
        terminal_tell("No browser could be started.");
    free(copy);
    return pid;
}

void browser_show(const char *page)
{
    tell_page(page);
    (void)open_page(page);
}

void browser_show_code(const char *page)
{
    terminal_step(NULL);
    qr_show(page);
    tell_page(page);
}

/* Has it ended, and failed? */
static bool has_failed(pid_t *pid)
{
    int status = 0;

    if (*pid <= 0 || waitpid(*pid, &status, WNOHANG) <= 0)
        return false;
    *pid = 0;
    return status != 0;
}

static enum outcome wait_answer(const struct callback *callback, pid_t *pid, struct secret **answer,
                                struct why *why)
{
    long end_ms = clock_ms() + BROWSER_MS;
    enum outcome out = OUTCOME_OK;

    while (!out && !*answer) {
        if (clock_ms() > end_ms)
            return fail(why, REASON_TIME_OUT, "nobody has signed in in the browser");
        if (has_failed(pid))
            terminal_tell("No browser could be started: open that address yourself.");
        if (!(out = wait_until(clock_ms() + LOOK_MS, "Waiting for the browser", callback->fd, why)))
            out = callback_wait(callback, 0, answer, why);
    }
    return out;
}

static enum outcome by_browser(const char *state, const char *line, const char *page,
                               struct secret **answer, struct why *why)
{
    callback_auto callback = { .state = "" };
    enum outcome out = callback_listen(&callback, state, why);

    if (out)
        return out;
    terminal_tell(line);
    tell_page(page);
    pid_t pid = open_page(page);
    return wait_answer(&callback, &pid, answer, why);
}

/* What is to be looked at before the wait. False: nothing. */
static bool show(const struct message *question, const char *line)
{
    const char *page = message_text(question, SLOT_PAGE);

    if (!page)
        return false;
    terminal_tell(line);
    if (message_has(question, SLOT_PICTURE)) {
        secret_auto *picture = message_secret(question, SLOT_PICTURE);
        if (picture)
            qr_show_squares(picture);
        tell_page(page);
    } else {
        browser_show_code(page);
    }
    return true;
}

static enum outcome by_time(const struct message *question, int64_t seconds, struct secret **answer,
                            struct why *why)
{
    const char *line = message_text(question, SLOT_LINE);
    long end_ms = clock_ms() + seconds * 1000;
    enum outcome out;

    if (show(question, line))
        line = NULL;
    if ((out = wait_until(end_ms, line, -1, why)))
        return out;
    return (*answer = secret_new(1)) ? OUTCOME_OK : fail_memory(why);
}

enum outcome browser_ask(const struct message *question, struct secret **answer, struct why *why)
{
    const char *state = message_text(question, SLOT_CALLBACK);
    const char *page = message_text(question, SLOT_PAGE);
    const char *line = message_text(question, SLOT_LINE);
    int64_t seconds = message_number(question, SLOT_SECONDS, -1);

    wait_begin(message_text(question, SLOT_QUESTION));
    if (!state && seconds >= 0 && seconds <= QUESTION_WAIT_MOST_S)
        return by_time(question, seconds, answer, why);
    if (!state || !page)
        return fail(why, REASON_PROTOCOL, "nothing is said of what to wait for");
    return by_browser(state, line, page, answer, why);
}
