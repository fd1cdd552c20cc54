/* SPDX-License-Identifier: MIT
 *
 * change-password, and the change that a sign-in leads to when the password has expired.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "kerberos/change.h"
#include "work/places.h"

/* How often a new password may be typed that does not do; what time one change and its probe have.
 */
enum { TRIES_MOST = 3, CHANGE_MS = 25000 };

/* Is what is remembered of the person who signs in now? */
static bool is_remembered(const struct errand *errand, const struct login *login)
{
    static const enum slot names[] = { SLOT_USER, SLOT_UPN };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = errand_text(errand, names[i]);
        if (name && !strcasecmp(name, login->user))
            return message_has(errand->request, SLOT_POLICY_LENGTH);
    }
    return false;
}

/* The rules as far as they are known: just read, or of the last sign-in. */
static void tell_rules(struct errand *errand, const struct login *login)
{
    const struct message *known = message_has(errand->result, SLOT_POLICY_LENGTH) ? errand->result
                                  : is_remembered(errand, login)                  ? errand->request
                                                                                  : NULL;

    if (!known)
        return;
    long age = (long)message_number(known, SLOT_POLICY_MINIMUM_AGE, 0);
    asker_tell(
        errand->asker,
        "The new password needs at least %ld characters%s and must be none of the last %ld.%s",
        (long)message_number(known, SLOT_POLICY_LENGTH, 0),
        message_number(known, SLOT_POLICY_COMPLEX, 0)
            ? " of three kinds (capitals, small letters, digits, others), without your name,"
            : "",
        (long)message_number(known, SLOT_POLICY_HISTORY, 0),
        age ? " It cannot be changed twice within a day or so." : "");
}

/* This computer's rules, too, if its password is to follow: before anything has changed. */
static enum outcome check_new(struct errand *errand, const struct secret *old,
                              const struct secret *new, struct why *why)
{
    enum outcome out = errand_check_password(new, "new password", why);

    if (!out && secret_same(old, new))
        return fail(why, REASON_WEAK_PASSWORD, "the new password is the old one");
    if (!out && errand->local && (out = local_rules(errand->local, old, new, why)))
        return fail_in(why, "the rules of this computer");
    return out;
}

static enum outcome ask_new(struct errand *errand, const struct secret *old, struct secret **new,
                            struct why *why)
{
    secret_auto *first = NULL, *again = NULL;
    struct question question = { .kind = QUESTION_HIDDEN,
                                 .name = "new-password",
                                 .prompt = "New password: " };
    enum outcome out = OUTCOME_OK;

    if (errand->next) {
        *new = secret_copy(errand->next);
        errand->next = NULL;
        return *new ? check_new(errand, old, *new, why) : fail_memory(why);
    }
    if ((out = asker_ask(errand->asker, &question, &first, why)) ||
        (out = check_new(errand, old, first, why)))
        return out;
    if (!message_number(errand->request, SLOT_CAN_ASK, 0)) { /* a program does not mistype */
        *new = first;
        first = NULL;
        return OUTCOME_OK;
    }
    question.name = "new-password-again";
    question.prompt = "New password again: ";
    if ((out = asker_ask(errand->asker, &question, &again, why)))
        return out;
    if (!secret_same(first, again))
        return fail(why, REASON_BAD_PASSWORD, "the two new passwords are not the same");
    *new = first;
    first = NULL;
    return OUTCOME_OK;
}

/* May the person try another one? The reason is told then. */
static bool once_more(struct errand *errand, int tries, const struct why *why)
{
    if (tries == TRIES_MOST || (errand->is_beside && !errand->taken) ||
        !message_number(errand->request, SLOT_CAN_ASK, 0) ||
        (why->reason != REASON_WEAK_PASSWORD && why->reason != REASON_BAD_PASSWORD))
        return false;
    asker_tell(errand->asker, "%s (%s)", reason_sentence(why->reason), why->text);
    return true;
}

/* A reply that was lost: one sign-in with the new password at the same server tells. */
static enum outcome probe(struct errand *errand, const struct login *login, const struct dc *dc,
                          const struct secret *new, struct ticket *ticket, struct why *why)
{
    char other[256];
    struct why lost = *why;
    enum outcome out = errand_ticket(errand, login, dc, new, ticket, other, why);

    if (!out)
        return OUTCOME_OK;
    if (errand->accepted)
        return fail_as(why, REASON_PASSWORD_CHANGED);
    if (out == OUTCOME_DENIED) /* proves nothing: the request may still be on its way */
        return fail(why, REASON_CHANGE_UNKNOWN, "the new password does not sign in yet: %.800s",
                    lost.text);
    *why = lost;
    return reason_outcome(lost.reason);
}

