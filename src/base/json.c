/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

static void quote(struct text *json, const char *value, size_t length)
{
    text_add(json, "\"");
    for (const char *end = value + length; value < end; value++) {
        unsigned char c = (unsigned char)*value;
        if (c == '"' || c == '\\')
            text_add(json, "\\%c", c);
        else if (c < 0x20)
            text_add(json, "\\u%04x", c);
        else
            text_add_bytes(json, value, 1);
    }
    text_add(json, "\"");
}

/* A comma unless this is the first member, then the key. */
static void begin(struct text *json, const char *key)
{
    size_t length = text_length(json);

    if (length && !strchr("{[", text_peek(json)[length - 1]))
        text_add(json, ",");
    if (key) {
        quote(json, key, strlen(key));
        text_add(json, ":");
    }
}

void json_open(struct text *json, const char *key, char bracket)
{
    begin(json, key);
    text_add(json, "%c", bracket);
}

void json_close(struct text *json, char bracket)
{
    text_add(json, "%c", bracket);
}

void json_bytes(struct text *json, const char *key, const char *value, size_t length)
{
    begin(json, key);
    quote(json, value, length);
}

void json_text(struct text *json, const char *key, const char *value)
{
    json_bytes(json, key, value, strlen(value));
}

void json_number(struct text *json, const char *key, int64_t value)
{
    begin(json, key);
    text_add(json, "%" PRId64, value);
}

void json_bool(struct text *json, const char *key, bool value)
{
    begin(json, key);
    text_add(json, "%s", value ? "true" : "false");
}
