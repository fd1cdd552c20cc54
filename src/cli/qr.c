/* SPDX-License-Identifier: MIT */
#include "cli/qr.h"

#include <qrencode.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BORDER = 2, INDENT = 2 };

static bool is_utf8(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

static bool has_room(int width)
{
    struct winsize size = { .ws_col = 0 };

    return !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col >= width + 2 * BORDER + INDENT;
}

static bool is_dark(const QRcode *code, int x, int y)
{
    return x >= 0 && y >= 0 && x < code->width && y < code->width &&
           code->data[y * code->width + x] & 1;
}

/* Two rows of modules in one of characters: the upper half is ink, the lower one paper. */
static void print_rows(const QRcode *code, int y)
{
    (void)fprintf(stderr, "%*s", INDENT, "");
    for (int x = -BORDER; x < code->width + BORDER; x++)
        (void)fprintf(stderr, "\033[%d;%dm\u2580", is_dark(code, x, y) ? 30 : 97,
                      is_dark(code, x, y + 1) ? 40 : 107);
    (void)fputs("\033[0m\n", stderr);
}

void qr_show(const char *text)
{
    QRcode *code = NULL;

    if (!isatty(STDERR_FILENO) || !is_utf8() ||
        !(code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1)))
        return;
    for (int y = -BORDER; has_room(code->width) && y < code->width + BORDER; y += 2)
        print_rows(code, y);
    QRcode_free(code);
}
