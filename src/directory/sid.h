/* SPDX-License-Identifier: MIT
 *
 * Security identifiers (MS-DTYP 2.4.2) and GUIDs (MS-DTYP 2.3.4) as text.
 */
#ifndef DIRECTORY_SID_H
#define DIRECTORY_SID_H

#include <stdbool.h>
#include <stddef.h>

enum {
    SID_BYTES = 68,  /* at most: 15 sub-authorities */
    SID_TEXT = 192,  /* bytes of the text with its closing NUL */
    GUID_BYTES = 16, /* exactly */
    GUID_TEXT = 37,  /* "6f9619ff-8b86-d011-b42d-00cf4fc964ff" and NUL */
};

/* "S-1-5-21-..."; false if these bytes are not exactly one SID of revision 1. */
bool sid_text(const void *bytes, size_t length, char text[SID_TEXT]);

/* False if these are not 16 bytes. */
bool guid_text(const void *bytes, size_t length, char text[GUID_TEXT]);

/* The name of a SID that is the same everywhere and that no domain lists (MS-DTYP 2.4.2.4), such as
 * "Everyone" for S-1-1-0; NULL for any other. */
const char *sid_well_known(const char *text);

#endif
