/* SPDX-License-Identifier: MIT
 *
 * The second factor: which one, and the code, answer or wait that it takes.
 */
#include <stdio.h>
#include <string.h>

#include "idp/okta_step.h"

enum { KEY_WAITS = 30, KEY_WAIT_S = 2 };
enum { PROMPT = 400, LABEL = OKTA_WORDS + 80 };

static bool is_key(const struct okta_factor *factor)
{
    return factor->row && factor->row->how == OKTA_KEY && factor->verify.href;
}

static bool can_use(const struct okta_walk *walk, const struct okta_factor *factor)
{
    return factor->row && factor->row->how < OKTA_BROWSER && factor->verify.href &&
           (factor->row->how != OKTA_KEY || walk->keys);
}

static const char *name_of(const struct okta_factor *factor)
{
    return factor->row ? factor->row->words : factor->type;
}

static void label_of(const struct okta_factor *factor, char *label, size_t size)
{
    (void)snprintf(label, size, "%s%s%s%s", name_of(factor), *factor->words ? " (" : "",
                   factor->words, *factor->words ? ")" : "");
}

static void word_of(const struct okta_factor *factor, char word[OKTA_FACTOR_MOST + 1])
{
    (void)snprintf(word, OKTA_FACTOR_MOST + 1, "%s/%s", factor->type, factor->provider);
}

static void tell_others(const struct okta_walk *walk)
{
    for (size_t i = 0; i < walk->state.factors; i++) {
        const struct okta_factor *factor = &walk->state.factor[i];
        if (can_use(walk, factor))
            continue;
        asker_tell(walk->request->asker, "Not here: %s%s", name_of(factor),
                   !factor->row                       ? ", which is not known"
                   : factor->row->how == OKTA_BROWSER ? ", which needs a browser"
                   : factor->row->how == OKTA_KEY     ? ", of which none is plugged in"
                                                      : "");
    }
}

/* Is it what the person chose just now, or else the last time? */
static bool is_chosen(const struct okta_walk *walk, const struct okta_factor *factor)
{
    char word[OKTA_FACTOR_MOST + 1];

    if (*walk->chosen)
        return factor->id && !strcmp(factor->id, walk->chosen);
    word_of(factor, word);
    return walk->request->factor && !walk->other_way && !strcmp(word, walk->request->factor);
}

static enum outcome ask_which(struct okta_walk *walk, const struct okta_factor *const *usable,
                              size_t count, size_t *chosen, struct why *why)
{
    char labels[QUESTION_CHOICES][LABEL];
    const char *choices[QUESTION_CHOICES + 1] = { NULL };

    for (size_t i = 0; i < count; i++) {
        label_of(usable[i], labels[i], sizeof labels[i]);
        choices[i] = labels[i];
    }
    tell_others(walk);
    return okta_choose(walk, "factor", "The second factor:", choices, chosen, why);
}

/* Looks for security keys if one is of use, and waits for one if nothing else is. */
static enum outcome look_for_keys(struct okta_walk *walk, struct why *why)
{
    bool of_use = false, others = false;
    enum outcome out;

    walk->keys = 0;
    for (size_t i = 0; i < walk->state.factors; i++) {
        of_use |= is_key(&walk->state.factor[i]);
        others |= can_use(walk, &walk->state.factor[i]);
    }
    if (!of_use || (walk->keys = okta_count_keys(walk)) || others)
        return OUTCOME_OK;
    tell_others(walk);
    for (int waits = 0; waits < KEY_WAITS && !walk->keys; waits++) {
        if ((out = okta_wait(walk, "key", KEY_WAIT_S, "Plug in your security key", why)))
            return why->reason == REASON_NOBODY_TO_ASK ? fail_as(why, REASON_NO_SECURITY_KEY) : out;
        walk->keys = okta_count_keys(walk);
    }
    return walk->keys ? OUTCOME_OK : fail(why, REASON_NO_SECURITY_KEY, "%s wants one", walk->org);
}

