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

void beside_print(const struct beside *beside, bool all)
{
    const char *name = beside->result ? message_text(beside->result, SLOT_IDENTITY) : NULL;

    if (beside->outcome == OUTCOME_OK)
        person_print(beside->result, all);
    else
        (void)printf("In the directory: %s  To sign in there: chatelaine sign-in --identity %s\n",
                     reason_sentence(beside->why.reason), name ? name : "NAME");
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
