/* SPDX-License-Identifier: MIT
 *
 * A second factor that the org wants to be set up: an authenticator, an app, a phone, an e-mail, a
 * question.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "idp/okta_step.h"

enum { LABEL = 100, PHONE_MOST = 64, QUESTIONS = QUESTION_CHOICES };
enum { QUESTIONS_MOST = 200 };

static bool can_enroll(const struct okta_factor *factor)
{
    return factor->row && factor->row->enroll != OKTA_NOT_HERE && factor->enroll.href &&
           !factor->is_set_up;
}

static void tell_others(const struct okta_walk *walk)
{
    for (size_t i = 0; i < walk->state.factors; i++) {
        const struct okta_factor *factor = &walk->state.factor[i];
        if (!can_enroll(factor) && !factor->is_set_up)
            asker_tell(walk->request->asker, "Not here, but at %s: %s%s", walk->org,
                       factor->row ? factor->row->words : factor->type,
                       factor->is_required ? ", which is demanded" : "");
    }
}

/* NULL: none now. */
static enum outcome pick(struct okta_walk *walk, const struct okta_factor **picked, struct why *why)
{
    const struct okta_factor *usable[QUESTION_CHOICES] = { NULL };
    char labels[QUESTION_CHOICES][LABEL];
    const char *choices[QUESTION_CHOICES + 1] = { NULL };
    size_t count = 0, chosen;
    enum outcome out;

    for (size_t i = 0; i < walk->state.factors && count + 1 < QUESTION_CHOICES; i++) {
        const struct okta_factor *factor = &walk->state.factor[i];
        if (!can_enroll(factor))
            continue;
        (void)snprintf(labels[count], LABEL, "%s%s", factor->row->words,
                       factor->is_required ? " (demanded)" : "");
        choices[count] = labels[count];
        usable[count++] = factor;
    }
    tell_others(walk);
    if (!(walk->ways = count) && !walk->state.skip.href)
        return fail(why, REASON_BROWSER_NEEDED,
                    "%s wants a second factor to be set up, of those that need its page",
                    walk->org);
    if (walk->state.skip.href)
        choices[count++] = "None now";
    if ((out = okta_choose(walk, "enroll", "A second factor to be set up:", choices, &chosen, why)))
        return out;
    *picked = usable[chosen];
    return OUTCOME_OK;
}

static enum outcome send(struct okta_walk *walk, const struct okta_factor *factor,
                         const struct okta_member *profile, struct why *why)
{
    const struct okta_member members[] = { { "factorType", factor->type },
                                           { "provider", factor->provider },
                                           { "profile", .members = profile },
                                           { 0 } };

    asker_step(walk->request->asker, "Setting up %s", factor->row->words);
    return okta_send(walk, &factor->enroll, members, why);
}

enum outcome okta_ask_phone(struct okta_walk *walk, struct secret **number, struct why *why)
{
    enum outcome out = okta_type(walk, QUESTION_SHOWN, "phone",
                                 "Your phone number, with its country (+49 ...): ", number, why);

    if (!out && (!secret_length(*number) || secret_length(*number) > PHONE_MOST))
        return fail(why, REASON_BAD_PHONE, "%zu characters", secret_length(*number));
    return out;
}

static enum outcome enroll_phone(struct okta_walk *walk, const struct okta_factor *factor,
                                 struct why *why)
{
    secret_auto *number = NULL;
    enum outcome out = okta_ask_phone(walk, &number, why);

    if (out)
        return out;
    const struct okta_member profile[] = { { "phoneNumber", .secret = number }, { 0 } };
    return send(walk, factor, profile, why);
}

/* Okta gives a list, which becomes a member: the outermost must be an object. */
static enum outcome read_questions(struct okta_walk *walk, const struct okta_factor *factor,
                                   struct json **json, struct json_list *list, struct why *why)
{
    secret_auto *body = NULL;
    struct json_at top;
    enum outcome out;

    if (!factor->questions.href)
        return fail(why, REASON_BAD_ANSWER, "%s does not say which questions there are", walk->org);
    if ((out = okta_read(walk, &factor->questions, "application/json", &body, why)))
        return out;
    secret_auto *whole = secret_new(secret_length(body) + 16);
    if (!whole || !secret_append(whole, "{\"list\":", 8) ||
        !secret_append(whole, secret_peek(body), secret_length(body)) ||
        !secret_append(whole, "}", 1))
        return fail_memory(why);
    if ((out = json_parse("questions", secret_peek(whole), secret_length(whole),
                          OKTA_ANSWER_MOST + 16, json, &top, why)))
        return out;
    return json_get_list(&top, "list", JSON_MUST, QUESTIONS_MOST, list, why);
}

static enum outcome enroll_question(struct okta_walk *walk, const struct okta_factor *factor,
                                    struct why *why)
{
    json_auto *json = NULL;
    secret_auto *answer = NULL;
    struct json_list list;
    struct json_at at;
    const char *words[QUESTIONS], *texts[QUESTIONS + 1] = { NULL };
    size_t count = 0, chosen;
    enum outcome out = read_questions(walk, factor, &json, &list, why);

