/* SPDX-License-Identifier: MIT */
#include "idp/okta_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idp/okta_take.h"
#include "net/url.h"

enum { LINKS_MOST = 8, RULE_MOST = 1024, DAYS_MOST = 36525 };

static const struct okta_status_row statuses[] = {
#define OKTA_STATE(status, proves, step, words) { status, proves, OKTA_##step, words },
#include "idp/okta.def"
    { NULL, false, OKTA_ELSEWHERE, "something that is not known here" },
};

static const struct {
    const char *word;
    enum okta_factor_result result;
} results[] = {
    { "WAITING", OKTA_WAITING },
    { "CHALLENGE", OKTA_ASKED },
    { "SUCCESS", OKTA_RIGHT },
    { "REJECTED", OKTA_REJECTED },
    { "TIMEOUT", OKTA_TIMEOUT },
    { "CANCELLED", OKTA_CANCELLED },
    { "ERROR", OKTA_FAILED },
    { "PASSCODE_REPLAYED", OKTA_REPLAYED },
    { "TIME_WINDOW_EXCEEDED", OKTA_OUTSIDE },
};

void okta_state_free(struct okta_state *state)
{
    json_free(&state->document);
    secret_free(&state->state_token);
    secret_free(&state->session_token);
    secret_free(&state->recovery_token);
    secret_free(&state->shared);
}

static const struct okta_status_row *find_status(const char *status)
{
    const struct okta_status_row *row = statuses;

    while (row->status && strcmp(row->status, status) != 0)
        row++;
    return row;
}

static enum outcome take_result(const struct json_at *top, enum okta_factor_result *result,
                                struct why *why)
{
    const char *word;
    enum outcome out = json_get_text(top, "factorResult", JSON_MAY, OKTA_WORD, &word, why);

    if (out || !word)
        return out;
    *result = OKTA_OTHER;
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (!strcmp(results[i].word, word))
            *result = results[i].result;
    return OUTCOME_OK;
}

/* A link is followed with secrets, so it stays at home. */
static enum outcome take_one(const char *org, const struct json_list *list, size_t i,
                             struct okta_link *link, struct why *why)
{
    struct json_at at;
    struct url parts;
    enum outcome out;

    if (!json_object_of(list, i, &at))
        return fail(why, REASON_BAD_ANSWER, "%s: expected an object", at.name);
    if ((out = json_get_text(&at, "href", JSON_MUST, OKTA_HREF_MOST, &link->href, why)) ||
        (out = json_get_text(&at, "name", JSON_MAY, OKTA_WORD, &link->name, why)))
        return out;
    if ((out = web_url_check(link->href, &parts, why)))
        return fail_in(why, "%s.href", at.name);
    return url_same_origin(org, link->href)
               ? OUTCOME_OK
               : fail(why, REASON_BAD_ANSWER, "%s.href: it leads away, to %s", at.name,
                      parts.origin);
}

/* Of several the first one counts. */
enum outcome okta_take_link(const char *org, const struct json_at *links, const char *name,
                            struct okta_link *link, struct why *why)
{
    struct json_list list;
    enum outcome out = json_get_list(links, name, JSON_OR_ONE, LINKS_MOST, &list, why);

    return out || !list.count ? out : take_one(org, &list, 0, link, why);
}

enum outcome okta_take_named(const char *org, const struct json_at *links, const char *name,
                             const char *which, struct okta_link *link, struct why *why)
{
    struct json_list list;
    enum outcome out = json_get_list(links, name, JSON_OR_ONE, LINKS_MOST, &list, why);

    for (size_t i = 0; !out && i < list.count; i++) {
        struct okta_link one = { 0 };
        if (!(out = take_one(org, &list, i, &one, why)) && one.name && !strcmp(one.name, which))
            *link = one;
    }
    return out;
}

static enum outcome take_links(const char *org, const struct json_at *top, struct okta_state *state,
                               struct why *why)
{
    const struct {
        const char *name;
        struct okta_link *link;
    } rows[] = { { "next", &state->next },
                 { "prev", &state->prev },
                 { "cancel", &state->cancel },
                 { "skip", &state->skip },
                 { "resend", &state->resend } };
    struct json_at links;
    enum outcome out = json_get_object(top, "_links", JSON_MAY, &links, why);

    for (size_t i = 0; !out && links.object && i < sizeof rows / sizeof *rows; i++)
        out = okta_take_link(org, &links, rows[i].name, rows[i].link, why);
    return out;
}

static enum outcome take_copy(const struct json_at *at, const char *key, char *copy, size_t size,
                              struct why *why)
{
    const char *text;
    enum outcome out = json_get_text(at, key, JSON_MAY, size - 1, &text, why);

    if (!out && text)
        (void)strcpy(copy, text);
    return out;
}

/* Names are for people: whatever they are, they are shown. */
static enum outcome take_person(const struct json_at *embedded, struct okta_person *person,
                                struct why *why)
{
    struct json_at user, profile;
    enum outcome out = json_get_object(embedded, "user", JSON_MAY, &user, why);

