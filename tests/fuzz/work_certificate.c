/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "work/certificate.h"

enum { LINES_MOST = 16 << 10 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
    if (!text_is_clean(text, strlen(text)))
        __builtin_trap();
}

/* What is under way: what is read is fit to be shown, and is written as lines that are read as the
 * same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pending pending, again;
    text_auto *lines = text_new(LINES_MOST), *more = text_new(LINES_MOST);

    if (!pending_parse(&pending, (const char *)data, size)) {
        if (pending.step != STEP_NONE || *pending.token)
            __builtin_trap();
        return 0;
    }
    if (pending.step == STEP_NONE || pending.step >= STEPS || pending.at < 0 || pending.again < 0)
        __builtin_trap();
    check_text(pending.token);
    check_text(pending.person);
    check_text(pending.base);
    check_text(pending.protocol);
    check_text(pending.authority);
    check_text(pending.template);
    check_text(pending.message);
    pending_lines(&pending, lines);
    if (!text_ok(lines) || !pending_parse(&again, text_peek(lines), text_length(lines)))
        __builtin_trap();
    pending_lines(&again, more);
    if (strcmp(text_peek(lines), text_peek(more)) != 0)
        __builtin_trap();
    return 0;
}
