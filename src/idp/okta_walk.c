/* SPDX-License-Identifier: MIT */
#include "idp/okta_walk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "idp/okta_step.h"

enum { ROUNDS_MOST = 40 };

void okta_result_free(struct okta_result *result)
{
    secret_free(&result->session);
    secret_free(&result->new_password);
}

/* The origin of an org. */
static bool take_org(const char *text, struct url *parts)
{
    struct why why;

    if (web_url_check(text, parts, &why))
        return false;
    const char *path = strchr(text + strlen("https://"), '/');
    return !strchr(text, '?') && (!path || !path[1]);
}

bool okta_is_org(const char *text)
{
    struct url parts;

    return take_org(text, &parts);
}

enum outcome okta_wait(struct okta_walk *walk, const char *name, int seconds, const char *prompt,
                       struct why *why)
{
    const struct question question = { QUESTION_WAIT, name, prompt, .seconds = seconds };
    secret_auto *nothing = NULL;

    return asker_ask(walk->request->asker, &question, &nothing, why);
}

enum outcome okta_choose(struct okta_walk *walk, const char *name, const char *prompt,
                         const char *const *choices, size_t *chosen, struct why *why)
{
    struct question question = { QUESTION_CHOICE, name, prompt };
    char answer[8] = "";
    size_t count = 0;
    enum outcome out;

    for (; count < QUESTION_CHOICES && choices[count]; count++)
        question.choices[count] = choices[count];
    for (int tries = 0; tries < OKTA_WRONG_MOST; tries++) {
        out = asker_ask_text(walk->request->asker, &question, answer, sizeof answer, why);
        if (out && why->reason != REASON_BAD_REQUEST)
            return out;
        for (*chosen = 0; !out && *chosen < count; ++*chosen) {
            char number[24];
            (void)snprintf(number, sizeof number, "%zu", *chosen + 1);
            if (!strcmp(number, answer))
                return OUTCOME_OK;
        }
        asker_tell(walk->request->asker, "Type the number of one of them.");
    }
    return fail(why, REASON_CANCELLED, "none was chosen: %s", prompt);
}

enum outcome okta_type(struct okta_walk *walk, enum question_kind kind, const char *name,
                       const char *prompt, struct secret **typed, struct why *why)
{
    const struct question question = { kind, name, prompt };
    secret_auto *answer = NULL;
    enum outcome out = asker_ask(walk->request->asker, &question, &answer, why);

    if (out)
        return out;
    if (!text_is_clean(secret_peek(answer), secret_length(answer)))
        return fail(why, REASON_BAD_REQUEST, "the answer to \"%s\" is no text", prompt);
    *typed = answer;
    answer = NULL;
    return OUTCOME_OK;
}

bool okta_once_more(struct okta_walk *walk, const struct why *why)
{
    static const enum reason reasons[] = {
        REASON_WRONG_CODE, REASON_CODE_USED, REASON_CODE_LATE,
        REASON_TOO_SOON,   REASON_BAD_PHONE, REASON_BAD_REQUEST
    };
    bool may = why->reason == REASON_REFUSED && walk->refused;

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        may |= why->reason == reasons[i];
    if (!may || ++walk->wrong >= OKTA_WRONG_MOST)
        return false;
    asker_tell(walk->request->asker, "%s", reason_sentence(why->reason));
    if (*walk->told)
        asker_tell(walk->request->asker, "%s says: %s", walk->org, walk->told);
    *walk->told = '\0';
    return true;
}

static enum outcome locked(struct okta_walk *walk, struct why *why)
{
    return fail(why, REASON_ACCOUNT_LOCKED, "%s says so; its page to unlock it is %s/signin/unlock",
                walk->org, walk->org);
}

static enum outcome elsewhere(struct okta_walk *walk, struct why *why)
{
    return fail(why, REASON_BROWSER_NEEDED, "%s wants %s (%s), which is done at its page",
                walk->org, walk->state.row->words, walk->state.status);
}

static enum outcome (*const steps[OKTA_STEPS])(struct okta_walk *walk, struct why *why) = {
    [OKTA_LOCKED] = locked,
    [OKTA_CHOOSE] = okta_choose_factor,
    [OKTA_CHALLENGE] = okta_challenge,
    [OKTA_ENROLL] = okta_enroll_factor,
    [OKTA_ACTIVATE] = okta_activate,
    [OKTA_EXPIRED] = okta_expired,
    [OKTA_WARN] = okta_warn,
    [OKTA_RESET] = okta_expired,
    [OKTA_PROVE] = okta_prove,
    [OKTA_RECOVER] = okta_answer_question,
    [OKTA_ELSEWHERE] = elsewhere,
};

/* A sign-in does not turn into a recovery. */
static enum okta_step step_of(const struct okta_walk *walk)
{
    enum okta_step step = walk->state.row->step;

    return !walk->recovers && (step == OKTA_PROVE || step == OKTA_RECOVER) ? OKTA_ELSEWHERE : step;
}

/* Nobody else on the way. */
static enum outcome same_person(struct okta_walk *walk, struct why *why)
{
    const struct okta_person *person = &walk->state.person;
    struct okta_result *result = walk->result;

    if (*person->id && *result->person.id && strcmp(person->id, result->person.id) != 0)
        return fail(why, REASON_OTHER_PERSON, "%s first meant %s, then %s", walk->org,
                    result->person.id, person->id);
    if (*person->id)
        result->person = *person;
    if (walk->state.policy.expire_days >= 0)
        result->expire_days = walk->state.policy.expire_days;
    return OUTCOME_OK;
}

