/* SPDX-License-Identifier: MIT */
#include "cli/beside.h"

#include <stdio.h>
#include <string.h>

#include "cli/certificate.h"
#include "cli/person.h"
#include "wire/state.h"

bool beside_look(const struct options *options, struct beside *beside)
{
    struct options other = { .verb = VERB_STATUS, .password_fd = -1, .json = options->json };
    conf_auto *conf = NULL;
    struct why why;

    if ((options->verb != VERB_SIGN_IN && options->verb != VERB_STATUS) ||
        settings_load(&conf, &why))
        return false;
    other.identity = conf_text(conf, options->identity, SETTING_DIRECTORY);
    if (!*other.identity)
        return false;
    beside->outcome = errand_run(&other, &beside->result, &beside->why);
    if (beside->result && options->verb == VERB_STATUS)
        certificates_add(&other, beside->result);
    return true;
}

/* Does it lack the provider's password? */
static bool is_behind(const struct beside *beside)
{
    struct slot_value value;

    for (size_t at = 0; beside->result && message_next(beside->result, &at, &value);)
        if (value.slot == SLOT_OUT_OF_STEP && !strncmp(value.text, "directory", 9))
            return true;
    return false;
}

/* A sign-in has just told by itself how to go on there. */
void beside_print(const struct options *options, const struct beside *beside, bool all)
{
    const char *name = beside->result ? message_text(beside->result, SLOT_IDENTITY) : NULL;
    bool behind = is_behind(beside);

    if (beside->outcome == OUTCOME_OK) {
        person_print(beside->result, all);
        return;
    }
    (void)printf("In the directory: %s", reason_sentence(beside->why.reason));
    if (options->verb != VERB_SIGN_IN)
        (void)printf("  %s: chatelaine %s --identity %s",
                     behind ? "It may have the password of before; to change it there"
                            : "To sign in there",
                     behind ? "change-password" : "sign-in", name ? name : "NAME");
    (void)putchar('\n');
}

void beside_remember(const struct options *options, const struct message *request,
                     const struct message *message)
{
    const char *name = message_text(message, SLOT_IDENTITY);
    message_auto *own = NULL;
    conf_auto *conf = NULL;
    struct why why;

    if (!settings_load(&conf, &why) &&
        !strcmp(conf_text(conf, options->identity, SETTING_DIRECTORY), name) &&
        state_beside(request, message, &own, &why))
        (void)fprintf(stderr, "chatelaine: %s %s\n", reason_sentence(why.reason), why.text);
}
