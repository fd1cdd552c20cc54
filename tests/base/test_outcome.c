/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static void fail_tells(void **state)
{
    struct why why = { 0 };

    (void)state;
    assert_int_equal(fail(&why, REASON_NO_DC, "no answer from %s in %d s", "dc1", 3),
                     OUTCOME_OFFLINE);
    assert_int_equal(why.reason, REASON_NO_DC);
    assert_string_equal(why.text, "no answer from dc1 in 3 s");
}

static void fail_in_grows(void **state)
{
    struct why why = { 0 };

    (void)state;
    (void)fail(&why, REASON_WRONG_PASSWORD, "dc1 refused");
    assert_int_equal(fail_in(&why, "getting a ticket for %s", "alice"), OUTCOME_DENIED);
    assert_int_equal(fail_in(&why, "sign-in"), OUTCOME_DENIED);
    assert_string_equal(why.text, "sign-in: getting a ticket for alice: dc1 refused");
    assert_int_equal(why.reason, REASON_WRONG_PASSWORD);
}

static void fail_cuts(void **state)
{
    struct why why = { 0 };
    char long_text[3000];

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    (void)fail(&why, REASON_BROKEN, "%s", long_text);
    assert_int_equal(strlen(why.text), sizeof why.text - 1);
    (void)fail_in(&why, "step");
    assert_int_equal(strlen(why.text), sizeof why.text - 1);
    assert_memory_equal(why.text, "step: xxx", 9);
    (void)fail_in(&why, "%s", long_text);
    assert_int_equal(strlen(why.text), sizeof why.text - 1);
}

static void fail_cleans(void **state)
{
    struct why why = { 0 };

    (void)state;
    (void)fail(&why, REASON_BROKEN, "a\nb\033[2Jc\xff\xe2\x80\xae");
    assert_string_equal(why.text, "a?b?[2Jc????");
    (void)fail_in(&why, "x\ty");
    assert_string_equal(why.text, "x?y: a?b?[2Jc????");
    char many[1100];
    for (size_t i = 0; i + 1 < sizeof many; i += 2)
        (void)memcpy(many + i, "\xc3\xa9", 2);
    many[sizeof many - 2] = '\0';
    (void)fail(&why, REASON_BROKEN, "%s", many);
    assert_true(text_is_clean(why.text, strlen(why.text)));
}

static void memory(void **state)
{
    struct why why = { 0 };

    (void)state;
    test_reason(fail_memory(&why), &why, REASON_NO_MEMORY, "out of memory");
}

static void reasons_belong(void **state)
{
    (void)state;
    for (int i = 0; i < REASON_COUNT; i++) {
        enum reason reason = (enum reason)i;
        assert_true(reason_outcome(reason) < OUTCOME_COUNT);
        assert_int_equal(reason_outcome(reason) == OUTCOME_OK, reason == REASON_NONE);
        assert_true(*reason_sentence(reason));
        assert_true(reason == REASON_NONE || *reason_remedy(reason));
    }
}

static void words_unique(void **state)
{
    (void)state;
    for (int i = 0; i < REASON_COUNT; i++) {
        const char *word = reason_word((enum reason)i);
        enum reason found = REASON_COUNT;
        assert_true(reason_parse(word, &found));
        assert_int_equal(found, i);
        assert_int_equal(strspn(word, "abcdefghijklmnopqrstuvwxyz-"), strlen(word));
        assert_true(strlen(word) <= 32);
    }
}

static void parse_strangers(void **state)
{
    enum reason found = REASON_NO_DC;

    (void)state;
    assert_false(reason_parse("", &found));
    assert_false(reason_parse("no-d", &found));
    assert_false(reason_parse("NO-DC", &found));
    assert_int_equal(found, REASON_NO_DC);
}

static void statuses(void **state)
{
    (void)state;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        int status = outcome_exit_status((enum outcome)i);
        assert_true(status >= 0 && status < 64);
        assert_true(*outcome_name((enum outcome)i) && *outcome_sentence((enum outcome)i));
        for (int j = 0; j < i; j++)
            assert_int_not_equal(status, outcome_exit_status((enum outcome)j));
    }
    assert_int_equal(outcome_exit_status(OUTCOME_OK), 0);
}

static void has_reason(void **state)
{
    (void)state;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        bool found = false;
        for (int r = 0; r < REASON_COUNT; r++)
            found = found || reason_outcome((enum reason)r) == (enum outcome)i;
        assert_true(found);
    }
}

FACTS(FACT(fail_tells, "fail: gives the outcome of the reason and one line of text"),
      FACT(fail_in_grows, "fail_in: puts the caller's step in front and keeps the reason"),
      FACT(fail_cuts, "fail: a text that is too long is cut at its end"),
      FACT(fail_cleans, "fail: control characters and broken UTF-8 become question marks"),
      FACT(memory, "fail_memory: is BROKEN, no-memory"),
      FACT(reasons_belong, "outcome.def: every reason belongs to an outcome and has a remedy"),
      FACT(words_unique, "outcome.def: the words of the reasons are unique and plain"),
      FACT(parse_strangers, "reason_parse: an unknown word changes nothing"),
      FACT(statuses, "outcome.def: every outcome has an exit status of its own"),
      FACT(has_reason, "outcome.def: every outcome has a reason"))
