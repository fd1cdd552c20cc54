/* SPDX-License-Identifier: MIT
 *
 * A password that must or may be changed: the org's rules, shown and kept, and the change.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "idp/okta_step.h"

enum { TRIES_MOST = 3, NAME_LEAST = 4 };

static void add_rule(struct text *text, int64_t count, const char *one, const char *many)
{
    if (count <= 0)
        return;
    if (count == 1)
        text_add(text, "%s%s", text_length(text) ? ", " : "", one);
    else
        text_add(text, "%s%" PRId64 " %s", text_length(text) ? ", " : "", count, many);
}

static enum outcome tell_rules(struct okta_walk *walk, struct why *why)
{
    const struct okta_policy *policy = &walk->state.policy;

    if (!policy->has_rules && !policy->history)
        return OUTCOME_OK;
    text_auto *text = text_new(400);
    if (!text)
        return fail_memory(why);
    add_rule(text, policy->length, "a character", "characters");
    add_rule(text, policy->lower, "a small letter", "small letters");
    add_rule(text, policy->upper, "a capital", "capitals");
    add_rule(text, policy->numbers, "a digit", "digits");
    add_rule(text, policy->symbols, "another character", "other characters");
    asker_tell(walk->request->asker, "The new password needs at least: %s%s.",
               text_length(text) ? text_peek(text) : "a character",
               policy->exclude_user ? "; not your user name" : "");
    if (policy->history)
        asker_tell(walk->request->asker, "It must be none of the last %" PRId64 ".",
                   policy->history);
    return OUTCOME_OK;
}

/* Is this, in whatever letters, in the password? Short names say nothing. */
static bool holds(const char *password, const char *name, size_t length)
{
    char part[OKTA_LOGIN + 1];

    (void)snprintf(part, sizeof part, "%.*s", (int)length, name);
    return length >= NAME_LEAST && strcasestr(password, part);
}

/* NULL if it is one that the rules allow. */
static const char *fault(const struct okta_policy *policy, const char *login, const char *password)
{
    int64_t length = 0, lower = 0, upper = 0, numbers = 0, symbols = 0;

    for (const char *p = password; *p; p++) {
        unsigned char c = (unsigned char)*p;
        length += (c & 0xc0) != 0x80; /* characters of UTF-8 */
        lower += islower(c) != 0;
        upper += isupper(c) != 0;
        numbers += isdigit(c) != 0;
        symbols += c < 0x80 && !isalnum(c);
    }
    /* Only Okta knows what a letter outside of ASCII is to it. */
    bool foreign = false;
    for (const char *p = password; *p; p++)
        foreign |= (unsigned char)*p >= 0x80;
    return length < policy->length                 ? "it is too short"
           : lower < policy->lower && !foreign     ? "it lacks small letters"
           : upper < policy->upper && !foreign     ? "it lacks capitals"
           : numbers < policy->numbers             ? "it lacks digits"
           : symbols < policy->symbols && !foreign ? "it lacks other characters"
           : policy->exclude_user && (holds(password, login, strlen(login)) ||
                                      holds(password, login, strcspn(login, "@")))
               ? "it holds your user name"
               : NULL;
}

static enum outcome check_new(struct okta_walk *walk, const struct secret *new, struct why *why)
{
    const char *found = fault(&walk->state.policy, walk->result->person.login, secret_peek(new));

    if (!secret_length(new))
        return fail(why, REASON_BAD_PASSWORD, "the new password is empty");
    if (found)
        return fail(why, REASON_WEAK_PASSWORD, "the new password: %s", found);
    if (secret_same(new, walk->request->password))
        return fail(why, REASON_WEAK_PASSWORD, "the new password is the old one");
    return OUTCOME_OK;
}

static enum outcome ask_new(struct okta_walk *walk, struct secret **new, struct why *why)
{
    secret_auto *first = NULL, *again = NULL;
    enum outcome out;

    if ((out = okta_type(walk, QUESTION_HIDDEN, "new-password", "New password: ", &first, why)) ||
        (out = check_new(walk, first, why)) ||
        (out = okta_type(walk, QUESTION_HIDDEN, "new-password-again",
                         "New password again: ", &again, why)))
        return out;
    if (!secret_same(first, again))
        return fail(why, REASON_BAD_PASSWORD, "the two new passwords are not the same");
    if (walk->request->changing && (out = walk->request->changing(walk->request->data, first, why)))
        return out;
    *new = first;
    first = NULL;
    return OUTCOME_OK;
}

/* An answer that was lost, or is none, leaves it open. */
static enum outcome change(struct okta_walk *walk, const struct secret *new, struct why *why)
{
    bool resets = walk->state.row->step == OKTA_RESET;
    const struct okta_member members[] = { { "oldPassword",
                                             .secret = resets ? NULL : walk->request->password },
                                           { "newPassword", .secret = new },
                                           { 0 } };

    asker_event(walk->request->asker, "changing");
    enum outcome out = okta_send(walk, &walk->state.next, members, why);
    return out && walk->sent && !walk->refused ? fail_as(why, REASON_CHANGE_UNKNOWN) : out;
}

static bool may_retry(struct okta_walk *walk, int tries, const struct why *why)
{
    if (tries == TRIES_MOST ||
        (why->reason != REASON_WEAK_PASSWORD && why->reason != REASON_BAD_PASSWORD &&
         why->reason != REASON_BAD_REQUEST))
        return false;
    asker_tell(walk->request->asker, "%s (%s)", reason_sentence(why->reason), why->text);
    return true;
}

static enum outcome renew(struct okta_walk *walk, struct why *why)
{
    enum outcome out = tell_rules(walk, why);

    if (out)
        return out;
    for (int tries = 1;; tries++) {
        secret_auto *new = NULL;
        out = ask_new(walk, &new, why);
        if (!out && !(out = change(walk, new, why))) {
            walk->result->changed = true;
            walk->result->new_password = new;
            new = NULL;
            return OUTCOME_OK;
        }
        if (!may_retry(walk, tries, why))
            return fail_in(why, "changing the password");
    }
}

enum outcome okta_expired(struct okta_walk *walk, struct why *why)
{
    if (walk->result->changed)
        return fail(why, REASON_BAD_ANSWER, "%s wants a new password again", walk->org);
    if (!walk->recovers)
        asker_tell(walk->request->asker, "%s",
                   reason_sentence(walk->state.row->step == OKTA_RESET ? REASON_MUST_CHANGE
                                                                       : REASON_PASSWORD_EXPIRED));
    return renew(walk, why);
}

/* Nobody there: not now. */
enum outcome okta_warn(struct okta_walk *walk, struct why *why)
{
    static const char *const choices[] = { "Not now", "Change it now", NULL };
    char prompt[120];
    size_t chosen = walk->request->change;
    enum outcome out;

    if (walk->result->changed || !walk->state.skip.href)
        return okta_expired(walk, why);
    if (walk->state.policy.expire_days >= 0)
        (void)snprintf(prompt, sizeof prompt, "The password ends in %" PRId64 " days.",
                       walk->state.policy.expire_days);
    else
        (void)snprintf(prompt, sizeof prompt, "The password ends soon.");
    if (!chosen && (out = okta_choose(walk, "change", prompt, choices, &chosen, why)) &&
        why->reason != REASON_NOBODY_TO_ASK)
        return out;
    return chosen ? renew(walk, why) : okta_send(walk, &walk->state.skip, NULL, why);
}
