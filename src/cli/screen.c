/* SPDX-License-Identifier: MIT */
#include "cli/screen.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

bool screen_can_draw(int fd)
{
    static const char *const cannot[] = { "", "dumb", "unknown", "network", "vt52" };
    const char *name = getenv("TERM");

    for (size_t i = 0; name && i < sizeof cannot / sizeof *cannot; i++)
        if (!strcmp(name, cannot[i]))
            return false;
    return name && isatty(fd);
}

static struct winsize size_of(int fd)
{
    struct winsize size = { .ws_col = 0 };

    if (ioctl(fd, TIOCGWINSZ, &size))
        size = (struct winsize){ .ws_col = 0 };
    return size;
}

int screen_columns(int fd)
{
    return size_of(fd).ws_col;
}

int screen_rows(int fd)
{
    return size_of(fd).ws_row;
}

/* A character that the C library does not know may be two columns wide. */
static int width(wchar_t c)
{
    int columns = wcwidth(c);

    return columns < 0 ? 2 : columns;
}

int screen_fit(const char *text, int columns)
{
    mbstate_t state = { 0 };
    const char *at = text;
    wchar_t c;

    (void)setlocale(LC_CTYPE, "C.UTF-8"); /* our texts are, whatever the person's language */
    for (;;) {
        size_t n = mbrtowc(&c, at, MB_CUR_MAX, &state);
        if (!n || n > MB_CUR_MAX || (columns -= width(c)) < 0)
            return (int)(at - text);
        at += n;
    }
}
