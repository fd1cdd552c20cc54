/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/person.h"

enum { JSON_MOST = 8 << 20 };

static void tell_json(enum outcome outcome, const struct why *why, const struct message *result)
{
    text_auto *json = text_new(JSON_MOST);
    enum reason reason = outcome ? why->reason : REASON_NONE;

    if (!json)
        return;
    json_open(json, NULL, '{');
    json_text(json, "outcome", outcome_name(outcome));
    json_text(json, "reason", reason_word(reason));
    if (outcome) {
        json_text(json, "message", reason_sentence(reason));
        json_text(json, "detail", why->text);
        json_text(json, "remedy", reason_remedy(reason));
    }
    if (result)
        message_json(result, json);
    json_close(json, '}');
    (void)puts(text_peek(json));
}

int tell(const struct options *options, enum outcome outcome, const struct why *why,
         const struct message *result)
{
    if (options->json) {
        tell_json(outcome, why, result);
    } else if (outcome) {
        (void)fflush(stdout);
        (void)fprintf(stderr, "chatelaine: %s\n", reason_sentence(why->reason));
        if (*why->text)
            (void)fprintf(stderr, "  %s\n", why->text);
        if (*reason_remedy(why->reason))
            (void)fprintf(stderr, "  %s\n", reason_remedy(why->reason));
    }
    return outcome_exit_status(outcome);
}

int tell_person(const struct options *options, bool all)
{
    struct why why = { 0 };
    message_auto *result = NULL;
    enum outcome out = errand_run(options, &result, &why);

    if (result && !options->json)
        person_print(result, all);
    return tell(options, out, &why, result);
}
