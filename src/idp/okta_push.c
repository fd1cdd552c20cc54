/* SPDX-License-Identifier: MIT
 *
 * Okta Verify on a phone: a message that is answered there, and how the app is set up.
 */
#include <stdio.h>
#include <string.h>

#include "idp/okta_step.h"
#include "idp/qr_picture.h"
#include "net/wait.h"

enum { PROMPT = 400, POLLS_MOST = 600, LOST_MOST = 5, WAYS = 3 };

static bool is_waiting(const struct okta_state *state, enum okta_step step)
{
    return state->row->step == step && state->result == OKTA_WAITING && state->next.name &&
           !strcmp(state->next.name, "poll");
}

/* Asks once a second whether the phone has answered, as long as Okta says that it has not. All of
 * that is the person's time. What is to be seen is shown once. */
static enum outcome poll(struct okta_walk *walk, struct question *question,
                         void (*say)(const struct okta_walk *walk, char prompt[PROMPT]),
                         struct why *why)
{
    enum okta_step step = walk->state.row->step;
    char prompt[PROMPT];
    int lost = 0;

    for (int polls = 0; is_waiting(&walk->state, step); polls++) {
        secret_auto *nothing = NULL;
        enum outcome out;
        if (polls == POLLS_MOST)
            return fail(why, REASON_FACTOR_UNANSWERED, "%s waits and waits", walk->org);
        if (!question->page) {
            say(walk, prompt);
            question->prompt = prompt;
        }
        question->seconds = 1 << lost;
        if ((out = asker_ask(walk->request->asker, question, &nothing, why)))
            return out;
        question->page = NULL;
        question->picture = NULL;
        long left_ms = walk->left_ms;
        out = okta_send_code(walk, &walk->state.next, NULL, why);
        if (out && (!wait_may_help(why->reason) || ++lost == LOST_MOST))
            return out;
        if (!out) {
            lost = 0;
            walk->left_ms = left_ms;
        }
    }
    return OUTCOME_OK;
}

static const char *result_words(enum okta_factor_result result)
{
    return result == OKTA_REJECTED    ? "The sign-in was refused on the phone."
           : result == OKTA_TIMEOUT   ? "Nobody answered on the phone in time."
           : result == OKTA_CANCELLED ? "The message to the phone was taken back."
                                      : "The message to the phone came to nothing.";
}

/* What came to nothing: its next link begins it anew. */
static enum outcome anew(struct okta_walk *walk, const char *words, const char *again,
                         struct why *why)
{
    bool refused = walk->state.result == OKTA_REJECTED;

    asker_tell(walk->request->asker, "%s", words);
    (void)fail(why, refused ? REASON_FACTOR_REFUSED : REASON_FACTOR_UNANSWERED, "Okta Verify at %s",
               walk->org);
    return okta_again(walk, again, why);
}

static void say_answer(const struct okta_walk *walk, char prompt[PROMPT])
{
    const char *which = walk->state.factors ? walk->state.factor[0].words : "";

    (void)snprintf(prompt, PROMPT, "%s%s in Okta Verify%s%s",
                   *walk->state.number ? "Choose the number " : "Say yes", walk->state.number,
                   *which ? " on " : "", which);
}

enum outcome okta_push(struct okta_walk *walk, struct why *why)
{
    struct question question = { .kind = QUESTION_WAIT, .name = "push" };

    return is_waiting(&walk->state, OKTA_CHALLENGE)
               ? poll(walk, &question, say_answer, why)
               : anew(walk, result_words(walk->state.result), "Send it again", why);
}

static void say_set_up(const struct okta_walk *walk, char prompt[PROMPT])
{
    (void)walk;
    (void)snprintf(prompt, PROMPT, "Waiting until Okta Verify is set up on the phone");
}

static enum outcome await_phone(struct okta_walk *walk, const char *page,
                                const struct secret *picture, struct why *why)
{
    struct question question = {
        .kind = QUESTION_WAIT,
        .name = "okta-verify",
        .prompt = picture ? "Scan this with Okta Verify on the phone, or the picture at this "
                            "address (which nobody else may see):"
                          : "Scan the picture at this address with Okta Verify on the phone:",
        .page = page,
        .picture = picture,
    };

    return poll(walk, &question, say_set_up, why);
}

/* A picture that cannot be read can still be looked at. */
static enum outcome by_picture(struct okta_walk *walk, struct why *why)
{
    secret_auto *png = NULL, *squares = NULL;
    char page[OKTA_HREF_MOST + 1];
    enum outcome out = okta_read(walk, &walk->state.picture, "image/png", &png, why);

    if (!out)
        out = qr_picture(png, &squares, why);
    if (out == OUTCOME_CANCELLED)
        return out;
    (void)snprintf(page, sizeof page, "%s", walk->state.picture.href); /* it goes with the state */
    return await_phone(walk, page, squares, why);
}

static enum outcome by_sms(struct okta_walk *walk, struct why *why)
{
    secret_auto *number = NULL;
    enum outcome out = okta_ask_phone(walk, &number, why);

    if (out)
        return out;
    const struct okta_member profile[] = { { "phoneNumber", .secret = number }, { 0 } };
    const struct okta_member members[] = { { "profile", .members = profile }, { 0 } };
    out = okta_send(walk, &walk->state.by_sms, members, why);
    return out ? out : await_phone(walk, NULL, NULL, why);
}

static enum outcome by_email(struct okta_walk *walk, struct why *why)
{
    enum outcome out = okta_send(walk, &walk->state.by_email, NULL, why);

    return out ? out : await_phone(walk, NULL, NULL, why);
}

typedef enum outcome (*by_way)(struct okta_walk *walk, struct why *why);

/* As far as Okta has them. */
static enum outcome choose_way(struct okta_walk *walk, by_way *chosen, struct why *why)
{
    const struct okta_state *state = &walk->state;
    const struct {
        const struct okta_link *link;
        const char *words;
        by_way way;
    } rows[WAYS] = { { &state->picture, "With a code that it scans here", by_picture },
                     { &state->by_sms, "With a link in a text message", by_sms },
                     { &state->by_email, "With a link in an e-mail", by_email } };
    const char *choices[WAYS + 1] = { NULL };
    size_t usable[WAYS] = { 0 }, count = 0, which = 0;
    enum outcome out = OUTCOME_OK;

    for (size_t i = 0; i < WAYS; i++)
        if (rows[i].link->href) {
            usable[count] = i;
            choices[count++] = rows[i].words;
        }
    if (!count)
        return fail(why, REASON_BROWSER_NEEDED, "%s does not say how the phone gets to know it",
                    walk->org);
    if (count > 1)
        out = okta_choose(walk, "okta-verify-by", "How is Okta Verify to be set up on the phone?",
                          choices, &which, why);
    *chosen = rows[usable[which]].way;
    return out;
}

enum outcome okta_set_up_push(struct okta_walk *walk, struct why *why)
{
    by_way chosen = NULL;
    enum outcome out;

    if (!is_waiting(&walk->state, OKTA_ACTIVATE))
        return anew(walk, "Okta Verify was not set up on the phone in time.", "Begin anew", why);
    if ((out = choose_way(walk, &chosen, why)))
        return out;
    out = chosen(walk, why);
    return out && okta_once_more(walk, why) ? OUTCOME_OK : out;
}
