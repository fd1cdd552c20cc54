/* SPDX-License-Identifier: MIT */
#include "cert/html.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { ENTITY_MOST = 10 };

static bool begins(const char *at, const char *end, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(end - at) >= length && !strncasecmp(at, word, length);
}

/* Where the word begins, or the end. */
static const char *find(const char *at, const char *end, const char *word)
{
    while (at < end && !begins(at, end, word))
        at++;
    return at;
}

static bool is_blank(char c)
{
    return strchr(" \t\r\n\f", c) && c;
}

/* The end of a tag, which does not stand within quotes; NULL if it has none. */
static const char *end_of_tag(const char *at, const char *end)
{
    char quote = '\0';

    for (; at < end; at++)
        if (quote)
            quote = *at == quote ? '\0' : quote;
        else if (*at == '>')
            return at;
        else if ((*at == '"' || *at == '\'') && at[-1] == '=')
            quote = *at;
    return NULL;
}

/* One attribute's name and value, which may be empty; at moves behind it. */
struct attribute {
    const char *name, *value;
    size_t name_length, value_length;
};

static void take_attribute(const char **from, const char *end, struct attribute *attribute)
{
    const char *at = *from;

    *attribute = (struct attribute){ .name = at };
    while (at < end && !is_blank(*at) && *at != '=')
        at++;
    attribute->name_length = (size_t)(at - attribute->name);
    attribute->value = at;
    if (at < end && *at == '=') {
        char quote = ++at < end && (*at == '"' || *at == '\'') ? *at++ : '\0';
        attribute->value = at;
        while (at < end && (quote ? *at != quote : !is_blank(*at)))
            at++;
        attribute->value_length = (size_t)(at - attribute->value);
        at += quote && at < end;
    }
    *from = at;
}

static void find_id(struct html_piece *tag)
{
    const char *at = tag->begin;
    struct attribute attribute;

    while (at < tag->end && !is_blank(*at))
        at++;
    while (at < tag->end) {
        if (is_blank(*at)) {
            at++;
            continue;
        }
        const char *before = at;
        take_attribute(&at, tag->end, &attribute);
        at += at == before; /* a '=' that nothing stands before */
        if (attribute.name_length == 2 && !strncasecmp(attribute.name, "id", 2) &&
            attribute.value_length && !tag->id) {
            tag->id = attribute.value;
            tag->id_length = attribute.value_length;
        }
    }
}

static bool take_tag(struct html *html, struct html_piece *piece)
{
    const char *end = end_of_tag(html->at + 1, html->end);

    *piece = (struct html_piece){ .kind = HTML_TAG, .begin = html->at + 1, .end = end };
    if (!end) {
        html->at = html->end;
        return false;
    }
    html->at = end + 1;
    if (begins(piece->begin, end, "script")) {
        piece->kind = HTML_SCRIPT;
        piece->begin = html->at;
        piece->end = find(html->at, html->end, "</script");
        html->at = piece->end;
    } else {
        find_id(piece);
    }
    return true;
}

bool html_next(struct html *html, struct html_piece *piece)
{
    while (begins(html->at, html->end, "<!--")) {
        html->at = find(html->at + 4, html->end, "-->");
        html->at += html->at < html->end ? 3 : 0;
    }
    if (html->at == html->end)
        return false;
    if (*html->at == '<')
        return take_tag(html, piece);
    *piece = (struct html_piece){ .kind = HTML_TEXT, .begin = html->at };
    piece->end = memchr(html->at, '<', (size_t)(html->end - html->at));
    if (!piece->end)
        piece->end = html->end;
    html->at = piece->end;
    return true;
}

/* A number as UTF-8 (RFC 3629); '?' if it is no character. */
static size_t encode(unsigned long c, char bytes[4])
{
    if (c < 0x20 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        c = '?';
    size_t size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = size - 1; i; i--, c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    bytes[0] = (char)(first[size] | c);
    return size;
}

static unsigned long number(const char *at, const char *end)
{
    unsigned base = at < end && (*at == 'x' || *at == 'X') ? 16 : 10;
    unsigned long c = 0;

    for (at += base == 16; at < end && c <= 0x10ffff; at++) {
        if (!isxdigit((unsigned char)*at) || (base == 10 && !isdigit((unsigned char)*at)))
            return '?';
        unsigned digit = isdigit((unsigned char)*at) ? (unsigned)(*at - '0')
                                                     : (unsigned)(tolower(*at) - 'a') + 10;
        c = c * base + digit;
    }
    return c;
}

/* Those of HTML that a message has; anything else stays as it is. Gives how many bytes it took. */
static size_t take_entity(const char *at, const char *end, char bytes[4], size_t *size)
{
    static const struct {
        const char *name;
        char is;
    } names[] = { { "&amp;", '&' },  { "&lt;", '<' },    { "&gt;", '>' },
                  { "&quot;", '"' }, { "&apos;", '\'' }, { "&nbsp;", ' ' } };
    size_t within = (size_t)(end - at) < ENTITY_MOST ? (size_t)(end - at) : ENTITY_MOST;
    const char *stop = memchr(at, ';', within);

    *size = 1;
    bytes[0] = *at;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (begins(at, end, names[i].name)) {
            bytes[0] = names[i].is;
            return strlen(names[i].name);
        }
    if (!stop || stop - at < 3 || at[1] != '#')
        return 1;
    *size = encode(number(at + 2, stop), bytes);
    return (size_t)(stop - at) + 1;
}

void html_add_text(const struct html_piece *piece, char *string, size_t size)
{
    size_t length = strlen(string);

    for (const char *at = piece->begin; at < piece->end;) {
        char bytes[4] = { *at };
        size_t count = 1;
        at += *at == '&' ? take_entity(at, piece->end, bytes, &count) : 1;
        if (count == 1 && (is_blank(bytes[0]) || !bytes[0]))
            bytes[0] = ' ';
        bool again = bytes[0] == ' ' && (!length || string[length - 1] == ' ');
        if (again || length + count >= size)
            continue;
        memcpy(string + length, bytes, count);
        length += count;
        string[length] = '\0';
    }
}
