/* SPDX-License-Identifier: MIT
 *
 * A certificate that is in a token already comes into our care: its end is told and watched.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert/card.h"
#include "cert/names.h"
#include "cert/present.h"
#include "work/certificate_adopted.h"
#include "work/certificate_protocol.h"

enum { WARNING_S = 14 * 86400 };

/* Its own name: of the settings, or a new one. */
static enum outcome check_name(struct certificates *all, const char *name, struct why *why)
{
    adopted_auto adopted = { .certificate = NULL };
    const struct kept_list *list;
    struct pending pending;
    struct wanted wanted;
    bool has;
    enum outcome out = adopted_read(all, name, &adopted, &has, why);

    if ((out && why->reason != REASON_STATE_DAMAGED) || !wanted_is_known(all, name))
        return out && why->reason != REASON_STATE_DAMAGED ? out : OUTCOME_OK;
    if (!wanted_find(all, name, &wanted))
        return fail(why, REASON_OTHER_KIND, "the settings have %s for another identity", name);
    if ((out = pending_read(all->folder, name, &pending, why)) ||
        (out = certificate_choose(all, &wanted, why)) ||
        (out = certificate_kept(all, wanted.place, &list, why)))
        return out;
    return pending.step != STEP_NONE || (list && certificate_is_kept(list, name))
               ? fail(why, REASON_BAD_REQUEST,
                      "%s has a certificate of its own: choose another name", name)
               : OUTCOME_OK;
}

/* The key is beside it: that can be seen only once the token is logged in to. Gives a PIN that was
 * typed here. */
static enum outcome check_key(struct certificates *all, const struct card *card,
                              struct secret **pin, struct why *why)
{
    char prompt[CARD_LABEL + 64];
    const struct question question = { .kind = QUESTION_HIDDEN, .name = "pin", .prompt = prompt };
    enum card_tries tries;
    enum outcome out = card_tries(card, &tries, why);

    if (out || !card->needs_pin)
        return out ? out : card_try(card, NULL, why);
    if (tries == CARD_TRIES_NONE)
        return fail(why, REASON_PIN_LOCKED, "the token %s says so", card->label);
    if (card->has_pinpad)
        asker_tell(all->errand->asker, "Type the PIN of %s at its reader%s.", card->label,
                   card_warning(tries));
    (void)snprintf(prompt, sizeof prompt, "PIN of %s%s: ", card->label, card_warning(tries));
    if (!card->has_pinpad && (out = asker_ask(all->errand->asker, &question, pin, why)))
        return fail_in(why, "asking for the PIN");
    if (*pin && !secret_length(*pin))
        return fail(why, REASON_WRONG_PIN, "nothing was typed");
    return card_try(card, *pin, why);
}

/* The name of its token, if that can be one. */
static enum outcome choose_name(const char *given, const struct card *card, struct adopted *adopted,
                                struct why *why)
{
    (void)snprintf(adopted->name, sizeof adopted->name, "%s", given ? given : card->label);
    return name_is_identity(adopted->name)
               ? OUTCOME_OK
               : fail(why, REASON_BAD_REQUEST,
                      "\"%s\" cannot name a certificate: certificate adopt URI NAME",
                      adopted->name);
}

enum outcome certificate_adopt(struct certificates *all, struct why *why)
{
    struct errand *errand = all->errand;
    const char *uri = errand_text(errand, SLOT_URI);
    adopted_auto adopted = { .certificate = NULL };
    card_auto card = { .slot = 0 };
    secret_auto *pin = NULL;
    enum outcome out;

    if (!uri)
        return fail(why, REASON_BAD_REQUEST, "certificate adopt: which one?");
    if ((out = card_find(uri, all->folder, errand->asker, &card, why)))
        return why->reason == REASON_BAD_SETTING ? fail_as(why, REASON_BAD_REQUEST) : out;
    if ((out = choose_name(errand_text(errand, SLOT_CERTIFICATE), &card, &adopted, why)) ||
        (out = check_name(all, adopted.name, why)) || (out = check_key(all, &card, &pin, why)))
        return out;
    (void)snprintf(adopted.identity, sizeof adopted.identity, "%s", errand->identity);
    (void)strcpy(adopted.uri, card.uri);
    (void)strcpy(adopted.key_uri, card.key_uri);
    adopted.certificate = card.certificate;
    card.certificate = NULL;
    if ((out = adopted_write(all, &adopted, why)))
        return out;
    adopted_tell(all, &adopted, "adopted");
    return OUTCOME_OK;
}

/* Would it be renewed now? */
static bool is_due(const struct adopted *adopted, const struct wanted *wanted, bool named)
{
    time_t end = gnutls_x509_crt_get_expiration_time(adopted->certificate);
    time_t before = wanted && wanted->renew_before_s ? (time_t)wanted->renew_before_s : WARNING_S;

    return named || time(NULL) >= end - before;
}

/* Nobody but who issued it makes a new one; or a server does that a section names, to which the old
 * key proves itself, for which a person has to type the PIN. */
static enum outcome check_end(const struct certificates *all, const struct adopted *adopted,
                              const struct wanted *wanted, bool named, struct why *why)
{
    bool has_ended = time(NULL) >= gnutls_x509_crt_get_expiration_time(adopted->certificate);

    if (!is_due(adopted, wanted, named))
        return OUTCOME_OK;
    if (wanted && !has_ended && message_number(all->errand->request, SLOT_UNATTENDED, 0))
        return fail(why, REASON_PIN_NEEDED, "chatelaine certificate renew %s", adopted->name);
    return fail(why, REASON_RENEW_ELSEWHERE, "%s, %s", adopted->name,
                has_ended ? "which has ended" : "which is in our care alone");
}

