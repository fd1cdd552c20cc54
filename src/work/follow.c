/* SPDX-License-Identifier: MIT
 *
 * The places beside the directory that have the person's password: the stored item, the login
 * keyring, the account on this computer. They follow when it has changed, or stay in the journal.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "wire/verbs.h"
#include "work/places.h"

/* What time one place has; how often the person may type the old password. */
enum { PLACE_MS = 45000, ASKED_MOST = 3 };

/* It may have the new one already. */
static enum outcome give_computer(struct errand *errand, const struct secret *old,
                                  const struct secret *now, struct why *why)
{
    enum outcome out;

    if (!errand->local) {
        *why = errand->no_local;
        return reason_outcome(why->reason);
    }
    if (old && (!(out = local_change(errand->local, old, now, why)) ||
                why->reason != REASON_WRONG_LOCAL_PASSWORD))
        return out;
    return local_prove(errand->local, now, why);
}

static enum outcome give_keyring(struct errand *errand, const struct secret *old,
                                 const struct secret *now, struct why *why)
{
    const char *keychains = errand_text(errand, SLOT_KEYCHAINS);

    if (!keychains || !setting_list_has(keychains, "desktop"))
        return fail(why, REASON_NO_KEYCHAIN, "there is no session bus");
    return errand_rekey(errand, old, now, why);
}

static const struct {
    const char *name, *step;
    enum place place;
    enum reason wrong;
    enum outcome (*give)(struct errand *errand, const struct secret *old, const struct secret *now,
                         struct why *why);
} followers[] = {
    { "The login keyring", "Giving the new password to the login keyring", PLACE_KEYRING,
      REASON_WRONG_KEYRING_PASSWORD, give_keyring },
    { "This computer", "Giving the new password to this computer", PLACE_COMPUTER,
      REASON_WRONG_LOCAL_PASSWORD, give_computer },
};
enum { FOLLOWERS = sizeof followers / sizeof *followers };

/* There is nothing to follow, or not for us: said once, and nothing stays open. */
static bool is_nothing(enum reason reason)
{
    static const enum reason reasons[] = { REASON_NO_KEYRING, REASON_KEYRING_BY_HAND,
                                           REASON_NO_LOCAL_ACCOUNT, REASON_COMPANY_STACK,
                                           REASON_NO_PASSWD };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i] == reason)
            return true;
    return false;
}

/* Of these a person need not hear: most computers are so. */
static bool is_usual(enum reason reason)
{
    return reason == REASON_NO_KEYRING || reason == REASON_NO_LOCAL_ACCOUNT;
}

/* A keyring that nobody can open from here is out of step only if there is one. */
static bool is_absent(const struct errand *errand, enum place place, enum reason reason)
{
    return is_nothing(reason) ||
           (place == PLACE_KEYRING && reason == REASON_NO_KEYCHAIN && !errand->login_keyring);
}

/* One place: it has the password afterwards, or is open for the reason. */
static void give(struct errand *errand, size_t i, const struct secret *old,
                 const struct secret *now)
{
    enum reason *open = &errand->journal.open[followers[i].place];
    struct why why;

    if (errand->deadline_ms < clock_ms() + PLACE_MS)
        errand->deadline_ms = clock_ms() + PLACE_MS;
    errand_watch(errand->deadline_ms);
    asker_step(errand->asker, "%s", followers[i].step);
    if (!followers[i].give(errand, old, now, &why)) {
        *open = REASON_NONE;
        asker_tell(errand->asker, "%s has the company's password now.", followers[i].name);
    } else if (is_absent(errand, followers[i].place, why.reason)) {
        *open = REASON_NONE;
        if (!is_usual(why.reason))
            asker_tell(errand->asker, "%s: %s %s", followers[i].name, reason_sentence(why.reason),
                       reason_remedy(why.reason));
    } else {
        *open = why.reason;
        if (why.reason != followers[i].wrong)
            asker_tell(errand->asker, "%s: %s (%s)", followers[i].name, reason_sentence(why.reason),
                       why.text);
    }
    places_write(errand);
}

static bool is_unattended(const struct errand *errand)
{
    return message_number(errand->request, SLOT_UNATTENDED, 0);
}

static bool is_wrong(const struct errand *errand, size_t i)
{
    return errand->journal.open[followers[i].place] == followers[i].wrong;
}

static const char *first_wrong(const struct errand *errand)
{
    for (size_t i = 0; i < FOLLOWERS; i++)
        if (is_wrong(errand, i))
            return followers[i].name;
    return NULL;
}

