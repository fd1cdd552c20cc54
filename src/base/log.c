/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static const char *program = "chatelaine";
static enum log_level limit = LOG_LEVEL_ERROR;

void log_open(const char *name, enum log_level level)
{
    program = name;
    limit = level;
}

static ssize_t take(void *none, const char *bytes, size_t size)
{
    (void)none;
    for (size_t at = 0, length; at < size; at += length + 1) {
        const char *end = memchr(bytes + at, '\n', size - at);
        length = end ? (size_t)(end - bytes) - at : size - at;
        if (length)
            log_line(LOG_LEVEL_DEBUG, "%.*s", (int)length, bytes + at);
    }
    return (ssize_t)size;
}

void log_take_stderr(void)
{
    FILE *lines = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = take });

    if (!lines)
        return;
    (void)setvbuf(lines, NULL, _IOLBF, 0);
    stderr = lines;
}

void log_line(enum log_level level, const char *format, ...)
{
    char text[1200], line[1280];
    va_list args;

    if (level > limit)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_clean(text);
    int n = snprintf(line, sizeof line, "%s: %s\n", program, text);
    if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
        return; /* nobody listens */
}
