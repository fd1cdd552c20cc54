/* SPDX-License-Identifier: MIT */
#include "faults.h"
#include "test.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "net/json.h"

static struct why why;
static struct json_at top;

static struct json *parse(const char *bytes)
{
    struct json *json = NULL;

    if (json_parse("token", bytes, strlen(bytes), 4096, &json, &top, &why))
        fail_msg("refused: %s: %s", bytes, why.text);
    return json;
}

/* In memory of exactly that size, so that a sanitizer sees a byte too far. */
static void refuse(const char *bytes, size_t length, const char *words)
{
    struct json *json = NULL;
    char *exact = malloc(length ? length : 1);

    assert_non_null(exact);
    memcpy(exact, bytes, length);
    test_reason(json_parse("token", exact, length, 4096, &json, &top, &why), &why,
                REASON_BAD_ANSWER, words);
    assert_null(json);
    free(exact);
}

static void not_json(void **state)
{
    static const struct {
        const char *bytes;
        size_t length; /* 0: to the NUL */
        const char *words;
    } rows[] = {
        { "<html><title>502 Bad Gateway</title></html>", 0, "token: not JSON" },
        { " ", 0, "cut off" },
        { "[]", 0, "expected an object" },
        { "\"text\"", 0, "not JSON" },
        { "null", 0, "not JSON" },
        { "{", 0, "cut off" },
        { "{\"a\":\"", 0, "cut off" },
        { "{} {}", 0, "more than one JSON text" },
        { "{}x", 0, "more than one JSON text" },
        { "{}\0", 3, "more than one JSON text" },
        { "\0{}", 3, "cut off" },
        { "{\"a\":\"\0\"}", 9, "not JSON" },
        { "{\"a\":\"b\\u0000c\"}", 0, "a NUL in a text" },
        { "{\"a\\u0000b\":1}", 0, "a NUL in a" },
        { "\xef\xbb\xbf{}", 0, "not JSON" },
        { "\xff\xfe{\0}\0", 6, "not UTF-8" },
        { "{\0}\0", 4, "cut off" },
        { "\0{\0}", 4, "cut off" },
        { "{\"a\":\"\xc3\x28\"}", 0, "not UTF-8" },
        { "{\"a\":\"\xed\xa0\x80\"}", 0, "not UTF-8" },
        { "{\"a\":\"\xc0\x80\"}", 0, "not UTF-8" },
        { "{\"a\":\"\\ud800\"}", 0, "not JSON" },
        { "{\"a\":\"line\nbreak\"}", 0, "not JSON" },
        { "{'a':1}", 0, "not JSON" },
        { "{\"a\":1,}", 0, "not JSON" },
        { "{\"a\":01}", 0, "not JSON" },
        { "{\"a\":NaN}", 0, "not JSON" },
        { "{/**/}", 0, "not JSON" },
        { "{\"a\":1,\"b\":2,\"a\":1}", 0, "a member that is there twice" },
        { "{\"b\":{\"a\":1,\"\\u0061\":1}}", 0, "a member that is there twice" },
        { "{\"a\":9223372036854775808}", 0, "a number that is too big" },
        { "{\"a\":1e400}", 0, "a number that is too big" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        refuse(rows[i].bytes, rows[i].length ? rows[i].length : strlen(rows[i].bytes),
               rows[i].words);
    refuse("", 0, "token: empty");
}

/* What is asked for, of one character each, between begin and end. */
static char *many(const char *begin, const char *each, size_t count, const char *end)
{
    text_auto *text = text_new(1 << 20);

    text_add(text, "%s", begin);
    for (size_t i = 0; i < count; i++)
        text_add(text, "%s", each);
    text_add(text, "%s", end);
    char *copy = text_ok(text) ? strdup(text_peek(text)) : NULL;
    assert_non_null(copy);
    return copy;
}

static enum outcome parse_many(const char *begin, const char *each, size_t count, const char *end)
{
    json_auto *json = NULL;
    char *bytes = many(begin, each, count, end);
    enum outcome out = json_parse("token", bytes, strlen(bytes), 1 << 20, &json, &top, &why);

    free(bytes);
    return out;
}

static void bounds(void **state)
{
    json_auto *json = NULL;
    char *brackets = many("", "]", JSON_DEPTH_MOST - 1, "}"), *more = many("", "]", 50, "}");

    (void)state;
    assert_int_equal(parse_many("{\"a\":", "[", JSON_DEPTH_MOST - 1, brackets), OUTCOME_OK);
    test_reason(parse_many("{\"a\":", "[", JSON_DEPTH_MOST, more), &why, REASON_BAD_ANSWER,
                "token: too deep");
    test_reason(parse_many("{\"a\":", "[", 50, more), &why, REASON_BAD_ANSWER, "token: too deep");
    assert_int_equal(parse_many("{\"[[[[[[[[[[[[[[[[[[[[[[\\\"[", "[", 50, "\":1}"), OUTCOME_OK);
    assert_int_equal(parse_many("{\"a\":[1", ",1", JSON_VALUES_MOST - 2, "]}"), OUTCOME_OK);
    test_reason(parse_many("{\"a\":[1", ",1", JSON_VALUES_MOST - 1, "]}"), &why, REASON_BAD_ANSWER,
                "token: too many values");
    test_reason(json_parse("token", "{    }", 6, 5, &json, &top, &why), &why, REASON_BAD_ANSWER,
                "token: longer than 5 bytes");
    assert_int_equal(json_parse("token", "{   }", 5, 5, &json, &top, &why), OUTCOME_OK);
    free(brackets);
    free(more);
}

static void texts(void **state)
{
    json_auto *json = parse("{\"good\":\"J\xc3\xb6rg\",\"empty\":\"\",\"null\":null,\"number\":1,"
                            "\"turned\":\"a\\u202eb\",\"line\":\"a\\nb\"}");
    const char *text;

    (void)state;
    assert_non_null(json);
    assert_int_equal(json_get_text(&top, "good", JSON_MUST, 5, &text, &why), OUTCOME_OK);
    assert_string_equal(text, "J\xc3\xb6rg");
    assert_int_equal(json_get_text(&top, "none", JSON_MAY, 5, &text, &why), OUTCOME_OK);
    assert_null(text);
    assert_int_equal(json_get_text(&top, "null", JSON_MAY, 5, &text, &why), OUTCOME_OK);
    assert_null(text);
    assert_int_equal(json_get_text(&top, "empty", JSON_MAY, 5, &text, &why), OUTCOME_OK);
    assert_string_equal(text, "");

#define BAD(key, need, most, words)                                                                \
    test_reason(json_get_text(&top, key, need, most, &text, &why), &why, REASON_BAD_ANSWER,        \
                words);                                                                            \
    assert_null(text)
    BAD("good", JSON_MAY, 4, "token.good: too long");
    BAD("none", JSON_MUST, 5, "token.none: missing");
    BAD("null", JSON_MUST, 5, "token.null: missing");
    BAD("empty", JSON_MUST, 5, "token.empty: empty");
    BAD("number", JSON_MAY, 5, "token.number: expected a text");
    BAD("turned", JSON_MAY, 50, "token.turned: not clean text");
    BAD("line", JSON_MAY, 50, "token.line: not clean text");
    assert_true(json_has(&top, "null") && !json_has(&top, "none"));
}

static void numbers(void **state)
{
    json_auto *json = parse("{\"n\":3600,\"real\":3600.0,\"text\":\"3600\",\"below\":-1,"
                            "\"big\":9223372036854775807,\"null\":null,\"list\":[1]}");
    int64_t number = 7;

    (void)state;
    assert_non_null(json);
    assert_int_equal(json_get_number(&top, "none", JSON_MAY, 0, 9, &number, &why), OUTCOME_OK);
    assert_int_equal(json_get_number(&top, "null", JSON_MAY, 0, 9, &number, &why), OUTCOME_OK);
    assert_int_equal(number, 7);
    assert_int_equal(json_get_number(&top, "n", JSON_MUST, 3600, 3600, &number, &why), OUTCOME_OK);
    assert_int_equal(number, 3600);
    assert_int_equal(json_get_number(&top, "big", JSON_MUST, 0, INT64_MAX, &number, &why), 0);
    assert_true(number == INT64_MAX);

#define BAD_NUMBER(key, words)                                                                     \
    test_reason(json_get_number(&top, key, JSON_MUST, 0, 3599, &number, &why), &why,               \
                REASON_BAD_ANSWER, words)
    BAD_NUMBER("n", "token.n: out of range");
    BAD_NUMBER("below", "token.below: out of range");
    BAD_NUMBER("big", "token.big: out of range");
    BAD_NUMBER("real", "token.real: expected a whole number");
    BAD_NUMBER("text", "token.text: expected a whole number");
    BAD_NUMBER("list", "token.list: expected a whole number");
    BAD_NUMBER("none", "token.none: missing");
    BAD_NUMBER("null", "token.null: missing");
    assert_true(number == INT64_MAX);
}

static void flags(void **state)
{
    json_auto *json = parse("{\"yes\":true,\"no\":false,\"text\":\"true\",\"one\":1}");
    bool flag = true;

    (void)state;
    assert_non_null(json);
    assert_int_equal(json_get_flag(&top, "none", JSON_MAY, &flag, &why), OUTCOME_OK);
    assert_true(flag);
    assert_int_equal(json_get_flag(&top, "no", JSON_MUST, &flag, &why), OUTCOME_OK);
    assert_false(flag);
    assert_int_equal(json_get_flag(&top, "yes", JSON_MUST, &flag, &why), OUTCOME_OK);
    assert_true(flag);
    test_reason(json_get_flag(&top, "text", JSON_MAY, &flag, &why), &why, REASON_BAD_ANSWER,
                "token.text: expected true or false");
    test_reason(json_get_flag(&top, "one", JSON_MAY, &flag, &why), &why, REASON_BAD_ANSWER,
                "token.one: expected true or false");
    test_reason(json_get_flag(&top, "none", JSON_MUST, &flag, &why), &why, REASON_BAD_ANSWER,
                "token.none: missing");
}

static void secrets(void **state)
{
    json_auto *json = parse("{\"access_token\":\"abc.~ def\",\"umlaut\":\"\xc3\xb6\",\"none\":null,"
                            "\"empty\":\"\"}");
    secret_auto *secret = NULL;
    struct secret *none;

    (void)state;
    assert_non_null(json);
    assert_int_equal(json_get_secret(&top, "access_token", JSON_MUST, 9, &secret, &why),
                     OUTCOME_OK);
    assert_string_equal(secret_peek(secret), "abc.~ def");
    assert_int_equal(secret_length(secret), 9);
    assert_int_equal(json_get_secret(&top, "none", JSON_MAY, 9, &none, &why), OUTCOME_OK);
    assert_null(none);
    test_reason(json_get_secret(&top, "access_token", JSON_MUST, 8, &none, &why), &why,
                REASON_BAD_ANSWER, "token.access_token: too long");
    test_reason(json_get_secret(&top, "umlaut", JSON_MUST, 8, &none, &why), &why, REASON_BAD_ANSWER,
                "token.umlaut: expected printable ASCII");
    assert_int_equal(json_get_secret(&top, "empty", JSON_MAY, 9, &none, &why), OUTCOME_OK);
    assert_null(none);
    test_reason(json_get_secret(&top, "empty", JSON_MUST, 8, &none, &why), &why, REASON_BAD_ANSWER,
                "token.empty: empty");
    assert_null(none);
}

static void lists(void **state)
{
    json_auto *json = parse("{\"two\":[\"a\",\"b\"],\"one\":\"a\",\"mixed\":[\"a\",1],\"none\":[],"
                            "\"hole\":[\"a\",\"\"],\"nulls\":[null],\"object\":{}}");
    struct json_list list;

    (void)state;
    assert_non_null(json);
    assert_int_equal(json_get_texts(&top, "two", JSON_MUST, 2, 1, &list, &why), OUTCOME_OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(json_text_of(&list, 1), "b");
    assert_true(json_lists(&list, "a") && json_lists(&list, "b") && !json_lists(&list, "ab"));
    assert_int_equal(json_get_texts(&top, "one", JSON_MUST | JSON_OR_ONE, 1, 1, &list, &why), 0);
    assert_int_equal(list.count, 1);
    assert_string_equal(json_text_of(&list, 0), "a");
    assert_int_equal(json_get_texts(&top, "absent", JSON_MAY, 1, 1, &list, &why), OUTCOME_OK);
    assert_true(!list.list && !list.count && !json_lists(&list, "a"));
    assert_int_equal(json_get_texts(&top, "none", JSON_MAY, 1, 1, &list, &why), OUTCOME_OK);
    assert_true(list.list && !list.count);

#define BAD_LIST(key, need, count, most, words)                                                    \
    test_reason(json_get_texts(&top, key, need, count, most, &list, &why), &why,                   \
                REASON_BAD_ANSWER, words)
    BAD_LIST("two", JSON_MAY, 1, 1, "token.two: too many");
    BAD_LIST("two", JSON_MAY, 2, 0, "token.two: too long");
    BAD_LIST("one", JSON_MAY, 2, 1, "token.one: expected a list");
    BAD_LIST("mixed", JSON_MAY, 2, 1, "token.mixed: expected a text");
    BAD_LIST("hole", JSON_MAY, 2, 1, "token.hole: empty");
    BAD_LIST("nulls", JSON_MAY, 2, 1, "token.nulls: expected a text");
    BAD_LIST("object", JSON_MAY | JSON_OR_ONE, 2, 1, "token.object: expected a text");
    BAD_LIST("none", JSON_MUST, 2, 1, "token.none: empty");
    BAD_LIST("absent", JSON_MUST | JSON_OR_ONE, 2, 1, "token.absent: missing");
}

static void inside(void **state)
{
    json_auto *json = parse("{\"keys\":[{\"kid\":\"x\"},7,{\"kid\":1}],\"in\":{\"n\":[]}}");
    struct json_list list;
    struct json_at at, deeper;
    const char *text;
    int64_t number;

    (void)state;
    assert_non_null(json);
    assert_int_equal(json_get_list(&top, "keys", JSON_MUST, 3, &list, &why), OUTCOME_OK);
    assert_true(json_object_of(&list, 0, &at));
    assert_int_equal(json_get_text(&at, "kid", JSON_MUST, 9, &text, &why), OUTCOME_OK);
    assert_false(json_object_of(&list, 1, &at));
    assert_true(json_number_of(&list, 1, &number) && number == 7);
    assert_false(json_number_of(&list, 0, &number));
    assert_true(json_object_of(&list, 2, &at));
    test_reason(json_get_text(&at, "kid", JSON_MUST, 9, &text, &why), &why, REASON_BAD_ANSWER,
                "token.keys[2].kid: expected a text");
    test_reason(json_get_list(&top, "keys", JSON_MUST, 2, &list, &why), &why, REASON_BAD_ANSWER,
                "token.keys: too many");
    assert_int_equal(json_get_object(&top, "in", JSON_MUST, &at, &why), OUTCOME_OK);
    test_reason(json_get_object(&at, "n", JSON_MAY, &deeper, &why), &why, REASON_BAD_ANSWER,
                "token.in.n: expected an object");
    assert_int_equal(json_get_object(&top, "none", JSON_MAY, &at, &why), OUTCOME_OK);
    assert_null(at.object);
    test_reason(json_get_object(&top, "none", JSON_MUST, &at, &why), &why, REASON_BAD_ANSWER,
                "token.none: missing");
}

static bool whole(void *data)
{
    json_auto *json = NULL;
    secret_auto *secret = NULL;
    static const char bytes[] = "{\"a\":[1,2.5,true,null,\"b\"],\"deep\":{\"deeper\":{}},"
                                "\"1\":1,\"2\":2,\"3\":3,\"4\":4,\"5\":5,\"6\":6,\"7\":7,\"8\":8,"
                                "\"long\":\"0123456789012345678901234567890123456789\"}";
    enum outcome out = json_parse("token", bytes, sizeof bytes - 1, 4096, &json, &top, &why);

    (void)data;
    out = out ? out : json_get_secret(&top, "long", JSON_MUST, 50, &secret, &why);
    assert_true(out ? why.reason == REASON_NO_MEMORY : secret_length(secret) == 40);
    return !out;
}

/* Texts of each length: jansson's buffer for one is full with the last quote, or just before. */
static bool text_of(void *data)
{
    const size_t *length = data;
    char bytes[200];
    json_auto *json = NULL;

    (void)snprintf(
        bytes, sizeof bytes, "{\"a\":\"%.*s\"}", (int)*length,
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    return !json_parse("token", bytes, strlen(bytes), 4096, &json, &top, &why);
}

static void fails_in_texts(void **state)
{
    (void)state;
    for (size_t length = 0; length < 80; length++)
        assert_in_range(faults_everywhere(FAULTS_MEMORY, text_of, &length), 4, 100);
}

static void fails_everywhere(void **state)
{
    (void)state;
    assert_true(faults_everywhere(FAULTS_MEMORY, whole, NULL) > 30);
}

static const char mark[] = "a-token-that-must-not-stay-behind-in-the-heap";
static size_t freed, left_behind;

static void look(const void *memory)
{
    freed++;
    left_behind +=
        memmem(memory, malloc_usable_size((void *)memory), mark, sizeof mark - 1) != NULL;
}

static void overwritten(void **state)
{
    char bytes[200];
    const char *text;

    (void)state;
    (void)snprintf(bytes, sizeof bytes, "{\"%s\":\"%s\"}", mark, mark);
    faults_free = look;
    struct json *json = parse(bytes);
    assert_int_equal(json_get_text(&top, mark, JSON_MUST, 100, &text, &why), OUTCOME_OK);
    json_free(&json);
    faults_free = NULL;
    assert_true(freed > 5);
    assert_int_equal(left_behind, 0);
}

FACTS(FACT(not_json, "json_parse: what is not one object in UTF-8 is refused, and why"),
      FACT(bounds, "json_parse: size, depth and number of values are bounded"),
      FACT(texts, "json_get_text: clean and not too long, or its field is named"),
      FACT(numbers, "json_get_number: whole and in range, or its field is named"),
      FACT(flags, "json_get_flag: true or false and nothing like it"),
      FACT(secrets, "json_get_secret: printable ASCII, as a secret of its own"),
      FACT(lists, "json_get_texts: a list, where it may be so one text, each checked"),
      FACT(inside, "json_get_list, json_get_object: errors name the whole way"),
      FACT(fails_everywhere, "json: without memory at any point it is no-memory"),
      FACT(fails_in_texts, "json_parse: without memory for the end of a text nothing else is read"),
      FACT(overwritten, "json_free: what it read is overwritten"))
