/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "wire/frames.h"

static struct why why;
static struct frame frame;

static void refused(const char *words)
{
    message_auto *message = NULL;

    test_reason(frame_parse(&frame, &message, &why), &why, REASON_PROTOCOL, words);
    assert_null(message);
}

/* Finishes it and takes it in again, as the other side would. */
static struct message *again(struct message *message)
{
    const struct secret *bytes;
    struct message *back = NULL;

    assert_int_equal(message_finish(message, &bytes, &why), 0);
    struct secret *copy = secret_copy(bytes);
    if (message_parse(&copy, &back, &why))
        fail_msg("%s", why.text);
    return back;
}

static void round_trip(void **state)
{
    message_auto *message = message_new(MESSAGE_REQUEST);

    (void)state;
    message_add(message, SLOT_VERB, "sign-in");
    message_add(message, SLOT_IDENTITY, "default");
    message_add(message, SLOT_LOGIN, "m\xc3\xbcller");
    message_add(message, SLOT_CCACHE, NULL);
    message_add_number(message, SLOT_TICKET_ONLY, 1);
    message_add_number(message, SLOT_PASSWORD_END, INT64_MIN);
    message_add_pair(message, SLOT_GROUP, "S-1-5-11", "Authenticated\tUsers");
    message_add_pair(message, SLOT_GROUP, "S-1-1-0", "");
    message_auto *back = again(message);
    assert_int_equal(message_kind(back), MESSAGE_REQUEST);
    assert_string_equal(message_text(back, SLOT_VERB), "sign-in");
    assert_string_equal(message_text(back, SLOT_LOGIN), "m\xc3\xbcller");
    assert_false(message_has(back, SLOT_CCACHE));
    assert_null(message_text(back, SLOT_CCACHE));
    assert_int_equal(message_number(back, SLOT_TICKET_ONLY, 7), 1);
    assert_int_equal(message_number(back, SLOT_PASSWORD_END, 7), INT64_MIN);
    assert_int_equal(message_number(back, SLOT_TICKET_END, 7), 7);
    struct slot_value value;
    int pairs = 0;
    for (size_t at = 0; message_next(back, &at, &value);)
        if (value.slot == SLOT_GROUP && !pairs++) {
            assert_memory_equal(value.text, "S-1-5-11\t", 9);
            assert_string_equal(value.second, "Authenticated?Users");
        }
    assert_int_equal(pairs, 2);
}

static void every_kind(void **state)
{
    (void)state;
    for (int kind = 1; kind < MESSAGE_END; kind++) {
        message_auto *message = message_new((enum message_kind)kind);
        const struct secret *bytes;
        assert_int_equal(message_kind(message), kind);
        assert_int_equal(message_finish(message, &bytes, &why), 0);
    }
}

