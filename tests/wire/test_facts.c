/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "wire/frames.h"

static struct why why;

static struct message *person(void)
{
    struct message *message = message_new(MESSAGE_RESULT);

    message_add(message, SLOT_IDENTITY, "default");
    message_add(message, SLOT_PRINCIPAL, "alice@CORP.EXAMPLE");
    message_add(message, SLOT_DISPLAY_NAME, "Alice \"Q\" M\xc3\xbcller\\");
    message_add_number(message, SLOT_PASSWORD_END, -1);
    message_add_number(message, SLOT_PASSWORD_NEVER_ENDS, 0);
    message_add_pair(message, SLOT_GROUP, "S-1-5-11", "Authenticated Users");
    message_add_pair(message, SLOT_GROUP, "S-1-1-0", "Everyone");
    message_add_pair(message, SLOT_ATTRIBUTE, "department", "");
    return message;
}

static const char saved[] = "principal alice@CORP.EXAMPLE\n"
                            "display_name Alice \"Q\" M\xc3\xbcller\\\n"
                            "password_end -1\n"
                            "password_never_ends 0\n"
                            "groups S-1-5-11\tAuthenticated Users\n"
                            "groups S-1-1-0\tEveryone\n"
                            "attributes department\t\n";

static void round_trip(void **state)
{
    message_auto *message = person(), *back = message_new(MESSAGE_RESULT);
    text_auto *lines = text_new(4096), *again = text_new(4096);

    (void)state;
    message_save(message, lines);
    assert_string_equal(text_peek(lines), saved);
    assert_int_equal(message_load(back, text_peek(lines), text_length(lines), &why), 0);
    message_save(back, again);
    assert_string_equal(text_peek(again), saved);
    assert_false(message_has(back, SLOT_IDENTITY));
}

static void digests(void **state)
{
    message_auto *message = person(), *other = person();
    uint64_t one[SLOT_END], two[SLOT_END];

    (void)state;
    message_digests(message, one);
    message_digests(other, two);
    assert_memory_equal(one, two, sizeof one);
    assert_int_equal(one[SLOT_DISPLAY_NAME] && one[SLOT_PASSWORD_NEVER_ENDS], true);
    assert_int_equal(one[SLOT_SURNAME], 0);
    message_add_pair(other, SLOT_GROUP, "S-1-5-2", "Network"); /* the third of several */
    message_drop(other, SLOT_PASSWORD_END);
    message_add_number(other, SLOT_PASSWORD_END, -2);
    message_digests(other, two);
    for (unsigned i = 0; i < SLOT_END; i++)
        assert_int_equal(one[i] != two[i], i == SLOT_GROUP || i == SLOT_PASSWORD_END);
    message_digests(NULL, one);
    assert_int_equal(one[SLOT_PRINCIPAL], 0);
}

static void damaged(void **state)
{
    static const struct {
        const char *lines;
        size_t length;
    } rows[] = {
#define ROW(lines) { lines, sizeof lines - 1 }
        ROW("nonsense\n"),
        ROW("colour red\n"),
        ROW("verb status\n"),
        ROW("answer secret\n"),
        ROW("principal a\033b\n"),
        ROW("principal a\xff\n"),
        ROW("principal a\0b\n"),
        ROW("principal a\nprincipal b\n"),
        ROW("password_end soon\n"),
        ROW("password_end \n"),
        ROW("password_end 1x\n"),
        ROW("password_end 99999999999999999999\n"),
        ROW("password_never_ends 2\n"),
        ROW("password_never_ends -1\n"),
        ROW("groups no tab\n"),
        ROW("groups \tname\n"),
        ROW("groups a\tb\tc\n"),
        ROW("groups a\t\xff\n"),
        ROW("\x7f\x45\x4c\x46"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        message_auto *message = message_new(MESSAGE_REQUEST);
        enum outcome out = message_load(message, rows[i].lines, rows[i].length, &why);
        if (!out)
            fail_msg("accepted: %s", rows[i].lines);
        test_reason(out, &why, REASON_BAD_SETTING, "makes no sense");
    }
}

static void too_long(void **state)
{
    message_auto *message = message_new(MESSAGE_REQUEST);
    char line[6000] = "groups ";

    (void)state;
    memset(line + 7, 'x', 5000);
    (void)strcpy(line + 5007, "\tname\n");
    test_reason(message_load(message, line, strlen(line), &why), &why, REASON_BAD_SETTING,
                "line 1 makes no sense");
    (void)strcpy(line, "principal ");
    memset(line + 10, 'x', 513);
    (void)strcpy(line + 523, "\n");
    test_reason(message_load(message, line, strlen(line), &why), &why, REASON_BAD_SETTING,
                "line 1 makes no sense");
}

static void empty_lines(void **state)
{
    message_auto *message = message_new(MESSAGE_REQUEST);

    (void)state;
    assert_int_equal(message_load(message, "", 0, &why), 0);
    assert_int_equal(message_load(message, "\n\ndc dc1.corp.example", 21, &why), 0);
    assert_string_equal(message_text(message, SLOT_DC), "dc1.corp.example");
}

static void added(void **state)
{
    message_auto *message = message_new(MESSAGE_RESULT), *from = person();
    text_auto *lines = text_new(4096);

    (void)state;
    message_add(message, SLOT_PRINCIPAL, "bob@CORP.EXAMPLE");
    message_add_pair(message, SLOT_GROUP, "S-1-5-9", "DCs");
    message_add_facts(message, from);
    message_save(message, lines);
    assert_string_equal(text_peek(lines), "principal bob@CORP.EXAMPLE\n"
                                          "groups S-1-5-9\tDCs\n"
                                          "display_name Alice \"Q\" M\xc3\xbcller\\\n"
                                          "password_end -1\n"
                                          "password_never_ends 0\n"
                                          "attributes department\t\n");
    assert_false(message_has(message, SLOT_IDENTITY));
}

static void json(void **state)
{
    message_auto *message = person();
    text_auto *json = text_new(4096);
    char back[512] = "";

    (void)state;
    text_add(json, "{");
    message_json(message, json);
    text_add(json, "}");
    test_write("facts.json", text_peek(json), text_length(json));
    if (access("/usr/bin/jq", X_OK))
        test_skip("jq is not installed");
    FILE *jq = popen("/usr/bin/jq -r '.identity, .principal, .display_name, .password_end,"
                     " .password_never_ends, .groups[1].name, .groups[0].sid,"
                     " .attributes[0].value, (keys|length)' facts.json",
                     "r");
    assert_non_null(jq);
    assert_true(fread(back, 1, sizeof back - 1, jq) > 0);
    assert_int_equal(pclose(jq), 0);
    assert_string_equal(back,
                        "default\nalice@CORP.EXAMPLE\nAlice \"Q\" M\xc3\xbcller\\\n-1\nfalse\n"
                        "Everyone\nS-1-5-11\n\n7\n");
}

FACTS(FACT(round_trip, "message_save: message_load reads back every fact, and only facts"),
      FACT(damaged, "message_load: a damaged line is refused with its number"),
      FACT(too_long, "message_load: a value that is too long is refused"),
      FACT(empty_lines, "message_load: empty lines and a missing last line break are fine"),
      FACT(digests, "message_digests: other values of a slot, another number for it"),
      FACT(added, "message_add_facts: adds what is not there, keeps what is"),
      FACT(json, "message_json: jq reads every value back"))
