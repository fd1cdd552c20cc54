/* SPDX-License-Identifier: MIT */
#include "directory/filetime.h"

enum { TICKS_PER_SECOND = 10000000 };
static const int64_t seconds_1601_to_1970 = 11644473600;

bool filetime_number(const char *text, int64_t *number)
{
    bool negative = *text == '-';
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
    uint64_t value = 0;

    text += negative;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (value > (limit - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = !negative ? (int64_t)value : value > INT64_MAX ? INT64_MIN : -(int64_t)value;
    return true;
}

bool filetime_at(int64_t filetime, enum filetime_kind *kind, time_t *at)
{
    if (filetime < 0)
        return false;
    *kind = filetime == 0 ? FILETIME_ZERO : filetime == INT64_MAX ? FILETIME_NEVER : FILETIME_AT;
    if (*kind == FILETIME_AT)
        *at = (time_t)(filetime / TICKS_PER_SECOND - seconds_1601_to_1970);
    return true;
}

int64_t filetime_span(int64_t span)
{
    return span >= 0 || span == INT64_MIN ? 0 : -(span / TICKS_PER_SECOND);
}
