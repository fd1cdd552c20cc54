/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "idp/qr_picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken is a square of squares, each 0 or 1. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    secret_auto *png = secret_new(size), *squares = NULL;
    struct why why = { 0 };
    size_t width = QR_LEAST;

    if (!png || !secret_append(png, data, size))
        return 0;
    if (qr_picture(png, &squares, &why)) {
        if (squares || why.reason != REASON_BAD_ANSWER)
            __builtin_trap();
        return 0;
    }
    while (width < QR_MOST && width * width < secret_length(squares))
        width += 4;
    if (width * width != secret_length(squares))
        __builtin_trap();
    for (size_t i = 0; i < width * width; i++)
        if ((unsigned char)secret_peek(squares)[i] > 1)
            __builtin_trap();
    return 0;
}
