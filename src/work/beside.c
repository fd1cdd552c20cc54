/* SPDX-License-Identifier: MIT */
#include "work/beside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "wire/state.h"
#include "wire/wire.h"
#include "work/asker.h"
#include "work/keychain.h"
#include "work/places.h"

static bool flag(const struct errand *errand, enum slot slot)
{
    return message_number(errand->request, slot, 0);
}

/* The request as the person would make it for that identity, with what is remembered of it. */
static struct message *make_request(const struct errand *errand, const char *identity)
{
    static const enum slot texts[] = { SLOT_CCACHE, SLOT_KEYCHAINS };
    static const enum slot numbers[] = { SLOT_CAN_ASK, SLOT_LOG, SLOT_FORGET };
    struct message *request = message_new(MESSAGE_REQUEST);
    struct why why;

    if (!request)
        return NULL;
    message_add(request, SLOT_VERB, errand_text(errand, SLOT_VERB));
    message_add(request, SLOT_IDENTITY, identity);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        message_add(request, texts[i], errand_text(errand, texts[i]));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        message_add_number(request, numbers[i], message_number(errand->request, numbers[i], 0));
    if (state_load(identity, request, &why))
        log_line(LOG_LEVEL_ERROR, "%s", why.text);
    return request;
}

enum outcome beside_open(struct errand *errand, enum verb verb, struct why *why)
{
    const char *name = conf_text(errand->conf, errand->identity, SETTING_DIRECTORY);
    struct errand *beside;
    struct message *asked;

    if (!errand->is_web || !*name || flag(errand, SLOT_UNATTENDED) || !verb_is_for_both(verb))
        return OUTCOME_OK;
    if (!(errand->beside = beside = calloc(1, sizeof *beside)))
        return fail_memory(why);
    asked = make_request(errand, name);
    *beside = (struct errand){ .series = errand->series,
                               .identity = name,
                               .conf = errand->conf,
                               .asker = errand->asker,
                               .front = errand->front,
                               .request = asked,
                               .asked = asked,
                               .result = message_new(MESSAGE_BESIDE),
                               .journal = { .fd = -1 },
                               .is_beside = true };
    (void)snprintf(beside->account, sizeof beside->account, "%s", errand->account);
    if (!beside->request || !beside->result)
        return fail_memory(why);
    message_add(beside->result, SLOT_IDENTITY, name);
    return journal_open(&beside->journal, name, true, why);
}

void beside_close(struct errand *errand)
{
    struct errand *beside = errand->beside;

    errand->beside = NULL;
    if (!beside)
        return;
    journal_close(&beside->journal);
    message_free(&beside->asked);
    message_free(&beside->result);
    free(beside);
}

/* The asker moves the deadline of the errand that is being worked at. */
static enum outcome run(struct errand *beside, errand_function *verb, struct why *why)
{
    long *deadline = beside->front->deadline_ms, begun_ms = clock_ms();

    beside->deadline_ms =
        clock_ms() + conf_seconds(beside->conf, beside->identity, SETTING_TIME_LIMIT) * 1000;
    beside->front->deadline_ms = &beside->deadline_ms;
    errand_watch(beside->deadline_ms);
    enum outcome out = verb(beside, why);
    journal_facts(&beside->journal, message_text(beside->result, SLOT_PRINCIPAL), beside->result);
    beside->front->deadline_ms = deadline;
    *deadline += clock_ms() - begun_ms;
    errand_watch(*deadline);
    return out;
}

static void say(struct errand *beside, enum outcome out, const struct why *why)
{
    struct why lost;

    if (*beside->person && message_has(beside->result, SLOT_PRINCIPAL)) {
        message_drop(beside->result, SLOT_BESIDE_OF);
        message_add(beside->result, SLOT_BESIDE_OF, beside->person);
    }
    message_add_outcome(beside->result, out, why);
    if (wire_send(beside->front->wire, beside->result, &lost))
        log_line(LOG_LEVEL_ERROR, "%s", lost.text);
}

