/* SPDX-License-Identifier: MIT */
#include "net/cookie.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char blank[] = " \t\r\n";

/* A part of the line, without the blanks around it. */
struct part {
    const char *text;
    size_t length;
};

/* Up to one of these characters; *rest is behind it, or at the end. */
static struct part cut(const char **rest, const char *ends)
{
    size_t whole = strcspn(*rest, ends), before = strspn(*rest, blank);
    const char *end = *rest + whole;
    struct part part = { *rest + before, before < whole ? whole - before : 0 };

    while (part.length && strchr(blank, part.text[part.length - 1]))
        part.length--;
    *rest = *end && *end != ';' ? end + 1 : end;
    return part;
}

static bool is(const struct part *part, const char *word)
{
    return part->length == strlen(word) && !strncasecmp(part->text, word, part->length);
}

/* Every character is a cookie-octet. */
static bool is_value(const struct part *value)
{
    for (size_t i = 0; i < value->length; i++) {
        unsigned char c = (unsigned char)value->text[i];
        if (c <= ' ' || c >= 0x7f || strchr("\",;\\", c))
            return false;
    }
    return value->length && value->length <= COOKIE_MOST;
}

/* What stands behind the value: is it for this host, over TLS alone? */
static bool is_for(const char *rest, const char *host)
{
    bool secure = false;

    while (*rest == ';') {
        rest++;
        struct part name = cut(&rest, "=;"), value = { "", 0 };
        if (*rest && *rest != ';')
            value = cut(&rest, ";");
        if (is(&name, "Secure"))
            secure = true;
        if (is(&name, "Domain") && !is(&value, host))
            return false;
    }
    return secure;
}

const char *cookie_find(const char *line, const char *name, const char *host, size_t *length)
{
    const char *rest = line;
    struct part named = cut(&rest, "=;"), value = { "", 0 };

    if (named.length != strlen(name) || memcmp(named.text, name, named.length) != 0)
        return NULL;
    value = cut(&rest, ";");
    if (!is_value(&value) || !is_for(rest, host))
        return NULL;
    *length = value.length;
    return value.text;
}
