/* SPDX-License-Identifier: MIT
 *
 * Where this system keeps the authorities that it trusts, whichever distribution it is.
 */
#ifndef BASE_BUNDLE_H
#define BASE_BUNDLE_H

/* The path of a PEM file; Debian's, which may be absent, if none is found. */
const char *bundle_path(void);

#endif