static void required_slots(void **state)
{
    static const struct {
        unsigned kind, slots[4];
    } rows[] = {
        { MESSAGE_REQUEST, { SLOT_VERB, SLOT_IDENTITY } },
        { MESSAGE_STEP, { SLOT_LINE } },
        { MESSAGE_QUESTION, { SLOT_QUESTION, SLOT_QUESTION_KIND, SLOT_LINE } },
        { MESSAGE_ANSWER, { 0 } },
        { MESSAGE_EVENT, { SLOT_EVENT } },
        { MESSAGE_RESULT, { SLOT_OUTCOME, SLOT_REASON } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int missing = -1; missing < 4; missing++) {
            message_auto *message = NULL;
            if (missing >= 0 && !rows[i].slots[missing])
                break;
            frame_begin(&frame, rows[i].kind);
            for (int s = 0; s < 4 && rows[i].slots[s]; s++)
                if (s == missing)
                    continue;
                else if (slot_row(rows[i].slots[s])->kind == SLOT_NUMBER)
                    frame_number(&frame, rows[i].slots[s], 1);
                else
                    frame_text(&frame, rows[i].slots[s], "x");
            if (missing >= 0)
                refused("lacks slot");
            else
                assert_int_equal(frame_parse(&frame, &message, &why), 0);
        }
}

static void foreign_slots(void **state)
{
    (void)state;
    frame_request(&frame);
    frame_text(&frame, SLOT_ANSWER, "secret");
    refused("carries slot 15");
    frame_request(&frame);
    frame_text(&frame, 99, "x");
    refused("carries slot 99");
    frame_request(&frame);
    frame_text(&frame, 0, "x");
    refused("carries slot 0");
    frame_request(&frame);
    frame_text(&frame, 128, "x");
    refused("carries slot 128");
    frame_request(&frame);
    frame_text(&frame, 65535, "x");
    refused("carries slot 65535");
    frame_begin(&frame, MESSAGE_CANCEL);
    frame_text(&frame, SLOT_LINE, "x");
    refused("carries slot 10");
    frame_request(&frame);
    frame.bytes[HEADER_SIZE + 2] = 1; /* the zero of the first head */
    refused("carries slot 1");
}

static void twice(void **state)
{
    (void)state;
    frame_request(&frame);
    frame_text(&frame, SLOT_IDENTITY, "other");
    refused("bad value in slot identity");
    frame_begin(&frame, MESSAGE_QUESTION);
    for (int i = 0; i < 17; i++)
        frame_text(&frame, SLOT_CHOICE, "c");
    refused("bad value in slot choice");
}

static void bad_values(void **state)
{
    static const struct {
        unsigned slot;
        const char *bytes;
        size_t length;
    } rows[] = {
        { SLOT_LOGIN, "a\0b", 3 },           { SLOT_LOGIN, "\xff", 1 },
        { SLOT_LOGIN, "\xc0\xaf", 2 },       { SLOT_LOGIN, "a\nb", 3 },
        { SLOT_LOGIN, "\xe2\x80\xae", 3 },   { SLOT_LOGIN, "\xc3", 1 },
        { SLOT_LOG, "1234567", 7 },          { SLOT_LOG, "", 0 },
        { SLOT_TICKET_END, "123456789", 9 }, { SLOT_TICKET_ONLY, "\2\0\0\0\0\0\0\0", 8 },
        { SLOT_TICKET_ONLY, "\1", 1 },       { SLOT_GROUP, "no tab", 6 },
        { SLOT_GROUP, "\tname", 5 },         { SLOT_GROUP, "a\tb\tc", 5 },
        { SLOT_GROUP, "a\nb\tc", 5 },        { SLOT_GROUP, "", 0 },
        { SLOT_GROUP, "a\t\xff", 3 },        { SLOT_GROUP, "a\0\tb", 4 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        frame_request(&frame);
        frame_slot(&frame, rows[i].slot, rows[i].bytes, rows[i].length);
        refused("bad value in slot");
    }
}

static void too_long(void **state)
{
    char text[9000];

    (void)state;
    memset(text, 'x', sizeof text);
    for (unsigned slot = SLOT_LOGIN; slot <= SLOT_CCACHE; slot++) {
        message_auto *message = NULL;
        frame_request(&frame);
        frame_slot(&frame, slot, text, slot_row(slot)->bytes);
        assert_int_equal(frame_parse(&frame, &message, &why), 0);
        frame_request(&frame);
        frame_slot(&frame, slot, text, slot_row(slot)->bytes + 1);
        refused("bad value in slot");
    }
    frame_begin(&frame, MESSAGE_ANSWER);
    frame_slot(&frame, SLOT_ANSWER, text, slot_row(SLOT_ANSWER)->bytes + 1);
    refused("bad value in slot answer");
}

static void no_closing_nul(void **state)
{
    (void)state;
    frame_request(&frame);
    frame.bytes[frame.length - 1] = 'x';
    refused("bad value in slot identity");
}

static void cut_anywhere(void **state)
{
    (void)state;
    frame_request(&frame);
    const size_t whole = frame.length;
    for (size_t length = 0; length < whole; length++) {
        message_auto *message = NULL;
        frame.length = length;
        if (length >= HEADER_SIZE)
            frame_end(&frame, 0);
        test_reason(frame_parse(&frame, &message, &why), &why, REASON_PROTOCOL, "message");
    }
    frame.length = whole;
    frame_end(&frame, 0);
    frame.bytes[frame.length++] = 0;
    refused("another length");
    frame_end(&frame, 0);
    refused("is cut");
    frame_request(&frame);
    frame_end(&frame, 1);
    refused("another length");
}

static void huge_length(void **state)
{
    (void)state;
    frame_request(&frame);
    frame_head(&frame, SLOT_LOGIN, UINT32_MAX);
    frame_end(&frame, 0);
    refused("is cut");
    frame_request(&frame);
    frame_head(&frame, SLOT_LOGIN, 0);
    frame_end(&frame, 0);
    refused("is cut");
}

static void headers(void **state)
{
    unsigned char header[HEADER_SIZE] = { 'C', 'h', 1, 1 };
    uint32_t size = MESSAGE_MOST - HEADER_SIZE;

    (void)state;
    memcpy(header + 4, &size, sizeof size);
    assert_int_equal(message_size(header, &size, &why), 0);
    size++;
    memcpy(header + 4, &size, sizeof size);
    test_reason(message_size(header, &size, &why), &why, REASON_PROTOCOL, "a message of");
    header[3] = MESSAGE_END;
    test_reason(message_size(header, &size, &why), &why, REASON_PROTOCOL, "unknown message");
    header[3] = 0;
    test_reason(message_size(header, &size, &why), &why, REASON_PROTOCOL, "unknown message 0");
    header[2] = 2;
    test_reason(message_size(header, &size, &why), &why, REASON_PROTOCOL, "no message of version");
    memcpy(header, "HTTP", 4);
    test_reason(message_size(header, &size, &why), &why, REASON_PROTOCOL, "no message of version");
}

static void secrets(void **state)
{
    message_auto *message = message_new(MESSAGE_ANSWER);
    secret_auto *password = secret_new(1024);

    (void)state;
    (void)secret_append(password, "p\0\xff\n", 4);
    message_add_secret(message, SLOT_ANSWER, password);
    message_auto *back = again(message);
    secret_auto *got = message_secret(back, SLOT_ANSWER);
    assert_int_equal(secret_length(got), 4);
    assert_memory_equal(secret_peek(got), "p\0\xff\n", 4);
    assert_null(message_secret(back, SLOT_LINE));
}

static void does_not_fit(void **state)
{
    message_auto *message = message_new(MESSAGE_ANSWER);
    secret_auto *password = secret_new(8193);
    const struct secret *bytes;
    char many[8193] = { 1 };

    (void)state;
    (void)secret_append(password, many, sizeof many);
    message_add_secret(message, SLOT_ANSWER, password);
    test_reason(message_finish(message, &bytes, &why), &why, REASON_BROKEN, "does not fit");
}

static void texts_cut(void **state)
{
    message_auto *message = message_new(MESSAGE_STEP);
    char line[1100];

    (void)state;
    memset(line, 'x', 1023);
    (void)strcpy(line + 1023, "\xe2\x82\xac and more");
    message_add(message, SLOT_LINE, line);
    message_auto *back = again(message);
    assert_int_equal(strlen(message_text(back, SLOT_LINE)), 1023);
}

static void bad_pairs(void **state)
{
    static char longer[5000];
    static const char *const firsts[] = { "", "a\tb", "a\nb", "\xff", longer };

    (void)state;
    memset(longer, 'x', sizeof longer - 1);
    for (size_t i = 0; i < COUNT(firsts); i++) {
        message_auto *message = message_new(MESSAGE_RESULT);
        const struct secret *bytes;
        message_add_pair(message, SLOT_GROUP, firsts[i], "name");
        test_reason(message_finish(message, &bytes, &why), &why, REASON_BROKEN, "does not fit");
    }
}

static void grows(void **state)
{
    message_auto *message = message_new(MESSAGE_RESULT);
    char sid[32];
    int count = 0;
    struct slot_value value;

    (void)state;
    message_add_number(message, SLOT_OUTCOME, 0);
    message_add(message, SLOT_REASON, "ok");
    for (int i = 0; i < 10000; i++) {
        (void)snprintf(sid, sizeof sid, "S-1-5-21-%d", i);
        message_add_pair(message, SLOT_GROUP, sid, "a group");
    }
    message_auto *back = again(message);
    for (size_t at = 0; message_next(back, &at, &value);)
        count += value.slot == SLOT_GROUP;
    assert_int_equal(count, 10000);
}

static void bounded(void **state)
{
    message_auto *message = message_new(MESSAGE_RESULT);
    const struct secret *bytes;
    char name[1100];

    (void)state;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < 4000; i++)
        message_add_pair(message, SLOT_GROUP, "S", name);
    test_reason(message_finish(message, &bytes, &why), &why, REASON_BROKEN, "does not fit");
}

static void drops(void **state)
{
    message_auto *message = message_new(MESSAGE_RESULT);

    (void)state;
    message_add_number(message, SLOT_OUTCOME, 0);
    message_add(message, SLOT_REASON, "ok");
    message_add_pair(message, SLOT_GROUP, "S-1", "a");
    message_add(message, SLOT_DOMAIN, "corp.example");
    message_add_pair(message, SLOT_GROUP, "S-2", "b");
    message_drop(message, SLOT_GROUP);
    message_drop(message, SLOT_SITE);
    message_add(message, SLOT_SITE, "HQ");
    message_auto *back = again(message);
    assert_false(message_has(back, SLOT_GROUP));
    assert_string_equal(message_text(back, SLOT_DOMAIN), "corp.example");
    assert_string_equal(message_text(back, SLOT_SITE), "HQ");
}

static void slot_table(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SLOT_END; i++)
        for (unsigned j = 0; j < i && slot_row(i)->name; j++)
            assert_true(!slot_row(j)->name || strcmp(slot_row(i)->name, slot_row(j)->name) != 0);
    for (unsigned i = FACT_FIRST; i <= FACT_LAST; i++)
        assert_true(!slot_row(i)->name || slot_row(i)->kind != SLOT_SECRET);
}

