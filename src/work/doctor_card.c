/* SPDX-License-Identifier: MIT
 *
 * doctor on the certificate that signs in: the plugin, the token, the certificate.
 */
#include "base/bundle.h"
#include "cert/card.h"
#include "work/certificate_adopted.h"
#include "work/doctor.h"

static const char check[] = "smart-card";

static enum outcome look(struct errand *errand, struct card *card, struct why *why)
{
    const char *ca = conf_text(errand->conf, errand->identity, SETTING_CA_FILE);
    tickets_auto *tickets = NULL;
    enum card_tries tries = CARD_TRIES_GOOD;
    enum outcome out;

    if ((out = tickets_open(&tickets, why)) || (out = tickets_certificates(tickets, why)) ||
        (out = card_of_settings(errand, card, why)) || (out = card_is_now(card, why)) ||
        (out = card_chain(card, *ca ? ca : bundle_path(), why)) ||
        (out = card_tries(card, &tries, why)))
        return out;
    return tries == CARD_TRIES_NONE
               ? fail(why, REASON_PIN_LOCKED, "the token %s says so", card->label)
               : OUTCOME_OK;
}

void doctor_card(struct doctor *doctor)
{
    card_auto card = { .slot = 0 };
    char end[DOCTOR_TIME], upn[CARD_NAME];
    struct why why;

    if (look(doctor->errand, &card, &why)) {
        doctor_fault(doctor, true, check, "", &why, NULL);
    } else {
        card_upn(&card, upn);
        doctor_good(doctor, check, "", "%s, for %s, until %s", card.label,
                    *upn ? upn : "nobody whom it names", doctor_time(card.end, end));
    }
    certificates_close(doctor->errand);
}
