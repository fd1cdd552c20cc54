/* SPDX-License-Identifier: MIT */
#include "idp/qr_picture.h"

#include <png.h>
#include <stdlib.h>

enum { FINDER = 7, STEP = 4, DARK = 128 };

/* A byte a pixel. */
struct pixels {
    const unsigned char *gray;
    size_t width, height;
};

/* The code in them: where it begins, and how many pixels and squares a side has. */
struct place {
    size_t left, top, side, squares;
};

static bool is_dark(const struct pixels *pixels, size_t x, size_t y)
{
    return pixels->gray[y * pixels->width + x] < DARK;
}

/* The smallest square around all that is dark: three corners of a code are. */
static bool find_side(const struct pixels *pixels, struct place *place)
{
    size_t right = 0, bottom = 0;

    *place = (struct place){ .left = pixels->width, .top = pixels->height };
    for (size_t y = 0; y < pixels->height; y++)
        for (size_t x = 0; x < pixels->width; x++) {
            if (!is_dark(pixels, x, y))
                continue;
            place->left = x < place->left ? x : place->left;
            place->top = y < place->top ? y : place->top;
            right = x > right ? x : right;
            bottom = y;
        }
    if (place->left == pixels->width || right - place->left != bottom - place->top)
        return false;
    place->side = right - place->left + 1;
    return true;
}

/* The first row begins with the side of a finder pattern. */
static bool count_squares(const struct pixels *pixels, struct place *place)
{
    size_t run = 0;

    while (run < place->side && is_dark(pixels, place->left + run, place->top))
        run++;
    if (!run)
        return false;
    place->squares = (FINDER * place->side + run / 2) / run;
    return place->squares >= QR_LEAST && place->squares <= QR_MOST &&
           place->side >= place->squares && (place->squares - QR_LEAST) % STEP == 0;
}

static bool square(const struct pixels *pixels, const struct place *place, size_t x, size_t y)
{
    size_t twice = 2 * place->squares;

    return is_dark(pixels, place->left + (2 * x + 1) * place->side / twice,
                   place->top + (2 * y + 1) * place->side / twice);
}

/* A ring, and a square of three in it. */
static bool is_finder(const struct pixels *pixels, const struct place *place, size_t left,
                      size_t top)
{
    for (size_t y = 0; y < FINDER; y++)
        for (size_t x = 0; x < FINDER; x++) {
            bool edge = !x || !y || x == FINDER - 1 || y == FINDER - 1;
            bool inner = x > 1 && y > 1 && x < FINDER - 2 && y < FINDER - 2;
            if (square(pixels, place, left + x, top + y) != (edge || inner))
                return false;
        }
    return true;
}

static bool find(const struct pixels *pixels, struct place *place)
{
    if (!find_side(pixels, place) || !count_squares(pixels, place))
        return false;
    size_t far = place->squares - FINDER;
    return is_finder(pixels, place, 0, 0) && is_finder(pixels, place, far, 0) &&
           is_finder(pixels, place, 0, far);
}

static enum outcome copy(const struct pixels *pixels, struct secret **squares, struct why *why)
{
    struct place place;

    if (!find(pixels, &place))
        return fail(why, REASON_BAD_ANSWER, "the picture is none of a QR code");
    if (!(*squares = secret_new(place.squares * place.squares)))
        return fail_memory(why);
    for (size_t y = 0; y < place.squares; y++)
        for (size_t x = 0; x < place.squares; x++)
            (void)secret_append(*squares, square(pixels, &place, x, y) ? "\1" : "", 1);
    return OUTCOME_OK;
}

/* What is transparent lies on white. */
static enum outcome draw(png_image *image, struct secret **squares, struct why *why)
{
    static const png_color white = { 255, 255, 255 };
    struct pixels pixels = { .width = image->width, .height = image->height };
    secret_auto *gray = secret_new(pixels.width * pixels.height);

    if (!gray)
        return fail_memory(why);
    image->format = PNG_FORMAT_GRAY;
    if (!png_image_finish_read(image, &white, secret_space(gray), 0, NULL))
        return fail(why, REASON_BAD_ANSWER, "the picture: %s", image->message);
    secret_grow(gray, pixels.width * pixels.height);
    pixels.gray = (const unsigned char *)secret_peek(gray);
    return copy(&pixels, squares, why);
}

enum outcome qr_picture(const struct secret *png, struct secret **squares, struct why *why)
{
    png_image image = { .version = PNG_IMAGE_VERSION };
    enum outcome out;

    if (!png_image_begin_read_from_memory(&image, secret_peek(png), secret_length(png)))
        return fail(why, REASON_BAD_ANSWER, "the picture: %s", image.message);
    if (image.width > QR_PIXELS_MOST || image.height > QR_PIXELS_MOST)
        out = fail(why, REASON_BAD_ANSWER, "the picture has %u x %u pixels", image.width,
                   image.height);
    else
        out = draw(&image, squares, why);
    png_image_free(&image);
    return out;
}
