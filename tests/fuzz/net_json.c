/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "net/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 4096 };

static void trust(bool it)
{
    if (!it)
        __builtin_trap();
}

/* Each getter gives what it promises, or its error is clean and names the field. */
static void get(const struct json_at *at, const char *key)
{
    struct json_list texts, list;
    struct json_at inside;
    secret_auto *secret = NULL;
    const char *text;
    int64_t number = 0;
    bool flag = false;
    struct why why;

    if (json_get_text(at, key, JSON_MUST, MOST, &text, &why))
        trust(strstr(why.text, key) && why.reason == REASON_BAD_ANSWER);
    else
        trust(*text && strlen(text) <= MOST && text_is_clean(text, strlen(text)));
    if (!json_get_secret(at, key, JSON_MAY, MOST, &secret, &why) && secret)
        trust(secret_length(secret) == strlen(secret_peek(secret)));
    if (!json_get_number(at, key, JSON_MUST, -5, 5, &number, &why))
        trust(number >= -5 && number <= 5);
    (void)json_get_flag(at, key, JSON_MAY, &flag, &why);
    if (!json_get_texts(at, key, JSON_MAY | JSON_OR_ONE, 8, MOST, &texts, &why))
        for (size_t i = 0; i < texts.count; i++)
            trust(json_lists(&texts, json_text_of(&texts, i)));
    if (!json_get_list(at, key, JSON_MAY, 8, &list, &why))
        for (size_t i = 0; i < list.count; i++)
            if (json_object_of(&list, i, &inside))
                get(&inside, "a");
    if (!json_get_object(at, key, JSON_MAY, &inside, &why) && inside.object)
        get(&inside, "a");
    trust(text_is_clean(why.text, strlen(why.text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_auto *json = NULL;
    struct json_at top;
    struct why why = { 0 };

    if (json_parse("fuzz", (const char *)data, size, MOST, &json, &top, &why))
        trust(!json && why.reason == REASON_BAD_ANSWER && strstr(why.text, "fuzz"));
    else
        get(&top, "a");
    return 0;
}
