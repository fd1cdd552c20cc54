/* SPDX-License-Identifier: MIT */
#include "net/json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/text.h"

/* The memory that jansson gets, which no other library of ours uses: overwritten when it is given
 * back, for there may have been tokens in it. Each piece begins with its size. */
union piece {
    size_t size;
    max_align_t aligned;
};

/* jansson does not always say so: without memory for the next byte of a text it goes on with the
 * one after, and if that byte is the last quote it copies until it finds one, wherever that is. Who
 * gets no memory for the copy does not: from the first failure on there is none until the end. */
static bool starved;

static void *take(size_t size)
{
    union piece *piece = starved || size > SIZE_MAX / 2 ? NULL : malloc(sizeof *piece + size);

    if (!piece) {
        starved = true;
        return NULL;
    }
    piece->size = size;
    return piece + 1;
}

static void give_back(void *memory)
{
    union piece *piece = memory;

    if (!piece)
        return;
    piece--;
    explicit_bzero(piece + 1, piece->size);
    free(piece);
}

/* Its hash tables get a seed that nobody can guess; left alone it would read one from a file. */
static void prepare(void)
{
    static bool seeded;
    size_t seed;

    json_set_alloc_funcs(take, give_back);
    starved = false;
    if (seeded || getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        return;
    json_object_seed(seed);
    seeded = true;
}

/* What jansson does not bound: read as if it were JSON, which it will look at. */
static const char *out_of_bounds(const char *bytes, size_t length)
{
    size_t depth = 0, values = 0;
    bool in_text = false;

    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (in_text && c == '\\')
            i++;
        else if (c == '"')
            in_text = !in_text;
        else if (!in_text && (c == '{' || c == '[') && depth++ == JSON_DEPTH_MOST)
            return "too deep";
        else if (!in_text && (c == '}' || c == ']') && depth)
            depth--;
        if (!in_text && (c == ',' || c == '{' || c == '[') && values++ == JSON_VALUES_MOST)
            return "too many values";
    }
    return NULL;
}

