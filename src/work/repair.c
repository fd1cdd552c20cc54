/* SPDX-License-Identifier: MIT
 *
 * repair: what a change of the password left open is finished.
 */
#include "work/places.h"

/* The first place that is still open, as the failure. */
static enum outcome left_open(const struct errand *errand, struct why *why)
{
    for (unsigned i = 0; i < PLACE_COUNT; i++)
        if (errand->journal.open[i])
            return fail(why, errand->journal.open[i], "the password of the %s",
                        journal_place((enum place)i));
    return OUTCOME_OK;
}

/* The password that signs in is the one that the places should have. */
enum outcome verb_repair(struct errand *errand, struct why *why)
{
    struct why nothing;

    if (!left_open(errand, &nothing)) {
        asker_tell(errand->asker, "No change of the password is open.");
        return verb_status(errand, why);
    }
    errand->only_typed = !message_number(errand->request, SLOT_CAN_ASK, 0); /* it is given */
    enum outcome out = verb_sign_in(errand, why);
    return out ? out : left_open(errand, why);
}
