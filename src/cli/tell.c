/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/beside.h"
#include "cli/certificate.h"
#include "cli/person.h"

enum { JSON_MOST = 8 << 20 };

static void add_end(struct text *json, enum outcome outcome, const struct why *why,
                    const struct message *result)
{
    enum reason reason = outcome ? why->reason : REASON_NONE;

    json_text(json, "outcome", outcome_name(outcome));
    json_text(json, "reason", reason_word(reason));
    if (outcome) {
        json_text(json, "message", reason_sentence(reason));
        json_text(json, "detail", why->text);
        json_text(json, "remedy", reason_remedy(reason));
    }
    if (result)
        message_json(result, json);
}

static void tell_json(enum outcome outcome, const struct why *why, const struct message *result,
                      const struct beside *beside)
{
    text_auto *json = text_new(JSON_MOST);

    if (!json)
        return;
    json_open(json, NULL, '{');
    add_end(json, outcome, why, result);
    if (beside) {
        json_open(json, "directory_identity", '{');
        add_end(json, beside->outcome, &beside->why, beside->result);
        json_close(json, '}');
    }
    json_close(json, '}');
    (void)puts(text_peek(json));
}

static int tell_both(const struct options *options, enum outcome outcome, const struct why *why,
                     const struct message *result, const struct beside *beside)
{
    if (options->json) {
        tell_json(outcome, why, result, beside);
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

int tell(const struct options *options, enum outcome outcome, const struct why *why,
         const struct message *result)
{
    return tell_both(options, outcome, why, result, NULL);
}

int tell_person(const struct options *options, bool all)
{
    struct why why = { 0 };
    struct beside beside = { OUTCOME_OK };
    message_auto *result = NULL;
    enum outcome out = errand_run(options, &result, &why);
    if (result && options->verb == VERB_STATUS)
        certificates_add(options, result);
    bool may = options->verb == VERB_STATUS || out == OUTCOME_OK || out == OUTCOME_OFFLINE ||
               out == OUTCOME_BUSY;
    bool both = may && beside_look(options, &beside);

    if (result && !options->json)
        person_print(result, all);
    if (both && !options->json)
        beside_print(options, &beside, all);
    int status = tell_both(options, out, &why, result, both ? &beside : NULL);
    message_free(&beside.result);
    return status;
}

enum outcome tell_bytes(const void *bytes, size_t length, struct why *why)
{
    const char *at = bytes;

    while (length) {
        ssize_t n = write(STDOUT_FILENO, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(why, REASON_CANNOT_WRITE, "standard output: %s", strerror(errno));
        at += n;
        length -= (size_t)n;
    }
    return OUTCOME_OK;
}