/* jansson's own words quote what it read. */
static const char *parse_fault(const json_error_t *error)
{
    static const struct {
        enum json_error_code code;
        const char *text;
    } rows[] = {
        { json_error_premature_end_of_input, "cut off" },
        { json_error_end_of_input_expected, "more than one JSON text" },
        { json_error_invalid_utf8, "not UTF-8" },
        { json_error_null_character, "a NUL in a text" },
        { json_error_null_byte_in_key, "a NUL in a name" },
        { json_error_duplicate_key, "a member that is there twice" },
        { json_error_numeric_overflow, "a number that is too big" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == json_error_code(error))
            return rows[i].text;
    return "not JSON";
}

enum outcome json_parse(const char *name, const char *bytes, size_t length, size_t most,
                        struct json **json, struct json_at *top, struct why *why)
{
    json_error_t error = { 0 };
    const char *bound;

    if (length > most)
        return fail(why, REASON_BAD_ANSWER, "%s: longer than %zu bytes", name, most);
    if (!length)
        return fail(why, REASON_BAD_ANSWER, "%s: empty", name);
    if ((bound = out_of_bounds(bytes, length)))
        return fail(why, REASON_BAD_ANSWER, "%s: %s", name, bound);
    prepare();
    json_t *read = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
    *json = (struct json *)read;
    if (starved) {
        json_free(json);
        return fail_memory(why);
    }
    if (!read)
        return fail(why, REASON_BAD_ANSWER, "%s: %s, at byte %d", name, parse_fault(&error),
                    error.position);
    if (!json_is_object(read)) {
        json_free(json);
        return fail(why, REASON_BAD_ANSWER, "%s: expected an object", name);
    }
    top->object = read;
    (void)snprintf(top->name, sizeof top->name, "%s", name);
    return OUTCOME_OK;
}

void json_free(struct json **json)
{
    json_decref((json_t *)*json);
    *json = NULL;
}

static enum outcome mistrust(const struct json_at *at, const char *key, const char *what,
                             struct why *why)
{
    return fail(why, REASON_BAD_ANSWER, "%s.%s: %s", at->name, key, what);
}

/* The member, NULL if it is not there or null. */
static const json_t *member(const struct json_at *at, const char *key)
{
    const json_t *value = json_object_get(at->object, key);

    return json_is_null(value) ? NULL : value;
}

static enum outcome absent(const struct json_at *at, const char *key, enum json_need need,
                           struct why *why)
{
    return need & JSON_MUST ? mistrust(at, key, "missing", why) : OUTCOME_OK;
}

bool json_has(const struct json_at *at, const char *key)
{
    return json_object_get(at->object, key);
}

/* NULL if it is one that can be taken. jansson takes no text with a NUL. */
static const char *text_fault(const json_t *value, size_t most, bool filled)
{
    if (!json_is_string(value))
        return "expected a text";
    if (json_string_length(value) > most)
        return "too long";
    if (filled && !json_string_length(value))
        return "empty";
    if (!text_is_clean(json_string_value(value), json_string_length(value)))
        return "not clean text";
    return NULL;
}

enum outcome json_get_text(const struct json_at *at, const char *key, enum json_need need,
                           size_t most, const char **text, struct why *why)
{
    const json_t *value = member(at, key);
    const char *fault;

    *text = NULL;
    if (!value)
        return absent(at, key, need, why);
    if ((fault = text_fault(value, most, need & JSON_MUST)))
        return mistrust(at, key, fault, why);
    *text = json_string_value(value);
    return OUTCOME_OK;
}

enum outcome json_get_secret(const struct json_at *at, const char *key, enum json_need need,
                             size_t most, struct secret **secret, struct why *why)
{
    const char *text;
    enum outcome out = json_get_text(at, key, need, most, &text, why);

    *secret = NULL;
    if (out || !text || !*text)
        return out;
    for (const char *c = text; *c; c++)
        if (*c < ' ' || *c > '~')
            return mistrust(at, key, "expected printable ASCII", why);
    if (!(*secret = secret_new(strlen(text))))
        return fail_memory(why);
    (void)secret_append(*secret, text, strlen(text));
    return OUTCOME_OK;
}

void json_get_words(const struct json_at *at, const char *key, char *words, size_t size)
{
    const char *text = json_string_value(member(at, key));

    (void)snprintf(words, size, "%.*s", (int)strcspn(text ? text : "", "\r\n"), text ? text : "");
    text_clean(words);
}

enum outcome json_get_number(const struct json_at *at, const char *key, enum json_need need,
                             int64_t least, int64_t most, int64_t *number, struct why *why)
{
    const json_t *value = member(at, key);

    if (!value)
        return absent(at, key, need, why);
    if (!json_is_integer(value))
        return mistrust(at, key, "expected a whole number", why);
    if (json_integer_value(value) < least || json_integer_value(value) > most)
        return mistrust(at, key, "out of range", why);
    *number = json_integer_value(value);
    return OUTCOME_OK;
}

enum outcome json_get_flag(const struct json_at *at, const char *key, enum json_need need,
                           bool *flag, struct why *why)
{
    const json_t *value = member(at, key);

    if (!value)
        return absent(at, key, need, why);
    if (!json_is_boolean(value))
        return mistrust(at, key, "expected true or false", why);
    *flag = json_is_true(value);
    return OUTCOME_OK;
}

enum outcome json_get_object(const struct json_at *at, const char *key, enum json_need need,
                             struct json_at *inside, struct why *why)
{
    const json_t *value = member(at, key);

    *inside = (struct json_at){ 0 };
    if (!value)
        return absent(at, key, need, why);
    if (!json_is_object(value))
        return mistrust(at, key, "expected an object", why);
    inside->object = value;
    (void)snprintf(inside->name, sizeof inside->name, "%s.%s", at->name, key);
    return OUTCOME_OK;
}

enum outcome json_get_list(const struct json_at *at, const char *key, enum json_need need,
                           size_t count_most, struct json_list *list, struct why *why)
{
    const json_t *value = member(at, key);

    *list = (struct json_list){ 0 };
    if (!value)
        return absent(at, key, need, why);
    if (!json_is_array(value) && !(need & JSON_OR_ONE))
        return mistrust(at, key, "expected a list", why);
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    if (count > count_most)
        return mistrust(at, key, "too many", why);
    *list = (struct json_list){ .list = value, .count = count };
    (void)snprintf(list->name, sizeof list->name, "%s.%s", at->name, key);
    return OUTCOME_OK;
}

static const json_t *value_of(const struct json_list *list, size_t number)
{
    return json_is_array((const json_t *)list->list) ? json_array_get(list->list, number)
                                                     : list->list;
}

enum outcome json_get_texts(const struct json_at *at, const char *key, enum json_need need,
                            size_t count_most, size_t most, struct json_list *texts,
                            struct why *why)
{
    enum outcome out = json_get_list(at, key, need, count_most, texts, why);
    const char *fault;

    for (size_t i = 0; !out && i < texts->count; i++)
        if ((fault = text_fault(value_of(texts, i), most, true)))
            out = mistrust(at, key, fault, why);
    if (!out && need & JSON_MUST && !texts->count)
        out = mistrust(at, key, "empty", why);
    return out;
}

const char *json_text_of(const struct json_list *texts, size_t number)
{
    return json_string_value(value_of(texts, number));
}

bool json_lists(const struct json_list *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (!strcmp(json_text_of(texts, i), text))
            return true;
    return false;
}

bool json_object_of(const struct json_list *list, size_t number, struct json_at *inside)
{
    const json_t *value = value_of(list, number);

    *inside = (struct json_at){ .object = value };
    (void)snprintf(inside->name, sizeof inside->name, "%s[%zu]", list->name, number);
    return json_is_object(value);
}

bool json_number_of(const struct json_list *list, size_t number, int64_t *value)
{
    const json_t *there = value_of(list, number);

    *value = json_integer_value(there);
    return json_is_integer(there);
}
