/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "local/rules.h"

static struct stack stack;
static struct why why;

static struct secret *secret_of(const char *text)
{
    struct secret *secret = secret_new(strlen(text) + 1);

    assert_non_null(secret);
    assert_true(secret_append(secret, text, strlen(text)));
    return secret;
}

static enum outcome checks(const char *old, const char *now)
{
    secret_auto *before = old ? secret_of(old) : NULL, *after = secret_of(now);

    return rules_check(&stack, "paula", before, after, &why);
}

static void of_unix(void **state)
{
    (void)state;
    stack = (struct stack){ .shortest = 6 };
    assert_int_equal(checks(NULL, "abcdef"), 0);
    assert_int_equal(checks("abcdef", "ABCDEF"), 0);
    test_reason(checks(NULL, "abcde"), &why, REASON_WEAK_PASSWORD, "at least 6");
    test_reason(checks("abcdef", "abcdef"), &why, REASON_WEAK_PASSWORD, "the old one");
}

static void of_quality(void **state)
{
    (void)state;
    stack = (struct stack){ .quality = true, .arguments = "retry=3 minlen=16 use_authtok nothing" };
    test_reason(checks(NULL, "Unbelievable-7"), &why, REASON_WEAK_PASSWORD, "shorter than 16");
    assert_int_equal(checks(NULL, "Unbelievable-Horse-7"), 0);
    test_reason(checks(NULL, "17-Paula-Unbelievable"), &why, REASON_WEAK_PASSWORD, "user name");
    test_reason(checks("Unbelievable-Horse-7", "Unbelievable-horse-7"), &why, REASON_WEAK_PASSWORD,
                "case");
    (void)strcpy(stack.arguments, "\t[badwords=horse cart] dictcheck=0");
    test_reason(checks(NULL, "Unbelievable-Horse-7"), &why, REASON_WEAK_PASSWORD, "forbidden");
    test_reason(checks(NULL, "Unbelievable-Cart-7"), &why, REASON_WEAK_PASSWORD, "forbidden");
    assert_int_equal(checks(NULL, "Unbelievable-Goat-7"), 0);
}

static void only_told(void **state)
{
    (void)state;
    stack = (struct stack){ .quality = true, .arguments = "minlen=16 enforcing=0" };
    assert_int_equal(checks(NULL, "Unbelievable-7"), 0);
}

FACTS(FACT(of_unix, "rules_check: pam_unix wants a length, and another one"),
      FACT(of_quality, "rules_check: pam_pwquality, with the options of the stack"),
      FACT(only_told, "rules_check: what pam_pwquality would only warn of is no rule"))
