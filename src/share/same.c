/* SPDX-License-Identifier: MIT */
#include "share/same.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

enum { NAME_MOST = 1200 };

static bool is_ascii(const char *text)
{
    while (*text && !(*text & 0x80))
        text++;
    return !*text;
}

/* Names that are too long, or no text, are other names. */
bool same_name(const char *a, const char *b)
{
    if (is_ascii(a) && is_ascii(b)) /* most, among thousands of groups */
        return !strcasecmp(a, b);
    wchar_t one[NAME_MOST] = L"", other[NAME_MOST] = L"";
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

    if (!utf8)
        return !strcmp(a, b);
    locale_t before = uselocale(utf8);
    size_t first = mbsrtowcs(one, &(const char *){ a }, NAME_MOST, &(mbstate_t){ 0 });
    size_t second = mbsrtowcs(other, &(const char *){ b }, NAME_MOST, &(mbstate_t){ 0 });
    bool same = first < NAME_MOST && second < NAME_MOST && !wcscasecmp(one, other);
    (void)uselocale(before);
    freelocale(utf8);
    return same;
}
