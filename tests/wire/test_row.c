/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "wire/frames.h"
#include "wire/row.h"

static struct why why;
static struct frame frame;

static struct message *result(void)
{
    struct message *message = message_new(MESSAGE_RESULT);

    message_add_number(message, SLOT_OUTCOME, 0);
    message_add(message, SLOT_REASON, "ok");
    return message;
}

static bool column_is(const struct slot_value *value, unsigned column, const char *text)
{
    size_t length;
    const char *bytes = message_column(value, column, &length);

    return length == strlen(text) && !memcmp(bytes, text, length);
}

static void columns(void **state)
{
    const char *const texts[] = { "clock", "dc1", "bad", "clock-skew", "9 s\tbehind", "" };
    message_auto *message = result();
    const struct secret *bytes;
    struct slot_value value;
    int rows = 0;

    (void)state;
    message_add_row(message, SLOT_CHECK, texts);
    message_add_row(message, SLOT_CHECK, texts);
    assert_int_equal(message_finish(message, &bytes, &why), 0);
    for (size_t at = 0; message_next(message, &at, &value);) {
        if (value.slot != SLOT_CHECK)
            continue;
        assert_true(column_is(&value, 0, "clock") && column_is(&value, 1, "dc1"));
        assert_true(column_is(&value, 2, "bad") && column_is(&value, 3, "clock-skew"));
        assert_true(column_is(&value, 4, "9 s?behind") && column_is(&value, 5, ""));
        rows++;
    }
    assert_int_equal(rows, 2);
    text_auto *json = text_new(4096);
    message_json(message, json);
    assert_non_null(strstr(text_peek(json),
                           "{\"check\":\"clock\",\"server\":\"dc1\",\"state\":\"bad\","
                           "\"reason\":\"clock-skew\",\"found\":\"9 s?behind\",\"remedy\":\"\"}"));
}

static void long_ones(void **state)
{
    static char text[8000];
    const char *const texts[] = { "x", text, text, text, text, text };
    message_auto *message = result();
    const struct secret *bytes;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    message_add_row(message, SLOT_CHECK, texts);
    assert_int_equal(message_finish(message, &bytes, &why), 0);
    message_add_row(message, SLOT_CHECK, (const char *const[]){ "", "", "", "", "", "" });
    test_reason(message_finish(message, &bytes, &why), &why, REASON_BROKEN, "does not fit");
}

static void not_saved(void **state)
{
    const char *const texts[] = { "clock", "", "good", "ok", "", "" };
    message_auto *message = result();
    text_auto *lines = text_new(4096);

    (void)state;
    message_add_row(message, SLOT_CHECK, texts);
    message_save(message, lines);
    assert_string_equal(text_peek(lines), "");
}

static void foreign(void **state)
{
    static const char *const bad[] = { "",
                                       "a",
                                       "a\tb\tc\td\te",
                                       "a\tb\tc\td\te\tf\tg",
                                       "\tb\tc\td\te\tf",
                                       "a\tb\n\tc\td\te\tf",
                                       "a\tb\tc\td\te\t\xff" };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        message_auto *message = NULL;
        frame_begin(&frame, MESSAGE_RESULT);
        frame_number(&frame, SLOT_OUTCOME, 0);
        frame_text(&frame, SLOT_REASON, "ok");
        frame_text(&frame, SLOT_CHECK, bad[i]);
        test_reason(frame_parse(&frame, &message, &why), &why, REASON_PROTOCOL, "slot checks");
    }
}

static void copied(void **state)
{
    const char *const texts[] = { "clock", "dc1", "bad", "clock-skew", "", "" };
    message_auto *message = result(), *other = result();
    uint64_t digests[SLOT_END], others[SLOT_END];

    (void)state;
    for (int i = 0; i < 2; i++)
        message_add_row(message, SLOT_CHECK, texts);
    message_add(message, SLOT_DC, "dc1");
    message_copy(other, message, SLOT_CHECK);
    message_digests(message, digests);
    message_digests(other, others);
    assert_true(digests[SLOT_CHECK] && digests[SLOT_CHECK] == others[SLOT_CHECK]);
    assert_false(message_has(other, SLOT_DC));
}

FACTS(FACT(columns, "row: each column comes back, in JSON by its name"),
      FACT(long_ones, "row: long texts are cut to their share, an empty first one is refused"),
      FACT(copied, "row: those of one slot go over to another message as they are"),
      FACT(not_saved, "row: the state file has none"),
      FACT(foreign, "row: another number of columns, or text that is not clean, is refused"))