static void leave_wrong(struct errand *errand)
{
    for (size_t i = 0; i < FOLLOWERS; i++)
        if (is_wrong(errand, i))
            places_leave(errand, followers[i].place);
    places_write(errand);
}

/* Does the person want that, too? */
static bool is_wanted(struct errand *errand)
{
    char prompt[256], answer[8];
    struct question question = { .kind = QUESTION_CHOICE,
                                 .name = "follow",
                                 .prompt = prompt,
                                 .suggestion = "2",
                                 .choices = { "Yes", "Not now", "No, it has its own" } };
    struct why why;

    (void)snprintf(prompt, sizeof prompt,
                   "%s has another password than the company's. Shall it have the company's?",
                   first_wrong(errand));
    if (asker_ask_text(errand->asker, &question, answer, sizeof answer, &why))
        return false;
    if (!strcmp(answer, "3"))
        leave_wrong(errand);
    return !strcmp(answer, "1");
}

/* What the person remembers of this computer's password. */
static bool ask_old(struct errand *errand, struct secret **old)
{
    struct question question = { .kind = QUESTION_HIDDEN,
                                 .name = "old-password",
                                 .prompt = "The password that you used on this computer until "
                                           "today: ",
                                 .suggestion = "not now" };
    struct why why;

    return !asker_ask(errand->asker, &question, old, &why) && secret_length(*old) &&
           !errand_check_password(*old, "password", &why);
}

static void ask_and_give(struct errand *errand, const struct secret *now)
{
    bool person = message_number(errand->request, SLOT_CAN_ASK, 0);

    if (!first_wrong(errand) || is_unattended(errand) || (person && !is_wanted(errand)))
        return;
    for (int asked = 0; first_wrong(errand) && asked < (person ? ASKED_MOST : 1); asked++) {
        secret_auto *old = NULL;
        if (!ask_old(errand, &old))
            return;
        for (size_t i = 0; i < FOLLOWERS; i++)
            if (is_wrong(errand, i))
                give(errand, i, old, now);
        if (first_wrong(errand))
            asker_tell(errand->asker, "%s has another one.", first_wrong(errand));
    }
}

static void tell_open(struct errand *errand)
{
    for (size_t i = 0; i < FOLLOWERS; i++) {
        enum reason reason = errand->journal.open[followers[i].place];
        if (reason)
            asker_tell(
                errand->asker,
                "%s does not have the company's password yet. %s To finish: chatelaine repair",
                followers[i].name, reason_sentence(reason));
    }
}

/* With nobody there, and where no change was to be thought of, this computer is not asked. */
static bool can_give(const struct errand *errand, enum place place)
{
    return place != PLACE_COMPUTER ||
           (!is_unattended(errand) && (errand->local || errand->no_local.reason));
}

static void give_all(struct errand *errand, const struct secret *old, const struct secret *now)
{
    for (size_t i = 0; i < FOLLOWERS; i++) {
        enum place place = followers[i].place;
        if (!places_follow(errand, place))
            errand->journal.open[place] = REASON_NONE;
        else if (errand->journal.open[place] && can_give(errand, place))
            give(errand, i, old, now);
    }
    places_write(errand);
}

/* The password is the directory's own. That it is the provider's, too, is known of one that came
 * from there, that was just set, or that the person repairs with. */
static bool is_in_step(const struct errand *errand)
{
    return errand->journal.open[PLACE_DIRECTORY] != REASON_NOT_FOLLOWED || errand->is_right ||
           errand->changed ||
           !strcmp(message_text(errand->request, SLOT_VERB), verb_row(VERB_REPAIR)->word);
}

void errand_follow(struct errand *errand, const char *principal, const struct secret *old,
                   const struct secret *now)
{
    struct journal *journal = &errand->journal;
    struct why why;

    if (errand->taken && errand->changed)
        *errand->taken = secret_copy(now);
    if (!journal_is_open(journal, principal))
        return;
    if (!errand->changed && places_lock(errand, &why)) {
        log_line(LOG_LEVEL_INFO, "%s", why.text);
        return;
    }
    if (!journal_is_open(journal, principal)) /* by now it is another one's, or done */
        return;
    (void)snprintf(journal->principal, sizeof journal->principal, "%s", principal);
    if (is_in_step(errand))
        journal->open[PLACE_DIRECTORY] = REASON_NONE;
    journal->open[PLACE_KEYCHAIN] = errand->not_kept;
    give_all(errand, old, now);
    ask_and_give(errand, now);
    tell_open(errand);
}
