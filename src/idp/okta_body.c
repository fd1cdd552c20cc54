/* SPDX-License-Identifier: MIT */
#include "idp/okta_body.h"

#include <stdio.h>
#include <string.h>

/* Where it is written to; NULL: nowhere, only how long it would be. */
struct sink {
    struct secret *secret;
    size_t length;
};

static void put(struct sink *sink, const char *bytes, size_t length)
{
    if (sink->secret)
        (void)secret_append(sink->secret, bytes, length);
    sink->length += length;
}

static void put_quoted(struct sink *sink, const char *bytes, size_t length)
{
    char escape[8];

    put(sink, "\"", 1);
    for (const char *end = bytes + length; bytes < end; bytes++) {
        unsigned char c = (unsigned char)*bytes;
        if (c >= 0x20 && c != '"' && c != '\\')
            put(sink, bytes, 1);
        else
            put(sink, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", c));
    }
    put(sink, "\"", 1);
    explicit_bzero(escape, sizeof escape);
}

static void put_members(struct sink *sink, const struct okta_member *members);

static void put_value(struct sink *sink, const struct okta_member *member)
{
    if (member->secret)
        put_quoted(sink, secret_peek(member->secret), secret_length(member->secret));
    else if (member->text)
        put_quoted(sink, member->text, strlen(member->text));
    else if (member->flag)
        put(sink, member->flag, strlen(member->flag));
    else
        put_members(sink, member->members);
}

static void put_members(struct sink *sink, const struct okta_member *members)
{
    bool first = true;

    put(sink, "{", 1);
    for (; members->name; members++) {
        if (!members->text && !members->secret && !members->flag && !members->members)
            continue;
        if (!first)
            put(sink, ",", 1);
        first = false;
        put_quoted(sink, members->name, strlen(members->name));
        put(sink, ":", 1);
        put_value(sink, members);
    }
    put(sink, "}", 1);
}

struct secret *okta_body(const struct okta_member *members)
{
    struct sink sink = { 0 };

    put_members(&sink, members);
    sink.secret = secret_new(sink.length);
    if (sink.secret)
        put_members(&sink, members);
    return sink.secret;
}
