/* SPDX-License-Identifier: MIT
 *
 * A QR code on the terminal.
 */
#ifndef CLI_QR_H
#define CLI_QR_H

#include "base/secret.h"

/* On standard error, if that is a terminal that shows UTF-8, and as large as the code; black on
 * white whatever its colours. A text that no QR code holds is not shown. */
void qr_show(const char *text);

/* The same of one that is drawn already, as wire/messages.def says of PICTURE; what cannot be one
 * is not shown. */
void qr_show_squares(const struct secret *squares);

#endif
