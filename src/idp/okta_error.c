/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "idp/oauth_error.h"
#include "idp/okta_state.h"

enum { CODE_MOST = 16, CAUSES_MOST = 64 };

static const struct {
    const char *code;
    enum reason reason;
} rows[] = {
#define OKTA_ERROR(code, reason) { code, REASON_##reason },
#include "idp/okta.def"
};

static enum reason reason_of(int status, const char *code)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(rows[i].code, code))
            return rows[i].reason;
    return oauth_error_is_busy(status) ? REASON_SERVER_BUSY : REASON_REFUSED;
}

/* The words for the person are those of the first cause, where there is one. */
static void take_told(const struct json_at *top, char told[OKTA_TOLD])
{
    struct json_list causes;
    struct json_at cause;
    struct why why;

    json_get_words(top, "errorSummary", told, OKTA_TOLD);
    if (json_get_list(top, "errorCauses", JSON_MAY, CAUSES_MOST, &causes, &why) || !causes.count ||
        !json_object_of(&causes, 0, &cause))
        return;
    char words[OKTA_TOLD];
    json_get_words(&cause, "errorSummary", words, sizeof words);
    if (*words)
        (void)strcpy(told, words);
}

enum outcome okta_error_fail(int status, const char *bytes, size_t length, char told[OKTA_TOLD],
                             struct why *why)
{
    json_auto *json = NULL;
    struct json_at top;
    const char *code;
    enum outcome out;

    *told = '\0';
    if ((out = json_parse("okta", bytes, length, OKTA_ANSWER_MOST, &json, &top, why)) ||
        (out = json_get_text(&top, "errorCode", JSON_MUST, CODE_MOST, &code, why)))
        return oauth_error_is_busy(status) ? fail(why, REASON_SERVER_BUSY, "status %d", status)
                                           : fail_in(why, "status %d", status);
    take_told(&top, told);
    return fail(why, reason_of(status, code), "%s%s%s", code, *told ? ": " : "", told);
}
