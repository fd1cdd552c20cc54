/* SPDX-License-Identifier: MIT */
#include "local/rules.h"

#include <pwquality.h>
#include <stdlib.h>
#include <string.h>

/* As the module does: a configuration with a mistake counts up to there, and an option that is not
 * its own is PAM's. */
static pwquality_settings_t *quality_settings(const char *arguments)
{
    pwquality_settings_t *settings = pwquality_default_settings();
    char *copy = strdup(arguments), *rest = copy, *word, text[PWQ_MAX_ERROR_MESSAGE_LEN];
    void *detail = NULL;

    if (!settings || !copy) {
        pwquality_free_settings(settings);
        free(copy);
        return NULL;
    }
    int code = pwquality_read_config(settings, NULL, &detail);
    if (code)
        (void)pwquality_strerror(text, sizeof text, code, detail); /* frees the detail */
    while ((word = stack_word(&rest)))
        (void)pwquality_set_option(settings, word);
    free(copy);
    return settings;
}

static enum outcome check_quality(const struct stack *stack, const char *account,
                                  const struct secret *old, const struct secret *now,
                                  struct why *why)
{
    pwquality_settings_t *settings = quality_settings(stack->arguments);
    char text[PWQ_MAX_ERROR_MESSAGE_LEN];
    int enforcing = 1, code; /* or a score */
    void *detail = NULL;
    enum outcome out = OUTCOME_OK;

    if (!settings)
        return fail_memory(why);
    code = pwquality_check(settings, secret_peek(now), old ? secret_peek(old) : NULL, account,
                           &detail);
    (void)pwquality_get_int_value(settings, PWQ_SETTING_ENFORCING, &enforcing);
    if (code < 0) {
        const char *rule = pwquality_strerror(text, sizeof text, code, detail);
        if (enforcing)
            out = fail(why, REASON_WEAK_PASSWORD, "%s", rule);
    }
    pwquality_free_settings(settings);
    return out;
}

/* Of what Debian's "obscure" should ask for, a length alone is in force there. */
static enum outcome check_unix(const struct stack *stack, const struct secret *old,
                               const struct secret *now, struct why *why)
{
    if (secret_length(now) < stack->shortest)
        return fail(why, REASON_WEAK_PASSWORD, "it needs at least %u characters", stack->shortest);
    if (secret_same(old, now))
        return fail(why, REASON_WEAK_PASSWORD, "it is the old one");
    return OUTCOME_OK;
}

enum outcome rules_check(const struct stack *stack, const char *account, const struct secret *old,
                         const struct secret *now, struct why *why)
{
    enum outcome out = check_unix(stack, old, now, why);

    return !out && stack->quality ? check_quality(stack, account, old, now, why) : out;
}
