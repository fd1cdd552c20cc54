/* SPDX-License-Identifier: MIT
 *
 * sign-in with a certificate that is in a token, such as a smart card: its PIN is asked for once
 * the KDC wants a certificate, tried once by us, which tells how it is, and then given to libkrb5.
 */
#include <stdio.h>
#include <string.h>

#include "base/bundle.h"
#include "cert/card.h"
#include "work/certificate_adopted.h"

enum { IDENTITY_MOST = TOKEN_URI + 256 };

/* What asks for the PIN. */
struct reader {
    struct ticket_card card;
    struct errand *errand;
    const struct card *found;
    enum card_tries tries;
};

static enum outcome ask(const struct reader *reader, struct secret **pin, struct why *why)
{
    char prompt[CARD_LABEL + 64];
    const struct question question = { .kind = QUESTION_HIDDEN, .name = "pin", .prompt = prompt };
    enum outcome out;

    (void)snprintf(prompt, sizeof prompt, "PIN of %s%s: ", reader->found->label,
                   card_warning(reader->tries));
    if ((out = asker_ask(reader->errand->asker, &question, pin, why)))
        return fail_in(why, "asking for the PIN");
    return secret_length(*pin) ? OUTCOME_OK : fail(why, REASON_WRONG_PIN, "nothing was typed");
}

/* The last try is a person's own, who was told. */
static enum outcome give_pin(struct ticket_card *card, struct secret **pin, struct why *why)
{
    const struct reader *reader = (const struct reader *)card;
    secret_auto *typed = NULL;
    enum outcome out;

    if (reader->found->has_pinpad) {
        asker_tell(reader->errand->asker, "Type the PIN of %s at its reader%s.",
                   reader->found->label, card_warning(reader->tries));
        return OUTCOME_OK;
    }
    if ((out = ask(reader, &typed, why)) || (out = card_try(reader->found, typed, why)))
        return out;
    *pin = typed;
    typed = NULL;
    return OUTCOME_OK;
}

/* Could a PIN be typed, and help? */
static enum outcome check_pin(struct reader *reader, struct why *why)
{
    const struct card *found = reader->found;
    enum outcome out = card_tries(found, &reader->tries, why);

    if (out || !found->needs_pin)
        return out;
    if (reader->tries == CARD_TRIES_NONE)
        return fail(why, REASON_PIN_LOCKED, "the token %s says so", found->label);
    return message_number(reader->errand->request, SLOT_UNATTENDED, 0)
               ? fail(why, REASON_PIN_NEEDED, "the token %s", found->label)
               : OUTCOME_OK;
}

/* What was typed at a reader, nobody else knows; the token may tell that it was wrong. */
static enum outcome explain(const struct card *found, struct why *why)
{
    enum card_tries tries;
    struct why unread;

    if (why->reason != REASON_TOKEN_FAILED || !found->has_pinpad ||
        card_tries(found, &tries, &unread) || tries == CARD_TRIES_GOOD)
        return reason_outcome(why->reason);
    return fail_as(why, tries == CARD_TRIES_NONE ? REASON_PIN_LOCKED : REASON_WRONG_PIN);
}

/* Before anything is asked, of the network or of the person. */
static enum outcome check_kerberos(struct why *why)
{
    tickets_auto *tickets = NULL;
    enum outcome out = tickets_open(&tickets, why);

    return out ? out : tickets_certificates(tickets, why);
}

static enum outcome sign_in_with(struct errand *errand, const struct card *found, struct why *why)
{
    const char *ca = conf_text(errand->conf, errand->identity, SETTING_CA_FILE);
    char identity[IDENTITY_MOST], upn[CARD_NAME];
    struct reader reader = {
        .card = { .identity = identity, .anchors = *ca ? ca : bundle_path(), .pin = give_pin },
        .errand = errand,
        .found = found
    };
    enum outcome out;

    if ((out = card_is_now(found, why)) || (out = card_chain(found, reader.card.anchors, why)) ||
        (out = card_identity(found, identity, sizeof identity, why)) ||
        (out = check_pin(&reader, why)))
        return out;
    card_upn(found, upn);
    errand->named = upn;
    errand->card = &reader.card;
    out = sign_in_by_card(errand, why);
    errand->card = NULL;
    errand->named = NULL;
    return out ? explain(found, why) : OUTCOME_OK;
}

/* A name stands for one that is adopted. */
enum outcome card_of_settings(struct errand *errand, struct card *card, struct why *why)
{
    const char *set = conf_text(errand->conf, errand->identity, SETTING_CARD);
    struct certificates *all = errand->certificates;
    adopted_auto adopted = { .certificate = NULL };
    bool has = false;
    enum outcome out = OUTCOME_OK;

    if (strncmp(set, "pkcs11:", 7) != 0) {
        if ((out = adopted_read(all, set, &adopted, &has, why)))
            return out;
        if (!has)
            return fail(why, REASON_CERTIFICATE_ABSENT, "none of the name %s is adopted", set);
    }
    return card_find(has ? adopted.uri : set, all->folder, errand->asker, card, why);
}

enum outcome verb_sign_in_by_certificate(struct errand *errand, struct why *why)
{
    card_auto found = { .slot = 0 };
    enum outcome out;

    if ((out = check_kerberos(why)) || (out = card_of_settings(errand, &found, why)))
        (void)fail_in(why, "the certificate that signs in");
    else
        out = sign_in_with(errand, &found, why);
    certificates_close(errand);
    return out;
}