/* No server was there to look at it: kept, it signs in when there is one, once. */
static void keep_for_later(struct errand *beside, const struct secret *now)
{
    const char *domain = conf_text(beside->conf, beside->identity, SETTING_DOMAIN);
    const char *set = conf_text(beside->conf, beside->identity, SETTING_USER);
    const char *login = errand_text(beside, SLOT_LOGIN), *last = errand_text(beside, SLOT_USER);
    const char *user = login ? login : *set ? set : last;
    char realm[256], principal[600], label[700];
    const struct item item = { .kind = "password", .user = user, .realm = realm };
    struct why why;

    if (!beside->keeps || strcmp(beside->keeps, "yes") != 0 || !user || strchr(user, '@') ||
        !*domain || !keychain_is_there(beside))
        return;
    errand_realm(domain, realm);
    (void)snprintf(principal, sizeof principal, "%s@%s", user, realm);
    (void)snprintf(label, sizeof label, "Company password of %s (Chatelaine)", principal);
    if (keychain_store(beside, &item, label, now, NULL, &why)) {
        asker_tell(beside->asker, "The keychain did not follow: %s", why.text);
        return;
    }
    message_drop_facts(beside->result);
    message_add(beside->result, SLOT_PRINCIPAL, principal);
    message_add(beside->result, SLOT_REALM, realm);
    message_add(beside->result, SLOT_DOMAIN, domain);
    message_add(beside->result, SLOT_USER, user);
    message_add(beside->result, SLOT_STATE, "expired");
    message_add(beside->result, SLOT_REMEMBERED, "yes");
    facts_remembered(beside);
    asker_tell(beside->asker, "The agent signs in there when it can be reached.");
}

static const char *name_of(const struct errand *beside)
{
    const char *domain = conf_text(beside->conf, beside->identity, SETTING_DOMAIN);

    return *domain ? domain : "Active Directory";
}

static bool is_other(const struct errand *beside, const struct why *why)
{
    return beside->is_right && why->reason == REASON_WRONG_PASSWORD;
}

static void tell_failure(struct errand *beside, const struct why *why)
{
    bool other = is_other(beside, why);
    bool changes = other || reason_outcome(why->reason) == OUTCOME_EXPIRED;

    asker_tell(beside->asker, "%s: %s (%s) %s: chatelaine %s --identity %s", name_of(beside),
               reason_sentence(why->reason), why->text,
               other ? "It has another one still, perhaps the one of before. To give it this one, "
                       "if you know that (else ask the help desk)"
                     : "To go on there",
               changes ? "change-password" : "sign-in", beside->identity);
}

enum outcome beside_changing(struct errand *errand, const char *user, struct why *why)
{
    struct errand *beside = errand->beside;
    const char *principal;
    enum outcome out;

    if (!beside || beside->is_done || !(principal = beside_account(errand, user)))
        return OUTCOME_OK;
    if ((out = places_lock(beside, why)))
        return fail_in(why, "identity %s", beside->identity);
    beside->is_behind = true;
    return places_behind(beside, principal, why);
}

void beside_unchanged(struct errand *errand)
{
    if (errand->beside && errand->beside->is_behind)
        places_unchanged(errand->beside);
}

enum outcome beside_left(const struct errand *errand, struct why *why)
{
    const struct errand *beside = errand->beside;

    if (!beside || beside->journal.open[PLACE_DIRECTORY] != REASON_NOT_FOLLOWED)
        return OUTCOME_OK;
    return fail(why, REASON_NOT_FOLLOWED, "the password at %s", name_of(beside));
}

/* Both are as they are, and will be at the next sign-in. */
static void mark_behind(struct errand *errand, const char *user)
{
    struct why why;

    errand->beside->is_done = false;
    if (beside_changing(errand, user, &why))
        log_line(LOG_LEVEL_ERROR, "%s", why.text);
    errand->beside->is_done = true;
}

static enum outcome change_there(struct errand *beside, const struct secret *old,
                                 const struct secret *now, struct why *why)
{
    beside->proven = old;
    beside->next = now;
    beside->accepted = false;
    enum outcome out = run(beside, verb_change_password, why);
    beside->next = NULL;
    if (out && why->reason == REASON_WRONG_PASSWORD) {
        message_drop_facts(beside->result);
        beside->accepted = false;
    }
    return out;
}

