/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/asker.h"

static char shown[300];
static const char *typed;
static bool gone;
static struct why why;

static void step(struct asker *asker, const char *line)
{
    (void)asker;
    (void)snprintf(shown, sizeof shown, "%s", line);
}

static enum outcome ask(struct asker *asker, const struct question *question,
                        struct secret **answer, struct why *reason)
{
    (void)asker;
    (void)question;
    if (!typed)
        return fail(reason, REASON_NOBODY_TO_ASK, "nobody");
    *answer = secret_new(2000);
    (void)secret_append(*answer, typed, strlen(typed));
    return OUTCOME_OK;
}

static bool cancelled(struct asker *asker)
{
    (void)asker;
    return gone;
}

static struct asker asker = { step, ask, cancelled };
static const struct question question = { .prompt = "Domain?", .suggestion = "corp.example" };

static void steps(void **state)
{
    char many[600];

    (void)state;
    asker_step(&asker, "to %s\033", "dc1");
    assert_string_equal(shown, "to dc1?");
    memset(many, 'm', sizeof many - 1);
    many[sizeof many - 1] = '\0';
    asker_step(&asker, "%s", many);
    assert_int_equal(strlen(shown), 255);
}

static void asks(void **state)
{
    char answer[16];

    (void)state;
    typed = "ad.example";
    assert_int_equal(asker_ask_text(&asker, &question, answer, sizeof answer, &why), 0);
    assert_string_equal(answer, "ad.example");
    typed = "";
    assert_int_equal(asker_ask_text(&asker, &question, answer, sizeof answer, &why), 0);
    assert_string_equal(answer, "corp.example");
}

static void refuses(void **state)
{
    char answer[16];

    (void)state;
    typed = "0123456789abcdef";
    test_reason(asker_ask_text(&asker, &question, answer, sizeof answer, &why), &why,
                REASON_BAD_REQUEST, "too long");
    typed = "a\033b";
    test_reason(asker_ask_text(&asker, &question, answer, sizeof answer, &why), &why,
                REASON_BAD_REQUEST, "no text");
    typed = NULL;
    test_reason(asker_ask_text(&asker, &question, answer, sizeof answer, &why), &why,
                REASON_NOBODY_TO_ASK, "nobody");
}

static void checks(void **state)
{
    (void)state;
    gone = false;
    assert_int_equal(asker_check(&asker, &why), 0);
    gone = true;
    test_reason(asker_check(&asker, &why), &why, REASON_CANCELLED, "cancelled");
}

FACTS(FACT(steps, "asker_step: one clean line of bounded length"),
      FACT(asks, "asker_ask_text: an empty answer gives the suggestion"),
      FACT(refuses, "asker_ask_text: long answers, control characters and nobody are refused"),
      FACT(checks, "asker_check: is CANCELLED once the person wants no more"))