/* Is a new one of its own on its way, or can it be asked for now? */
static bool goes_on(const struct certificates *all, const struct adopted *adopted,
                    const struct wanted *wanted, bool named)
{
    bool may_renew = all->action == ACTION_RENEW &&
                     time(NULL) < gnutls_x509_crt_get_expiration_time(adopted->certificate) &&
                     !message_number(all->errand->request, SLOT_UNATTENDED, 0);
    struct pending pending;
    struct why unread;

    return (may_renew && is_due(adopted, wanted, named)) ||
           (!pending_read(all->folder, adopted->name, &pending, &unread) &&
            pending.step != STEP_NONE);
}

/* Its key nobody can copy. */
static enum outcome tell_chain(struct certificates *all, const struct adopted *adopted,
                               struct why *why)
{
    const struct chain chain = { .all = { adopted->certificate }, .count = 1 };

    return message_number(all->errand->request, SLOT_WITH_KEY, 0)
               ? fail(why, REASON_NOT_EXPORTABLE, "%s is in a token of its own", adopted->name)
               : certificate_add_chain(all, &chain, why);
}

static enum outcome do_one(struct certificates *all, const struct adopted *adopted,
                           const struct wanted *wanted, bool named, struct why *why)
{
    bool unattended = message_number(all->errand->request, SLOT_UNATTENDED, 0);
    bool cares = all->action == ACTION_RENEW || (all->action == ACTION_REQUEST && unattended);
    enum outcome out = cares                          ? check_end(all, adopted, wanted, named, why)
                       : all->action == ACTION_EXPORT ? tell_chain(all, adopted, why)
                                                      : OUTCOME_OK;

    if (out)
        certificate_tell_failed(all, adopted->name, NULL, why, 0);
    adopted_tell(all, adopted, all->action == ACTION_REQUEST ? "nothing" : NULL);
    return out ? fail_in(why, "certificate %s", adopted->name) : OUTCOME_OK;
}

enum outcome adopted_do(struct certificates *all, const struct wanted *wanted, bool named,
                        bool *has, struct why *why)
{
    adopted_auto adopted = { .certificate = NULL };
    enum outcome out = adopted_read(all, wanted->name, &adopted, has, why);

    if (out || !*has)
        return out;
    if (!goes_on(all, &adopted, wanted, named))
        return do_one(all, &adopted, wanted, named, why);
    *has = false;
    return OUTCOME_OK;
}

enum outcome adopted_do_other(struct certificates *all, const char *name, struct why *why)
{
    adopted_auto adopted = { .certificate = NULL };
    bool has;
    enum outcome out = adopted_read(all, name, &adopted, &has, why);

    if (out || has)
        return out ? out : do_one(all, &adopted, NULL, true, why);
    return fail(why, REASON_BAD_REQUEST, "identity %s has no certificate %s in the settings",
                all->errand->identity, name);
}

static enum outcome do_rest(struct certificates *all, const struct adopted *adopted,
                            struct why *why)
{
    return wanted_is_known(all, adopted->name) /* it has had its turn */
               ? OUTCOME_OK
               : do_one(all, adopted, NULL, false, why);
}

enum outcome adopted_do_rest(struct certificates *all, struct why *why)
{
    return adopted_each(all, do_rest, why);
}

enum outcome adopted_end_care(struct certificates *all, const char *name, bool *has,
                              struct why *why)
{
    adopted_auto adopted = { .certificate = NULL };
    enum outcome out = adopted_read(all, name, &adopted, has, why);

    if (out && why->reason != REASON_STATE_DAMAGED)
        return out;
    return *has ? adopted_forget(all, name, why) : OUTCOME_OK;
}

static enum outcome show_card(struct certificates *all, const struct adopted *adopted,
                              struct card *card, struct proof *proof, struct why *why)
{
    struct asker *asker = all->errand->asker;
    secret_auto *pin = NULL;
    enum outcome out = card_find(adopted->uri, all->folder, asker, card, why);

    if (out)
        return out;
    if (!gnutls_x509_crt_equals(card->certificate, adopted->certificate))
        return fail(why, REASON_CERTIFICATE_ABSENT,
                    "another one is there now: chatelaine certificate adopt URI %s", adopted->name);
    if (card->has_pinpad)
        return fail(why, REASON_TOKEN_CANNOT, "its PIN is typed at a reader, once for each use");
    if ((out = check_key(all, card, &pin, why)) ||
        (out = card_open(card, all->folder, pin, asker, &proof->card, why)))
        return out;
    return present_card(proof->card, card, &proof->key, why);
}

enum outcome proof_adopted(struct certificates *all, const char *name, bool *has,
                           struct proof *proof, struct why *why)
{
    adopted_auto adopted = { .certificate = NULL };
    struct card card = { .slot = 0 };
    enum outcome out = adopted_read(all, name, &adopted, has, why);

    if (out || !*has)
        return out;
    if (!(proof->kept.all = calloc(1, sizeof *proof->kept.all)))
        return fail_memory(why);
    if (!(out = show_card(all, &adopted, &card, proof, why))) {
        proof->kept.all[0].certificate = card.certificate; /* which is shown until proof_free */
        proof->kept.count = 1;
        proof->old = proof->kept.all;
        card.certificate = NULL;
    }
    card_free(&card);
    return out ? fail_in(why, "certificate %s", name) : OUTCOME_OK;
}
