/* SPDX-License-Identifier: MIT
 *
 * What is in a connection, as text.
 */
#include <stdlib.h>
#include <string.h>

#include "network/entry.h"

enum { LINES_MOST = 64 };

static int add_value(struct text *text, sd_bus_message *from);

static int add_bytes(struct text *text, sd_bus_message *from)
{
    const void *bytes;
    size_t length;
    int code = sd_bus_message_read_array(from, 'y', &bytes, &length);

    for (size_t i = 0; code >= 0 && i < length; i++)
        text_add(text, "%02x", ((const unsigned char *)bytes)[i]);
    return code;
}

static int add_inner(struct text *text, sd_bus_message *from, char type, const char *contents)
{
    int code;

    if (type == 'a' && !strcmp(contents, "y"))
        return add_bytes(text, from);
    if ((code = sd_bus_message_enter_container(from, type, contents)) < 0)
        return code;
    text_add(text, "(");
    while ((code = sd_bus_message_at_end(from, 0)) == 0)
        if ((code = add_value(text, from)) < 0)
            return code;
    text_add(text, ")");
    return code < 0 ? code : sd_bus_message_exit_container(from);
}

static int add_number(struct text *text, sd_bus_message *from, char type)
{
    union { /* of whatever width */
        uint8_t byte;
        uint16_t two;
        uint32_t four;
        uint64_t eight;
    } number = { .eight = 0 };
    int code = sd_bus_message_read_basic(from, type, &number);

    text_add(text, "%llu,", (unsigned long long)number.eight);
    return code;
}

/* As it is written, whatever it is. */
static int add_value(struct text *text, sd_bus_message *from)
{
    const char *contents, *string;
    char type;
    int code = sd_bus_message_peek_type(from, &type, &contents);

    if (code < 0)
        return code;
    text_add(text, "%c", type);
    if (strchr("aver", type) && contents)
        return add_inner(text, from, type, contents);
    if (!strchr("sog", type))
        return add_number(text, from, type);
    code = sd_bus_message_read_basic(from, type, &string);
    if (code >= 0)
        text_add(text, "%zu:%s,", strlen(string), string);
    return code;
}

struct line {
    struct text *text;
};

struct lines {
    struct line all[LINES_MOST];
    size_t count;
};

/* Their order is NetworkManager's own affair. */
static int compare(const void *one, const void *other)
{
    return strcmp(text_peek(((const struct line *)one)->text),
                  text_peek(((const struct line *)other)->text));
}

static int add_line(struct lines *lines, sd_bus_message *from, const char *section, const char *key)
{
    struct text *line = lines->count < LINES_MOST ? text_new(PROFILE_CANON_MOST) : NULL;

    if (!line)
        return -1;
    lines->all[lines->count++].text = line;
    text_add(line, "%s.%s=", section, key);
    return add_value(line, from);
}

static int take_section(struct lines *lines, sd_bus_message *from, const char *section)
{
    const char *key;
    int code = sd_bus_message_enter_container(from, 'a', "{sv}");

    while (code >= 0 && (code = sd_bus_message_enter_container(from, 'e', "sv")) > 0) {
        if ((code = sd_bus_message_read_basic(from, 's', &key)) < 0)
            return code;
        code = entry_is_ours(section, key) ? add_line(lines, from, section, key)
                                           : sd_bus_message_skip(from, "v");
        if (code >= 0)
            code = sd_bus_message_exit_container(from);
    }
    return code < 0 ? code : sd_bus_message_exit_container(from);
}

static int take_all(struct lines *lines, sd_bus_message *from)
{
    const char *section;
    int code = sd_bus_message_enter_container(from, 'a', "{sa{sv}}");

    while (code >= 0 && (code = sd_bus_message_enter_container(from, 'e', "sa{sv}")) > 0) {
        if ((code = sd_bus_message_read_basic(from, 's', &section)) < 0 ||
            (code = take_section(lines, from, section)) < 0)
            return code;
        code = sd_bus_message_exit_container(from);
    }
    return code;
}

static enum outcome join(struct lines *lines, struct text **canon, struct why *why)
{
    text_auto *all = text_new(PROFILE_CANON_MOST);

    qsort(lines->all, lines->count, sizeof *lines->all, compare);
    for (size_t i = 0; all && i < lines->count; i++)
        text_add(all, "%s%s\n", text_ok(lines->all[i].text) ? "" : "?",
                 text_peek(lines->all[i].text));
    if (!all || !text_ok(all))
        return fail_memory(why);
    *canon = all;
    all = NULL;
    return OUTCOME_OK;
}

enum outcome profile_canon(const struct nm *nm, const char *path, struct text **canon,
                           struct why *why)
{
    message_unref_auto *call = NULL, *answer = NULL;
    struct lines lines = { .count = 0 };
    bool absent;
    enum outcome out;

    if ((out = nm_call(nm, path, NM_CONNECTION, "GetSettings", &call, why)) ||
        (out = nm_send(nm, call, &answer, &absent, why)))
        return out;
    out = !absent && take_all(&lines, answer) < 0
              ? fail(why, REASON_PROFILE_REFUSED, "a connection that cannot be read")
              : join(&lines, canon, why);
    while (lines.count)
        text_free(&lines.all[--lines.count].text);
    return out;
}
