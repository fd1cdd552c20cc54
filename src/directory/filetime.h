/* SPDX-License-Identifier: MIT
 *
 * Times of Active Directory (MS-DTYP 2.3.3): 100 ns since 1601 UTC as decimal text; spans of time
 * are the same, negated (MS-ADTS 3.1.1.4, maxPwdAge).
 */
#ifndef DIRECTORY_FILETIME_H
#define DIRECTORY_FILETIME_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum filetime_kind {
    FILETIME_AT,    /* a point in time */
    FILETIME_ZERO,  /* 0, which means what the attribute says: "now", "must change", "unset" */
    FILETIME_NEVER, /* 0x7fffffffffffffff */
};

/* A decimal number of 64 bits with sign and nothing else; false for anything else. */
bool filetime_number(const char *text, int64_t *number);

/* Reads a FILETIME; *at is seconds since 1970 UTC, set for FILETIME_AT only. False: negative. */
bool filetime_at(int64_t filetime, enum filetime_kind *kind, time_t *at);

/* A span to whole seconds; 0 for "none", "never" (INT64_MIN) and a positive number. */
int64_t filetime_span(int64_t span);

#endif