/* What was chosen before, the only one, or what the person says. */
static enum outcome pick(struct okta_walk *walk, const struct okta_factor **picked, struct why *why)
{
    const struct okta_factor *usable[QUESTION_CHOICES];
    size_t count = 0, chosen = 0;
    bool is_known = false;
    enum outcome out = look_for_keys(walk, why);

    if (out)
        return out;
    for (size_t i = 0; i < walk->state.factors && count < QUESTION_CHOICES; i++) {
        if (!can_use(walk, &walk->state.factor[i]))
            continue;
        usable[count] = &walk->state.factor[i];
        if (!is_known && is_chosen(walk, usable[count])) {
            is_known = true;
            chosen = count;
        }
        count++;
    }
    if (!(walk->ways = count)) {
        tell_others(walk);
        return fail(why, REASON_BROWSER_NEEDED,
                    "%s wants a second factor, and none of yours can be used here", walk->org);
    }
    if (count > 1 && !is_known && (out = ask_which(walk, usable, count, &chosen, why)))
        return out;
    *picked = usable[chosen];
    (void)snprintf(walk->chosen, sizeof walk->chosen, "%s", (*picked)->id ? (*picked)->id : "");
    word_of(*picked, walk->result->factor);
    return OUTCOME_OK;
}

static void choose_anew(struct okta_walk *walk)
{
    *walk->chosen = *walk->result->factor = '\0';
    walk->other_way = true;
}

/* What is typed at once is verified at once; the others are told to send something first. */
enum outcome okta_choose_factor(struct okta_walk *walk, struct why *why)
{
    const struct okta_factor *factor;
    enum outcome out = pick(walk, &factor, why);

    if (out)
        return out;
    if (factor->row->how != OKTA_PUSH && factor->row->how != OKTA_SENT &&
        factor->row->how != OKTA_KEY)
        return okta_verify(walk, factor, &factor->verify, why);
    if (factor->row->how == OKTA_SENT && walk->request->nobody)
        return fail(why, REASON_NOBODY_TO_ASK, "to type the code that would come by %s",
                    factor->row->words);
    asker_step(walk->request->asker, "Asking Okta for %s", factor->row->words);
    out = okta_send_code(walk, &factor->verify, NULL, why);
    if (!out || walk->ways == 1 || !okta_once_more(walk, why))
        return out;
    choose_anew(walk);
    return OUTCOME_OK; /* the state is the same */
}

/* Back to the choice; without a link the state is the choice itself. */
static enum outcome go_back(struct okta_walk *walk, struct why *why)
{
    choose_anew(walk);
    return walk->state.prev.href ? okta_send(walk, &walk->state.prev, NULL, why) : OUTCOME_OK;
}

enum way { AGAIN, RESEND, BACK };

/* Instead of a code the person typed nothing: what then? */
static enum outcome ask_way(struct okta_walk *walk, enum way *way, struct why *why)
{
    const char *choices[4] = { "Type the code" };
    enum way ways[3] = { AGAIN };
    size_t count = 1, chosen = 0;
    enum outcome out = OUTCOME_OK;

    if (walk->state.resend.href) {
        ways[count] = RESEND;
        choices[count++] = "Have it sent again";
    }
    if (walk->ways > 1) {
        ways[count] = BACK;
        choices[count++] = "Another way";
    }
    if (count > 1)
        out = okta_choose(walk, "way", "What then?", choices, &chosen, why);
    *way = ways[chosen];
    return out;
}

static void make_prompt(const struct okta_walk *walk, const struct okta_factor *factor,
                        char prompt[PROMPT])
{
    const char *other = walk->ways > 1 || walk->state.resend.href ? " (nothing: other ways)" : "";

    if (factor->row->how == OKTA_ANSWER)
        (void)snprintf(prompt, PROMPT, "%s%s ",
                       *factor->words ? factor->words : "Your answer:", other);
    else if (factor->row->how == OKTA_SENT)
        (void)snprintf(prompt, PROMPT, "Code that comes by %s to %s%s: ", factor->row->words,
                       *factor->words ? factor->words : "you", other);
    else
        (void)snprintf(prompt, PROMPT, "%s%s: ", factor->row->words, other);
}

