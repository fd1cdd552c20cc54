/* SPDX-License-Identifier: MIT */
#include "cli/answer.h"

#include <string.h>

#include "base/asker.h"
#include "cli/browser.h"
#include "cli/terminal.h"
#include "cli/wait.h"

/* A code is shown once, and not again because what was typed was not right. */
static void show_code(const char *page)
{
    static struct secret *shown;
    size_t length = strlen(page);

    if (shown && secret_length(shown) == length && !memcmp(secret_peek(shown), page, length))
        return;
    secret_free(&shown);
    if ((shown = secret_new(length)))
        (void)secret_append(shown, page, length);
    browser_show_code(page);
}

/* With --password-fd passwords come from there, a line each; all else from the person. */
static enum outcome ask(const struct options *options, const struct message *question,
                        struct secret **answer, struct why *why)
{
    if (options->password_fd < 0 ||
        message_number(question, SLOT_QUESTION_KIND, 0) != QUESTION_HIDDEN)
        return terminal_ask(question, answer, why);
    enum outcome out = terminal_password_fd(options->password_fd, answer, why);
    if (!out || why->reason != REASON_NOBODY_TO_ASK || !message_has(question, SLOT_SUGGESTION))
        return out;
    return (*answer = secret_new(1)) ? OUTCOME_OK : fail_memory(why); /* which need not be given */
}

enum outcome answer_find(const struct options *options, const struct message *question,
                         struct secret **answer, struct why *why)
{
    const char *page = message_text(question, SLOT_PAGE);
    int64_t kind = message_number(question, SLOT_QUESTION_KIND, 0);

    if (kind == QUESTION_QR ? !page || !browser_can_code(page) : page && !browser_can_show(page))
        return fail(why, REASON_PROTOCOL, "that is no page of the web");
    if (kind == QUESTION_WAIT)
        return browser_ask(question, answer, why);
    wait_begin(NULL);
    if (kind == QUESTION_QR)
        show_code(page);
    else if (page)
        browser_show(page);
    return ask(options, question, answer, why);
}