static enum outcome finish(struct okta_walk *walk, struct why *why)
{
    struct okta_result *result = walk->result;

    if (walk->unlocks)
        return OUTCOME_OK;
    if (walk->recovers && !result->changed)
        return fail(why, REASON_BAD_ANSWER, "%s says %s, but wanted no new password", walk->org,
                    walk->state.status);
    if (!walk->state.session_token || !*result->person.id || !*result->person.login)
        return fail(why, REASON_BAD_ANSWER, "%s says %s, but not %s", walk->org, walk->state.status,
                    walk->state.session_token ? "of whom" : "by which session");
    result->session = walk->state.session_token;
    walk->state.session_token = NULL;
    if (result->changed)
        result->expire_days = -1;
    return OUTCOME_OK;
}

static enum outcome go_on(struct okta_walk *walk, struct why *why)
{
    enum outcome out;

    for (int rounds = 0; rounds < ROUNDS_MOST; rounds++) {
        if ((out = same_person(walk, why)))
            return out;
        if (walk->state.row->step == OKTA_DONE)
            return finish(walk, why);
        if ((out = asker_check(walk->request->asker, why)) ||
            (out = steps[step_of(walk)](walk, why)))
            return out;
    }
    return fail(why, REASON_BAD_ANSWER, "%s comes to no end: %s", walk->org, walk->state.status);
}

/* Okta takes any text as a user's name; what cannot be JSON is not sent. */
static enum outcome check(const struct okta_request *request, struct why *why)
{
    size_t user = strlen(request->user);

    if (!user || user > OKTA_LOGIN || !text_is_clean(request->user, user))
        return fail(why, REASON_BAD_NAME, "the user name for %s", request->org);
    if (request->device_token && strlen(request->device_token) > OKTA_DEVICE_TOKEN)
        return fail(why, REASON_BROKEN, "the device token is too long");
    return OUTCOME_OK;
}

static enum outcome primary(struct okta_walk *walk, struct why *why)
{
    const struct okta_request *request = walk->request;
    const struct okta_member options[] = { { "multiOptionalFactorEnroll", .flag = "false" },
                                           { "warnBeforePasswordExpired", .flag = "true" },
                                           { 0 } };
    const struct okta_member context[] = { { "deviceToken", request->device_token }, { 0 } };
    const struct okta_member members[] = { { "username", request->user },
                                           { "password", .secret = request->password },
                                           { "options", .members = options },
                                           { "context",
                                             .members = request->device_token ? context : NULL },
                                           { 0 } };

    if (!secret_length(request->password) ||
        !text_is_clean(secret_peek(request->password), secret_length(request->password)))
        return fail(why, REASON_BAD_PASSWORD, "the password of %s", request->user);
    asker_step(request->asker, "Signing in at %s", walk->org);
    enum outcome out = okta_send_first(walk, "/api/v1/authn", members, why);
    walk->result->sent = walk->sent;
    walk->result->unread = walk->limited;
    walk->result->proved = !out && walk->state.row->proves;
    return out;
}

/* What a person would have to do is left undone. */
static enum outcome prove(struct okta_walk *walk, struct why *why)
{
    enum okta_step step = walk->state.row->step;
    enum outcome out = same_person(walk, why);

    if (out)
        return out;
    if (step == OKTA_DONE)
        return finish(walk, why);
    if (step == OKTA_EXPIRED || step == OKTA_RESET)
        out = fail(why, step == OKTA_RESET ? REASON_MUST_CHANGE : REASON_PASSWORD_EXPIRED,
                   "%s says so", walk->org);
    else if (!walk->result->proved)
        out = step == OKTA_LOCKED ? locked(walk, why) : elsewhere(walk, why);
    else
        okta_cancel(walk);
    return out;
}

static enum outcome run(struct okta_walk *walk,
                        enum outcome (*begin)(struct okta_walk *, struct why *), struct why *why)
{
    const struct okta_request *request = walk->request;
    struct url parts;
    enum outcome out;

    *walk->result = (struct okta_result){ .expire_days = -1 };
    walk->left_ms = request->budget_ms;
    if (!take_org(request->org, &parts))
        return fail(why, REASON_BAD_SETTING, "\"%s\" is no address of an Okta org", request->org);
    (void)strcpy(walk->org, parts.origin);
    if ((out = check(request, why)) || (out = begin(walk, why)) ||
        (out = (request->only_prove ? prove : go_on)(walk, why))) {
        if (why->reason != REASON_TOKEN_EXPIRED)
            okta_cancel(walk);
        secret_free(&walk->result->session);
    }
    if (walk->in_state)
        okta_state_free(&walk->state);
    return out;
}

enum outcome okta_sign_in(const struct okta_request *request, struct okta_result *result,
                          struct why *why)
{
    struct okta_walk walk = { .request = request, .result = result };
    enum outcome out = run(&walk, primary, why);

    return out ? fail_in(why, "signing in %s at Okta", request->user) : OUTCOME_OK;
}

enum outcome okta_recover(const struct okta_request *request, enum okta_recovery what,
                          struct okta_result *result, struct why *why)
{
    struct okta_walk walk = {
        .request = request, .result = result, .recovers = true, .unlocks = what == OKTA_UNLOCK
    };
    enum outcome out = run(&walk, okta_begin_recovery, why);

    if (!out)
        return OUTCOME_OK;
    return walk.unlocks ? fail_in(why, "unlocking %s at Okta", request->user)
                        : fail_in(why, "a new password for %s at Okta", request->user);
}