FACTS(FACT(round_trip, "message: what was built is what the other side reads"),
      FACT(every_kind, "message_new: every kind can be built"),
      FACT(required_slots, "message_parse: each required slot is required"),
      FACT(foreign_slots, "message_parse: unknown and foreign slots are refused"),
      FACT(twice, "message_parse: a slot too often is refused"),
      FACT(bad_values, "message_parse: NUL, bad UTF-8, bad numbers and bad pairs are refused"),
      FACT(too_long, "message_parse: a value one byte too long is refused"),
      FACT(no_closing_nul, "message_parse: a value without its NUL is refused"),
      FACT(cut_anywhere, "message_parse: a frame cut at any byte is refused"),
      FACT(huge_length, "message_parse: a length beyond the frame is refused"),
      FACT(headers, "message_size: magic, version, kind and size are checked"),
      FACT(secrets, "message_secret: any bytes arrive as they were"),
      FACT(does_not_fit, "message_finish: a secret that is too long fails"),
      FACT(texts_cut, "message_add: a long text is cut between characters"),
      FACT(bad_pairs, "message_add_pair: a first that is no word of a pair fails"),
      FACT(grows, "message_add_pair: 10000 groups fit"),
      FACT(bounded, "message_finish: more than 2 MiB fails"),
      FACT(drops, "message_drop: the slot is gone, the others stay"),
      FACT(slot_table, "messages.def: slot names are unique, and no fact is a secret"))
