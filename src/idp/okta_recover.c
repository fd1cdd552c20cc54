/* SPDX-License-Identifier: MIT
 *
 * A forgotten password or a locked account: a code or a token that Okta sends, and the answer to a
 * question. What follows is a sign-in's.
 */
#include <stdio.h>
#include <string.h>

#include "idp/okta_step.h"

enum { PROMPT = OKTA_WORDS + 80 };

enum outcome okta_begin_recovery(struct okta_walk *walk, struct why *why)
{
    static const char *const ways[] = { "SMS", "CALL", "EMAIL" };
    static const char *const choices[] = { "By a text message", "By a phone call", "By an e-mail",
                                           NULL };
    const char *path =
        walk->unlocks ? "/api/v1/authn/recovery/unlock" : "/api/v1/authn/recovery/password";
    size_t chosen;
    enum outcome out;

    for (;;) {
        out = okta_choose(walk, "recovery", "How is Okta to reach you?", choices, &chosen, why);
        if (out)
            return out;
        const struct okta_member members[] = { { "username", walk->request->user },
                                               { "factorType", ways[chosen] },
                                               { 0 } };
        asker_step(walk->request->asker, "Asking Okta for a message");
        out = okta_send_first(walk, path, members, why);
        if (!out || !okta_once_more(walk, why))
            return out;
    }
}

/* Where the token is: behind the last slash of a link of the org, or it is the whole. */
static bool find_token(const char *org, const char *text, size_t *begin, size_t *end)
{
    size_t origin = strlen(org);

    *begin = 0;
    *end = strlen(text);
    if (strncmp(text, "https://", 8) != 0)
        return true;
    if (strncmp(text, org, origin) != 0 || text[origin] != '/')
        return false;
    *end = origin + strcspn(text + origin, "?#");
    while (*end > origin && text[*end - 1] == '/')
        --*end;
    for (*begin = *end; *begin > origin && text[*begin - 1] != '/';)
        --*begin;
    return *end > *begin;
}

/* Nobody has to trust the link: only the token in it goes to the org. */
static enum outcome ask_token(struct okta_walk *walk, struct secret **token, struct why *why)
{
    secret_auto *typed = NULL;
    size_t begin, end;
    enum outcome out =
        okta_type(walk, QUESTION_SHOWN, "token", "The link in it, or its last part: ", &typed, why);

    if (out)
        return out;
    if (!secret_length(typed))
        return fail(why, REASON_CANCELLED, "no link was typed");
    if (!find_token(walk->org, secret_peek(typed), &begin, &end)) {
        asker_tell(walk->request->asker, "That is no link of %s.", walk->org);
        return fail(why, REASON_WRONG_CODE, "no link of %s was typed", walk->org);
    }
    *token = secret_new(end - begin);
    return *token && secret_append(*token, secret_peek(typed) + begin, end - begin)
               ? OUTCOME_OK
               : fail_memory(why);
}

static enum outcome prove_by_mail(struct okta_walk *walk, struct why *why)
{
    secret_auto *token = NULL;
    enum outcome out;

    asker_tell(walk->request->asker, "If Okta knows you, an e-mail is on its way. "
                                     "Do not open the link in it, but copy it.");
    if (!(out = ask_token(walk, &token, why))) {
        const struct okta_member members[] = { { "recoveryToken", .secret = token }, { 0 } };
        out = okta_send_first(walk, "/api/v1/authn/recovery/token", members, why);
    }
    /* It may have been copied badly. */
    if (out && why->reason == REASON_TOKEN_EXPIRED && walk->refused)
        out = fail_as(why, REASON_WRONG_CODE);
    return out && okta_once_more(walk, why) ? OUTCOME_OK : out;
}

/* Nothing typed: sent again, where that can be. */
static enum outcome prove_by_code(struct okta_walk *walk, struct why *why)
{
    bool again = walk->state.resend.href;
    char prompt[PROMPT];
    secret_auto *code = NULL;
    enum outcome out;

    (void)snprintf(prompt, sizeof prompt, "Code that comes by %s%s: ",
                   !strcmp(walk->state.sent_by, "CALL") ? "a phone call" : "a text message",
                   again ? " (nothing: have it sent again)" : "");
    if (!(out = okta_type(walk, QUESTION_SHOWN, "code", prompt, &code, why))) {
        const struct okta_member members[] = { { "passCode", .secret = code }, { 0 } };
        out = !secret_length(code) && again ? okta_send(walk, &walk->state.resend, NULL, why)
                                            : okta_send(walk, &walk->state.next, members, why);
    }
    return out && okta_once_more(walk, why) ? OUTCOME_OK : out;
}

enum outcome okta_prove(struct okta_walk *walk, struct why *why)
{
    if (!walk->state.sent_by)
        return fail(why, REASON_BAD_ANSWER, "%s says %s, but not by what", walk->org,
                    walk->state.status);
    return !strcmp(walk->state.sent_by, "EMAIL") ? prove_by_mail(walk, why)
                                                 : prove_by_code(walk, why);
}

enum outcome okta_answer_question(struct okta_walk *walk, struct why *why)
{
    const struct okta_state *state = &walk->state;
    const struct okta_member token[] = { { "recoveryToken", .secret = state->recovery_token },
                                         { 0 } };
    char prompt[PROMPT];
    secret_auto *answer = NULL;
    enum outcome out;

    if (!state->state_token && state->recovery_token && state->next.href)
        return okta_send_bare(walk, &state->next, token, why);
    (void)snprintf(prompt, sizeof prompt, "%s ",
                   *state->question ? state->question : "The answer to your security question:");
    if (!(out = okta_type(walk, QUESTION_HIDDEN, "answer", prompt, &answer, why))) {
        const struct okta_member members[] = { { "answer", .secret = answer }, { 0 } };
        out = okta_send(walk, &state->next, members, why);
    }
    return out && okta_once_more(walk, why) ? OUTCOME_OK : out;
}
