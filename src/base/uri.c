/* SPDX-License-Identifier: MIT */
#include "base/uri.h"

#include <string.h>

#include "base/text.h"

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* One character of so many; gives how many it took, 0 if it is malformed. */
static size_t decode(const char *text, size_t length, char *character)
{
    if (*text != '%') {
        *character = *text == '+' ? ' ' : *text;
        return 1;
    }
    if (length < 3 || hex(text[1]) < 0 || hex(text[2]) < 0)
        return 0;
    *character = (char)(hex(text[1]) * 16 + hex(text[2]));
    return 3;
}

static bool decode_all(const char *text, size_t length, char *value, size_t size)
{
    size_t used = 0;

    for (size_t took; length; text += took, length -= took)
        if (used + 1 == size || !(took = decode(text, length, &value[used++])))
            return false;
    value[used] = '\0';
    return strlen(value) == used && text_is_clean(value, used);
}

bool uri_parameter(const char *uri, const char *name, char *value, size_t size)
{
    const char *query = strchr(uri, '?');
    size_t length = strlen(name), found = 0, end;
    bool good = true;

    for (const char *at = query ? query + 1 : ""; *at && *at != '#'; at += end + (at[end] == '&')) {
        end = strcspn(at, "&#");
        if (end > length && !strncmp(at, name, length) && at[length] == '=') {
            good = !found++ && decode_all(at + length + 1, end - length - 1, value, size);
            if (!good)
                break;
        }
    }
    if (good && found)
        return true;
    *value = '\0';
    return false;
}
