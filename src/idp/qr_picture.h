/* SPDX-License-Identifier: MIT
 *
 * A QR code that a provider draws, to be drawn anew on a terminal: nobody has to know what is in
 * it.
 */
#ifndef IDP_QR_PICTURE_H
#define IDP_QR_PICTURE_H

#include "base/outcome.h"
#include "base/secret.h"

enum { QR_PIXELS_MOST = 1024, QR_LEAST = 21, QR_MOST = 177 }; /* ISO/IEC 18004, section 6.1 */

/* Takes a PNG with one QR code, upright and sharp, dark on light. The squares are the caller's: a
 * byte each, row by row, 1 for a dark one. BAD_ANSWER. */
enum outcome qr_picture(const struct secret *png, struct secret **squares, struct why *why);

#endif