    for (size_t i = 0; !out && i < list.count && count < QUESTIONS; i++) {
        if (!json_object_of(&list, i, &at))
            return fail(why, REASON_BAD_ANSWER, "%s: expected an object", at.name);
        if ((out = json_get_text(&at, "question", JSON_MUST, OKTA_WORD, &words[count], why)) ||
            (out = json_get_text(&at, "questionText", JSON_MUST, OKTA_WORDS, &texts[count], why)))
            return out;
        count++;
    }
    if (out)
        return out;
    if (!count)
        return fail(why, REASON_BAD_ANSWER, "%s has no question", walk->org);
    if ((out = okta_choose(walk, "question", "The question:", texts, &chosen, why)) ||
        (out = okta_type(walk, QUESTION_HIDDEN, "answer", "Your answer: ", &answer, why)))
        return out;
    const struct okta_member profile[] = { { "question", words[chosen] },
                                           { "answer", .secret = answer },
                                           { 0 } };
    return send(walk, factor, profile, why);
}

static enum outcome enroll(struct okta_walk *walk, const struct okta_factor *factor,
                           struct why *why)
{
    switch (factor->row->enroll) {
    case OKTA_PHONE:
        return enroll_phone(walk, factor, why);
    case OKTA_QUESTION:
        return enroll_question(walk, factor, why);
    case OKTA_TOTP:
    case OKTA_PHONE_APP:
    case OKTA_EMAIL:
    case OKTA_NOT_HERE:
        break;
    }
    return send(walk, factor, NULL, why);
}

enum outcome okta_enroll_factor(struct okta_walk *walk, struct why *why)
{
    const struct okta_factor *factor;
    enum outcome out = pick(walk, &factor, why);

    if (out)
        return out;
    if (!factor)
        return okta_send(walk, &walk->state.skip, NULL, why);
    out = enroll(walk, factor, why);
    return out && okta_once_more(walk, why) ? OUTCOME_OK : out;
}

/* A name in a path (RFC 3986 section 3.3). */
static void encode(const char *name, char *encoded, size_t size)
{
    size_t length = 0;

    *encoded = '\0';
    for (; *name && length + 4 <= size; name++) {
        unsigned char c = (unsigned char)*name;
        bool plain = c < 0x80 && (isalnum(c) || strchr("-._~@", c));
        if (plain)
            encoded[length++] = (char)c;
        else
            length += (size_t)snprintf(encoded + length, size - length, "%%%02X", c);
        encoded[length] = '\0';
    }
}

/* The Key URI Format of Google Authenticator. */
static struct secret *make_page(const struct okta_walk *walk)
{
    const struct okta_state *state = &walk->state;
    char digits[24], period[24], login[3 * OKTA_LOGIN + 1], head[sizeof login + 32];

    (void)snprintf(digits, sizeof digits, "%" PRId64, state->digits);
    (void)snprintf(period, sizeof period, "%" PRId64, state->period_s);
    encode(walk->result->person.login, login, sizeof login);
    (void)snprintf(head, sizeof head, "otpauth://totp/Okta:%s?", login);
    const struct field query[] = { { "secret", .secret = state->shared },
                                   { "issuer", "Okta", NULL },
                                   { "digits", digits, NULL },
                                   { "period", period, NULL },
                                   { 0 } };
    return fields_encode(head, query);
}

/* Shown once, as a code for the phone's camera. */
static enum outcome activate_totp(struct okta_walk *walk, struct why *why)
{
    secret_auto *page = make_page(walk), *code = NULL;
    enum outcome out;

    if (!page)
        return fail_memory(why);
    const struct question question = {
        .kind = QUESTION_QR,
        .name = "code",
        .prompt = "Scan this with the authenticator, then type the code that it shows: ",
        .page = secret_peek(page),
    };
    if ((out = asker_ask(walk->request->asker, &question, &code, why)))
        return out;
    const struct okta_member members[] = { { "passCode", .secret = code }, { 0 } };
    out = okta_send(walk, &walk->state.next, members, why);
    return out && okta_once_more(walk, why) ? OUTCOME_OK : out;
}

enum outcome okta_activate(struct okta_walk *walk, struct why *why)
{
    const struct okta_factor *factor = &walk->state.factor[0];

    if (!walk->state.factors || !factor->row || !walk->state.next.name)
        return fail(why, REASON_BAD_ANSWER, "%s says %s, but not of what", walk->org,
                    walk->state.status);
    if (factor->row->enroll == OKTA_TOTP && walk->state.shared)
        return activate_totp(walk, why);
    if (factor->row->enroll == OKTA_PHONE_APP)
        return okta_set_up_push(walk, why);
    if (factor->row->how == OKTA_SENT)
        return okta_verify(walk, factor, &walk->state.next, why);
    return fail(why, REASON_BROWSER_NEEDED, "%s sets up %s at its page alone", walk->org,
                factor->row->words);
}
