/* SPDX-License-Identifier: MIT */
#include "cli/qr.h"

#include <qrencode.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/screen.h"

enum { BORDER = 2, INDENT = 2, LEAST = 21, MOST = 177 }; /* ISO/IEC 18004, section 6.1 */

struct code {
    const unsigned char *squares; /* a byte each, row by row: its last bit is 1 for a dark one */
    int width;
};

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
    int whole = width + 2 * BORDER;

    return screen_can_draw(STDERR_FILENO) && screen_columns(STDERR_FILENO) >= whole + INDENT &&
           screen_rows(STDERR_FILENO) > (whole + 1) / 2;
}

static bool is_dark(const struct code *code, int x, int y)
{
    return x >= 0 && y >= 0 && x < code->width && y < code->width &&
           code->squares[y * code->width + x] & 1;
}

/* Two rows of modules in one of characters: the upper half is ink, the lower one paper. */
static void print_rows(const struct code *code, int y)
{
    (void)fprintf(stderr, "%*s", INDENT, "");
    for (int x = -BORDER; x < code->width + BORDER; x++)
        (void)fprintf(stderr, "\033[%d;%dm\u2580", is_dark(code, x, y) ? 30 : 97,
                      is_dark(code, x, y + 1) ? 40 : 107);
    (void)fputs("\033[0m\n", stderr);
}

static void show(const struct code *code)
{
    if (has_room(code->width))
        for (int y = -BORDER; y < code->width + BORDER; y += 2)
            print_rows(code, y);
}

void qr_show(const char *text)
{
    QRcode *made = NULL;

    if (!is_utf8() || !(made = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1)))
        return;
    show(&(const struct code){ made->data, made->width });
    QRcode_free(made);
}

void qr_show_squares(const struct secret *squares)
{
    size_t width = LEAST;

    while (width < MOST && width * width < secret_length(squares))
        width++;
    if (is_utf8() && width * width == secret_length(squares))
        show(&(const struct code){ (const unsigned char *)secret_peek(squares), (int)width });
}
