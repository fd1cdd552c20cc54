/* SPDX-License-Identifier: MIT
 *
 * certificate pin: for programs that ask the person for it, such as browsers and ssh.
 */
#include <string.h>

#include "work/certificate.h"

/* Of the one that is named, or of all, if they are in one token. */
static enum outcome find_place(struct certificates *all, const char *name, const char **place,
                               struct why *why)
{
    struct wanted wanted;
    enum outcome out;

    *place = NULL;
    for (size_t n = 0; wanted_at(all, n, &wanted); n++) {
        if (name && strcmp(wanted.name, name) != 0)
            continue;
        if ((out = certificate_choose(all, &wanted, why)))
            return fail_in(why, "certificate %s", wanted.name);
        if (*place && strcmp(*place, wanted.place) != 0)
            return fail(why, REASON_BAD_REQUEST,
                        "certificate pin: which one? They are in different tokens");
        *place = wanted.place;
    }
    if (*place)
        return OUTCOME_OK;
    return name ? fail(why, REASON_BAD_REQUEST, "identity %s has no certificate %s in the settings",
                       all->errand->identity, name)
                : fail(why, REASON_NO_CERTIFICATE, "identity %s has none in the settings",
                       all->errand->identity);
}

enum outcome certificate_tell_pin(struct certificates *all, struct why *why)
{
    secret_auto *pin = NULL;
    const char *place;
    enum outcome out;

    if ((out = find_place(all, errand_text(all->errand, SLOT_CERTIFICATE), &place, why)) ||
        (out = certificate_proved_pin(all, place, &pin, why)))
        return out;
    message_add_secret(all->errand->result, SLOT_PIN, pin);
    return OUTCOME_OK;
}
