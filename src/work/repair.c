/* SPDX-License-Identifier: MIT
 *
 * repair: what a change of the password left open is finished.
 */
#include "work/places.h"

/* The password that signs in is the one that the places should have. */
enum outcome verb_repair(struct errand *errand, struct why *why)
{
    struct why nothing;

    if (!places_left(errand, &nothing)) {
        asker_tell(errand->asker, "No change of the password is open.");
        return verb_status(errand, why);
    }
    errand->only_typed = !message_number(errand->request, SLOT_CAN_ASK, 0); /* it is given */
    enum outcome out = verb_sign_in(errand, why);
    return out ? out : places_left(errand, why);
}