static enum outcome verify_typed(struct okta_walk *walk, const struct okta_factor *factor,
                                 const struct okta_link *link, const struct secret *typed,
                                 struct why *why)
{
    bool answers = factor->row->how == OKTA_ANSWER;
    const struct okta_member members[] = { { answers ? "answer" : "passCode", .secret = typed },
                                           { 0 } };
    enum outcome out = okta_send_code(walk, link, members, why);

    return out && okta_once_more(walk, why) ? OUTCOME_OK : out; /* the same state, once more */
}

enum outcome okta_verify(struct okta_walk *walk, const struct okta_factor *factor,
                         const struct okta_link *link, struct why *why)
{
    bool hidden = factor->row->how == OKTA_ANSWER || factor->row->how == OKTA_TOKEN;
    char prompt[PROMPT];
    secret_auto *typed = NULL;
    enum way way;
    enum outcome out;

    make_prompt(walk, factor, prompt);
    out = okta_type(walk, hidden ? QUESTION_HIDDEN : QUESTION_SHOWN,
                    factor->row->how == OKTA_ANSWER ? "answer" : "code", prompt, &typed, why);
    if (out)
        return okta_once_more(walk, why) ? OUTCOME_OK : out;
    if (secret_length(typed))
        return verify_typed(walk, factor, link, typed, why);
    if ((out = ask_way(walk, &way, why)) || way == AGAIN)
        return out;
    if (way == BACK)
        return go_back(walk, why);
    out = okta_send(walk, &walk->state.resend, NULL, why);
    return out && okta_once_more(walk, why) ? OUTCOME_OK : out;
}

enum outcome okta_again(struct okta_walk *walk, const char *again, struct why *why)
{
    const char *choices[] = { again, walk->ways > 1 ? "Another way" : NULL, NULL };
    struct why first = *why;
    size_t chosen;
    enum outcome out;

    if (++walk->wrong >= OKTA_WRONG_MOST)
        return reason_outcome(why->reason);
    out = okta_choose(walk, "way", "What then?", choices, &chosen, why);
    if (out && why->reason == REASON_NOBODY_TO_ASK)
        *why = first;
    if (out)
        return reason_outcome(why->reason);
    return chosen ? go_back(walk, why) : okta_send_code(walk, &walk->state.next, NULL, why);
}

/* A result that is told beside a state and not as an error. */
static enum outcome take_result(struct okta_walk *walk, struct why *why)
{
    enum reason reason = walk->state.result == OKTA_REPLAYED   ? REASON_CODE_USED
                         : walk->state.result == OKTA_OUTSIDE  ? REASON_CODE_LATE
                         : walk->state.result == OKTA_REJECTED ? REASON_FACTOR_REFUSED
                         : walk->state.result == OKTA_TIMEOUT  ? REASON_FACTOR_UNANSWERED
                                                               : REASON_NONE;

    if (!reason)
        return OUTCOME_OK;
    enum outcome out = fail(why, reason, "%s says so", walk->org);
    return okta_once_more(walk, why) ? OUTCOME_OK : out;
}

enum outcome okta_challenge(struct okta_walk *walk, struct why *why)
{
    const struct okta_factor *factor = &walk->state.factor[0];
    enum outcome out;

    if (!walk->state.factors)
        return fail(why, REASON_BAD_ANSWER, "%s says %s, but not of which factor", walk->org,
                    walk->state.status);
    if (!factor->row || factor->row->how >= OKTA_BROWSER) {
        tell_others(walk);
        if (walk->state.prev.href && !walk->other_way)
            return go_back(walk, why);
        return fail(why, REASON_BROWSER_NEEDED, "%s asks for %s", walk->org, name_of(factor));
    }
    if (factor->row->how == OKTA_KEY)
        return okta_touch(walk, why);
    if (factor->row->how == OKTA_PUSH)
        return okta_push(walk, why);
    return (out = take_result(walk, why)) ? out : okta_verify(walk, factor, &walk->state.next, why);
}
