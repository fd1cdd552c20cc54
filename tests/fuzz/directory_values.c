/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "directory/entry.h"
#include "directory/filetime.h"
#include "directory/password.h"
#include "directory/sid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void number(const uint8_t *data, size_t size)
{
    char text[64];
    enum filetime_kind kind;
    int64_t value;
    time_t at;

    size = size < sizeof text ? size : sizeof text - 1;
    memcpy(text, data, size);
    text[size] = '\0';
    if (!filetime_number(text, &value))
        return;
    (void)filetime_at(value, &kind, &at);
    if (filetime_span(value) < 0)
        __builtin_trap();
    struct password_facts facts = { .has_set = true,
                                    .set = value,
                                    .max_age_known = true,
                                    .max_age = filetime_span(-value == value ? 0 : -value) };
    (void)password_end_of(&facts, &at);
}

static void text(const uint8_t *data, size_t size)
{
    struct berval value = { size, (char *)data };
    char *made = entry_value(&value);

    if (made && !text_is_clean(made, strlen(made)))
        __builtin_trap();
    free(made);
}

/* The first byte says which kind of value the rest is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char sid[SID_TEXT], guid[GUID_TEXT];

    if (!size)
        return 0;
    switch (data[0] % 4) {
    case 0:
        number(data + 1, size - 1);
        break;
    case 1:
        (void)sid_text(data + 1, size - 1, sid);
        break;
    case 2:
        (void)guid_text(data + 1, size - 1, guid);
        break;
    default:
        text(data + 1, size - 1);
    }
    return 0;
}