/* What is open when the request leaves is on the disk before. */
static enum outcome replace(struct errand *errand, struct change *change, const struct login *login,
                            const struct dc *dc, const struct secret *new, struct ticket *ticket,
                            struct why *why)
{
    char other[256], principal[512];
    enum outcome out;

    if (!change_principal(change, principal, sizeof principal))
        return fail(why, REASON_BAD_ANSWER, "the name of %s is too long", login->user);
    if ((out = places_changing(errand, principal, why)))
        return out;
    asker_event(errand->asker, "changing");
    if (errand->deadline_ms < clock_ms() + CHANGE_MS) /* nothing ends it in the middle */
        errand->deadline_ms = clock_ms() + CHANGE_MS;
    errand_watch(errand->deadline_ms);
    out = change_finish(change, new, why);
    if (out && why->reason == REASON_CHANGE_UNKNOWN) {
        out = probe(errand, login, dc, new, ticket, why);
    } else if (out) {
        places_unchanged(errand);
    } else if ((out = errand_ticket(errand, login, dc, new, ticket, other, why))) {
        out = fail_as(why, REASON_PASSWORD_CHANGED);
    }
    if (out && why->reason == REASON_PASSWORD_CHANGED) {
        errand->journal.open[PLACE_DIRECTORY] = REASON_NONE;
        places_write(errand);
    }
    return out;
}

/* Another DC may be asked as long as none has seen a proof of the old password. */
static enum outcome begin_or_next(struct errand *errand, const struct login *login, struct dc *dc,
                                  const struct secret *old, struct tickets **tickets,
                                  struct change **change, struct why *why)
{
    struct ticket_request request;
    char realm[256];
    enum outcome out;
    bool spent;

    do {
        tickets_close(tickets);
        if ((out = errand_kerberos(dc, realm, tickets, why)))
            return out;
        errand_request(errand, login, dc, realm, old, &request);
        request.reserve_ms = errand_reserve(errand);
        out = change_begin(*tickets, &request, change, why);
        spent = tickets_spent(*tickets);
    } while (out && !spent && !(out = errand_next_dc(errand, dc, why)));
    return out;
}

enum outcome errand_change(struct errand *errand, const struct login *login, struct dc *dc,
                           const struct secret *old, struct ticket *ticket, struct why *why)
{
    tickets_auto *tickets = NULL;
    change_auto *change = NULL;
    enum outcome out;

    if ((out = places_lock(errand, why)) ||
        (out = begin_or_next(errand, login, dc, old, &tickets, &change, why)))
        return fail_in(why, "changing the password of %s", login->user);
    tell_rules(errand, login);
    for (int tries = 1;; tries++) {
        secret_auto *new = NULL;
        out = ask_new(errand, old, &new, why);
        if (!out && !(out = replace(errand, change, login, dc, new, ticket, why))) {
            errand->changed = true;
            errand_keep(errand, ticket, new);
            errand_follow(errand, ticket->principal, old, new);
            return OUTCOME_OK;
        }
        if (!once_more(errand, tries, why))
            return fail_in(why, "changing the password of %s", login->user);
    }
}

/* The rules are not known yet: the old password, if it still signs in, opens the directory. */
static enum outcome read_rules(struct errand *errand, const struct login *login, struct dc *dc,
                               const struct secret *old, struct why *why)
{
    struct ticket ticket;
    struct why unread;
    char other[256];

    if (is_remembered(errand, login))
        return OUTCOME_OK;
    enum outcome out = errand_ticket_or_next(errand, login, dc, old, &ticket, other, why);
    if (out == OUTCOME_EXPIRED)
        return OUTCOME_OK;
    if (!out)
        (void)errand_read(errand, dc, &ticket, &unread); /* the server knows its rules */
    return out;
}

enum outcome verb_change_password(struct errand *errand, struct why *why)
{
    struct login login = { 0 };
    struct ticket ticket;
    struct dc dc;
    secret_auto *old = NULL;
    enum outcome out;

    if (message_has(errand->request, SLOT_RECOVER))
        return fail(why, REASON_NO_RECOVERY,
                    "Active Directory, of which identity %s is, has nothing for that",
                    errand->identity);
    if ((out = places_lock(errand, why)) || (out = errand_check_cache(errand, why)) ||
        (out = login_locate(errand, &login, &dc, why)) ||
        (out = errand_password(errand, &login, "Current password", &old, why)))
        return out;
    if ((out = read_rules(errand, &login, &dc, old, why)) ||
        (out = errand_change(errand, &login, &dc, old, &ticket, why))) {
        message_drop_facts(errand->result); /* a change that failed is no sign-in */
        return out;
    }
    secret_free(&old);
    return errand_read(errand, &dc, &ticket, why) ? fail_as(why, REASON_PASSWORD_CHANGED)
                                                  : OUTCOME_OK;
}
