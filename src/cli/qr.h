/* SPDX-License-Identifier: MIT
 *
 * A QR code on the terminal.
 */
#ifndef CLI_QR_H
#define CLI_QR_H

/* On standard error, if that is a terminal that shows UTF-8, and as large as the code; black on
 * white whatever its colours. A text that no QR code holds is not shown. */
void qr_show(const char *text);

#endif