/* With the old password the directory changes it, which costs no failed attempt, unless it has
 * heard of the change already. */
static enum outcome try_both(struct errand *beside, const struct secret *old,
                             const struct secret *now, struct why *why)
{
    enum outcome out = OUTCOME_DENIED;

    if (old &&
        (!(out = change_there(beside, old, now, why)) || why->reason != REASON_WRONG_PASSWORD))
        return out;
    beside->proven = now;
    return run(beside, verb_sign_in, why);
}

/* Who repairs may know which one it has. */
static enum outcome ask_old(struct errand *errand, const struct secret *now, struct why *why)
{
    struct errand *beside = errand->beside;
    char prompt[400];
    const struct question question = {
        .kind = QUESTION_HIDDEN, .name = "old-password", .prompt = prompt, .suggestion = "not now"
    };
    struct why first = *why, unasked;
    secret_auto *old = NULL;

    (void)snprintf(prompt, sizeof prompt, "The password that %s has until now: ", name_of(beside));
    if (strcmp(errand_text(errand, SLOT_VERB), verb_row(VERB_REPAIR)->word) != 0 ||
        !flag(errand, SLOT_CAN_ASK) || asker_ask(errand->asker, &question, &old, &unasked) ||
        !secret_length(old)) {
        *why = first;
        return reason_outcome(first.reason);
    }
    return change_there(beside, old, now, why);
}

void beside_follow(struct errand *errand, const char *user, const struct secret *old,
                   const struct secret *now)
{
    struct errand *beside = errand->beside;
    struct why why = { 0 };
    enum outcome out;

    if (!beside || beside->is_done)
        return;
    beside->is_done = beside->only_typed = true;
    beside->is_right =
        errand->accepted || errand->changed || message_has(errand->result, SLOT_ISSUER);
    const char *kept = message_text(errand->result, SLOT_REMEMBERED);
    beside->keeps = kept && errand->accepted ? kept : "";
    if ((out = beside_choose(errand, user, &why))) {
        tell_failure(beside, &why);
        return;
    }
    out = try_both(beside, old, now, &why);
    if (out && is_other(beside, &why))
        out = ask_old(errand, now, &why);
    if (out) {
        if (is_other(beside, &why))
            mark_behind(errand, user);
        tell_failure(beside, &why);
        if ((out == OUTCOME_OFFLINE || out == OUTCOME_BUSY) && !beside->spent)
            keep_for_later(beside, now);
    }
    say(beside, out, &why);
}

void beside_alone(struct errand *errand, const char *user)
{
    struct errand *beside = errand->beside;
    struct why why = { 0 };
    enum outcome out;

    if (!beside || beside->is_done)
        return;
    beside->is_done = true;
    if ((out = beside_choose(errand, user, &why))) {
        tell_failure(beside, &why);
        return;
    }
    if ((out = run(beside, verb_sign_in, &why)))
        tell_failure(beside, &why);
    say(beside, out, &why);
}

void beside_sign_out(struct errand *errand)
{
    struct errand *beside = errand->beside;
    struct why why = { 0 };

    if (!beside || !errand_text(beside, SLOT_PRINCIPAL))
        return;
    enum outcome out = run(beside, verb_sign_out, &why);
    if (out && why.reason != REASON_NOT_SIGNED_IN)
        tell_failure(beside, &why);
    say(beside, out, &why);
}

enum outcome beside_change(struct errand *errand, const char *user, struct secret **now,
                           struct why *why)
{
    struct errand *beside = errand->beside;
    enum outcome out;

    if (!beside)
        return OUTCOME_OK;
    beside->is_done = true;
    beside->taken = now;
    if ((out = beside_choose(errand, user, why)))
        return out;
    if ((out = run(beside, verb_change_password, why)) && !*now)
        return out;
    say(beside, out, why);
    return OUTCOME_OK;
}
