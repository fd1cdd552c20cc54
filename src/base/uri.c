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

static const char *query_of(const char *uri)
{
    const char *query = strchr(uri, '?');

    return query ? query + 1 : "";
}

/* The value of the next parameter of that name, as written; *at goes on behind it. NULL: there is
 * none. */
static const char *next_value(const char **at, const char *name, size_t *length)
{
    size_t named = strlen(name);

    while (**at && **at != '#') {
        const char *begin = *at;
        size_t end = strcspn(begin, "&#");
        *at += end + (begin[end] == '&');
        if (end < named || strncmp(begin, name, named) != 0 || (end > named && begin[named] != '='))
            continue;
        size_t value = named + (end > named);
        *length = end - value;
        return begin + value;
    }
    return NULL;
}

bool uri_names(const char *uri, const char *name)
{
    const char *at = query_of(uri);
    size_t length;

    return next_value(&at, name, &length);
}

bool uri_parameter(const char *uri, const char *name, char *value, size_t size)
{
    const char *at = query_of(uri);
    size_t length, another;
    const char *text = next_value(&at, name, &length);

    if (text && !next_value(&at, name, &another) && decode_all(text, length, value, size))
        return true;
    *value = '\0';
    return false;
}
