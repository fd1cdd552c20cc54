/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"

static void whole(struct text *json)
{
    json_open(json, NULL, '{');
    json_text(json, "a", "b");
    json_number(json, "n", INT64_MIN);
    json_bool(json, "t", true);
    json_open(json, "list", '[');
    json_text(json, NULL, "");
    json_number(json, NULL, 0);
    json_open(json, NULL, '{');
    json_close(json, '}');
    json_close(json, ']');
    json_bool(json, "f", false);
    json_close(json, '}');
}

static void writes(void **state)
{
    text_auto *json = text_new(1000);

    (void)state;
    whole(json);
    assert_string_equal(text_peek(json), "{\"a\":\"b\",\"n\":-9223372036854775808,\"t\":true,"
                                         "\"list\":[\"\",0,{}],\"f\":false}");
}

static void brackets_in_text(void **state)
{
    text_auto *json = text_new(1000);

    (void)state;
    json_open(json, NULL, '[');
    json_text(json, NULL, "{");
    json_text(json, NULL, "[");
    json_close(json, ']');
    assert_string_equal(text_peek(json), "[\"{\",\"[\"]");
}

/* All characters from 1 to 0x7f, quotes and UTF-8, through jq and back. */
static void parsed_back(void **state)
{
    char all[200], back[200] = "";
    size_t length = 0;
    text_auto *json = text_new(4000);

    (void)state;
    for (int c = 1; c < 0x80; c++)
        all[length++] = (char)c;
    (void)strcpy(all + length, "\"\\/\xc3\xa9\xf0\x9f\x94\x91");
    json_open(json, NULL, '{');
    json_text(json, "a \"key\" \n", all);
    json_close(json, '}');
    test_write("all.json", text_peek(json), text_length(json));
    if (access("/usr/bin/jq", X_OK))
        test_skip("jq is not installed");
    FILE *jq = popen("/usr/bin/jq -j '.[\"a \\\"key\\\" \\n\"]' all.json", "r");
    assert_non_null(jq);
    assert_int_equal(fread(back, 1, sizeof back - 1, jq), strlen(all));
    assert_int_equal(pclose(jq), 0);
    assert_string_equal(back, all);
}

static void full(void **state)
{
    text_auto *json = text_new(20);

    (void)state;
    whole(json);
    assert_false(text_ok(json));
}

FACTS(FACT(writes, "json: commas, keys, numbers and brackets are where they belong"),
      FACT(brackets_in_text, "json_text: a bracket in a text is no bracket"),
      FACT(parsed_back, "json_text: jq reads back what was written, every character"),
      FACT(full, "json: what does not fit its text is noted there"))