    if (out || !user.object)
        return out;
    if ((out = take_copy(&user, "id", person->id, sizeof person->id, why)) ||
        (out = take_copy(&user, "passwordChanged", person->password_changed,
                         sizeof person->password_changed, why)) ||
        (out = json_get_object(&user, "profile", JSON_MAY, &profile, why)) || !profile.object)
        return out;
    json_get_words(&profile, "firstName", person->first_name, sizeof person->first_name);
    json_get_words(&profile, "lastName", person->last_name, sizeof person->last_name);
    json_get_words(&profile, "locale", person->locale, sizeof person->locale);
    json_get_words(&profile, "timeZone", person->time_zone, sizeof person->time_zone);
    return take_copy(&profile, "login", person->login, sizeof person->login, why);
}

static enum outcome take_question(const struct json_at *embedded, struct okta_state *state,
                                  struct why *why)
{
    struct json_at user, question;
    enum outcome out = json_get_object(embedded, "user", JSON_MAY, &user, why);

    if (out || !user.object ||
        (out = json_get_object(&user, "recovery_question", JSON_MAY, &question, why)) ||
        !question.object)
        return out;
    json_get_words(&question, "question", state->question, sizeof state->question);
    return OUTCOME_OK;
}

/* Some orgs write the flag as a text. */
static enum outcome take_exclude(const struct json_at *rules, bool *exclude, struct why *why)
{
    const char *text;

    if (json_get_text(rules, "excludeUsername", JSON_MAY, OKTA_WORD, &text, why) || !text)
        return json_get_flag(rules, "excludeUsername", JSON_MAY, exclude, why);
    *exclude = !strcmp(text, "true");
    return OUTCOME_OK;
}

static enum outcome take_rules(const struct json_at *at, struct okta_policy *policy,
                               struct why *why)
{
    const struct {
        const char *name;
        int64_t *number;
    } rows[] = { { "minLength", &policy->length },
                 { "minLowerCase", &policy->lower },
                 { "minUpperCase", &policy->upper },
                 { "minNumber", &policy->numbers },
                 { "minSymbol", &policy->symbols } };
    struct json_at rules;
    enum outcome out = json_get_object(at, "complexity", JSON_MAY, &rules, why);

    if (out || !rules.object)
        return out;
    policy->has_rules = true;
    for (size_t i = 0; !out && i < sizeof rows / sizeof *rows; i++)
        out = json_get_number(&rules, rows[i].name, JSON_MAY, 0, RULE_MOST, rows[i].number, why);
    return out ? out : take_exclude(&rules, &policy->exclude_user, why);
}

static enum outcome take_policy(const struct json_at *embedded, struct okta_policy *policy,
                                struct why *why)
{
    struct json_at at, expiration, age;
    enum outcome out = json_get_object(embedded, "policy", JSON_MAY, &at, why);

    if (out || !at.object)
        return out;
    if ((out = json_get_flag(&at, "allowRememberDevice", JSON_MAY, &policy->may_remember, why)) ||
        (out = take_rules(&at, policy, why)) ||
        (out = json_get_object(&at, "expiration", JSON_MAY, &expiration, why)) ||
        (out = json_get_object(&at, "age", JSON_MAY, &age, why)))
        return out;
    if (expiration.object && (out = json_get_number(&expiration, "passwordExpireDays", JSON_MAY, 0,
                                                    DAYS_MOST, &policy->expire_days, why)))
        return out;
    return age.object ? json_get_number(&age, "historyCount", JSON_MAY, 0, RULE_MOST,
                                        &policy->history, why)
                      : OUTCOME_OK;
}

static enum outcome take_embedded(const char *org, const struct json_at *top,
                                  struct okta_state *state, struct why *why)
{
    struct json_at embedded;
    enum outcome out = json_get_object(top, "_embedded", JSON_MAY, &embedded, why);

    if (out || !embedded.object)
        return out;
    if ((out = take_person(&embedded, &state->person, why)) ||
        (out = take_question(&embedded, state, why)) ||
        (out = take_policy(&embedded, &state->policy, why)))
        return out;
    return okta_take_factors(org, &embedded, state, why);
}

static enum outcome take(const char *org, const struct json_at *top, struct okta_state *state,
                         struct why *why)
{
    enum outcome out;

    if ((out = json_get_text(top, "status", JSON_MUST, OKTA_WORD, &state->status, why)) ||
        (out = json_get_secret(top, "stateToken", JSON_MAY, OKTA_TOKEN_MOST, &state->state_token,
                               why)) ||
        (out = json_get_secret(top, "sessionToken", JSON_MAY, OKTA_TOKEN_MOST,
                               &state->session_token, why)) ||
        (out = json_get_secret(top, "recoveryToken", JSON_MAY, OKTA_TOKEN_MOST,
                               &state->recovery_token, why)) ||
        (out = json_get_text(top, "factorType", JSON_MAY, OKTA_WORD, &state->sent_by, why)) ||
        (out = take_result(top, &state->result, why)))
        return out;
    state->row = find_status(state->status);
    return (out = take_links(org, top, state, why)) ? out : take_embedded(org, top, state, why);
}

enum outcome okta_state_parse(const char *org, const char *bytes, size_t length,
                              struct okta_state *state, struct why *why)
{
    struct json_at top;
    enum outcome out;

    *state =
        (struct okta_state){ .digits = 6, .period_s = 30, .touch_s = 60, .policy.expire_days = -1 };
    if ((out = json_parse("okta", bytes, length, OKTA_ANSWER_MOST, &state->document, &top, why)) ||
        (out = take(org, &top, state, why))) {
        okta_state_free(state);
        *state = (struct okta_state){ .row = find_status("") };
    }
    return out;
}
