/* SPDX-License-Identifier: MIT
 *
 * Pictures of QR codes, drawn here with squares at random: nobody looks at what they mean.
 * tests/real/okta.test has codes that a phone reads.
 */
#include "test.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "idp/qr_picture.h"

enum { SIDE_MOST = 1200, BYTES_MOST = 4 * SIDE_MOST * SIDE_MOST };

static struct why why;
static unsigned char wanted[QR_MOST * QR_MOST];
static unsigned char pixels[BYTES_MOST];

static void finder(int width, int left, int top)
{
    for (int y = -1; y <= 7; y++)
        for (int x = -1; x <= 7; x++) {
            bool edge =
                (!x || x == 6 ? y >= 0 && y <= 6 : 0) || (!y || y == 6 ? x >= 0 && x <= 6 : 0);
            bool inner = x > 1 && x < 5 && y > 1 && y < 5;
            if (left + x >= 0 && left + x < width && top + y >= 0 && top + y < width)
                wanted[(top + y) * width + left + x] = edge || inner;
        }
}

static void draw_code(int width)
{
    unsigned random = (unsigned)width;

    for (int i = 0; i < width * width; i++) {
        random = random * 1103515245 + 12345;
        wanted[i] = random >> 16 & 1;
    }
    finder(width, 0, 0);
    finder(width, width - 7, 0);
    finder(width, 0, width - 7);
}

/* As a PNG, each square so many pixels wide; light is transparent where the format can. */
static struct secret *make_png(int width, int scale, int border, png_uint_32 format)
{
    const int side = width * scale + 2 * border, bytes = (int)PNG_IMAGE_SAMPLE_CHANNELS(format);
    const bool clear = format & PNG_FORMAT_FLAG_ALPHA;
    png_image image = { .version = PNG_IMAGE_VERSION, .format = format };
    png_alloc_size_t size = 0;

    image.width = image.height = (png_uint_32)side;
    memset(pixels, clear ? 0 : 255, (size_t)(side * side * bytes));
    for (int y = 0; y < width * scale; y++)
        for (int x = 0; x < width * scale; x++)
            if (wanted[y / scale * width + x / scale]) {
                unsigned char *pixel = pixels + ((y + border) * side + x + border) * bytes;
                memset(pixel, 40, (size_t)bytes);
                if (clear)
                    pixel[bytes - 1] = 255;
            }
    assert_true(png_image_write_to_memory(&image, NULL, &size, 0, pixels, 0, NULL));
    struct secret *png = secret_new(size);
    assert_non_null(png);
    assert_true(png_image_write_to_memory(&image, secret_space(png), &size, 0, pixels, 0, NULL));
    secret_grow(png, size);
    return png;
}

static enum outcome read_one(const struct secret *png)
{
    secret_auto *squares = NULL;
    enum outcome out = qr_picture(png, &squares, &why);

    assert_int_equal(!out, squares != NULL);
    if (out)
        return out;
    size_t length = secret_length(squares);
    return memcmp(secret_peek(squares), wanted, length) ? OUTCOME_BROKEN : OUTCOME_OK;
}

static void reads(void **state)
{
    static const struct {
        int width, scale, border;
        png_uint_32 format;
    } rows[] = {
        { 21, 4, 16, PNG_FORMAT_GRAY }, { 21, 1, 0, PNG_FORMAT_GRAY },
        { 41, 7, 3, PNG_FORMAT_RGB },   { 57, 3, 12, PNG_FORMAT_RGBA },
        { 177, 5, 20, PNG_FORMAT_GA },  { 25, 40, 12, PNG_FORMAT_GRAY },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        draw_code(rows[i].width);
        secret_auto *png = make_png(rows[i].width, rows[i].scale, rows[i].border, rows[i].format);
        assert_int_equal(read_one(png), OUTCOME_OK);
    }
}

static void refuses(const struct secret *png, const char *words)
{
    test_reason(read_one(png), &why, REASON_BAD_ANSWER, words);
}

static void spoilt(void **state)
{
    static const int squares[][2] = {
        { 0, 0 }, { 3, 3 }, { 1, 5 }, { 40, 1 }, { 36, 3 }, { 6, 38 }
    };
    static const int odd[] = { 17, 20, 22, 43 };

    (void)state;
    for (size_t i = 0; i < COUNT(squares); i++) {
        draw_code(41);
        wanted[squares[i][1] * 41 + squares[i][0]] ^= 1;
        secret_auto *png = make_png(41, 4, 8, PNG_FORMAT_GRAY);
        refuses(png, "none of a QR code");
    }
    for (size_t i = 0; i < COUNT(odd); i++) {
        draw_code(odd[i]);
        secret_auto *png = make_png(odd[i], 4, 8, PNG_FORMAT_GRAY);
        refuses(png, "none of a QR code");
    }
    memset(wanted, 0, sizeof wanted);
    secret_auto *blank = make_png(41, 4, 8, PNG_FORMAT_GRAY);
    refuses(blank, "none of a QR code");
    memset(wanted, 1, sizeof wanted);
    secret_auto *black = make_png(41, 4, 0, PNG_FORMAT_GRAY);
    refuses(black, "none of a QR code");
    memset(wanted + 41 * 20, 0, sizeof wanted - 41 * 20);
    secret_auto *wide = make_png(41, 4, 0, PNG_FORMAT_GRAY);
    refuses(wide, "none of a QR code");
}

static void no_picture(void **state)
{
    static const char page[] = "<html>Not here</html>";
    secret_auto *text = secret_new(sizeof page), *empty = secret_new(1);

    (void)state;
    (void)secret_append(text, page, sizeof page - 1);
    refuses(text, "the picture: ");
    refuses(empty, "the picture: ");
    draw_code(41);
    secret_auto *whole = make_png(41, 4, 8, PNG_FORMAT_GRAY);
    for (size_t length = secret_length(whole) - 20; length; length -= length > 50 ? 50 : length) {
        secret_auto *cut = secret_copy(whole);
        secret_cut(cut, length);
        refuses(cut, "the picture");
    }
    secret_auto *large = make_png(41, 25, 0, PNG_FORMAT_GRAY);
    refuses(large, "1025 x 1025 pixels");
}

static bool reads_one(void *png)
{
    secret_auto *squares = NULL;

    return !qr_picture(png, &squares, &why) && squares;
}

static void memory(void **state)
{
    (void)state;
    draw_code(41);
    secret_auto *png = make_png(41, 4, 8, PNG_FORMAT_GRAY);
    assert_in_range(faults_everywhere(FAULTS_MEMORY, reads_one, png), 2, 100);
}

FACTS(FACT(reads, "qr_picture: codes of all sizes, in gray, colours, on nothing, become squares"),
      FACT(spoilt, "qr_picture: what lacks a corner, or has another size, is none"),
      FACT(no_picture, "qr_picture: no PNG, a piece of one, one that is too large"),
      FACT(memory, "qr_picture: without memory it fails, and nothing is left"))
