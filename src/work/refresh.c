/* SPDX-License-Identifier: MIT
 *
 * refresh: the directory is read anew, with the ticket that is there.
 */
#include "work/errand.h"

enum outcome verb_refresh(struct errand *errand, struct why *why)
{
    struct ticket ticket;
    struct dc dc;
    enum outcome out = errand_find_ticket(errand, &ticket, &dc, why);

    if (out)
        return out;
    facts_ticket(errand, &ticket);
    return errand_read(errand, &dc, &ticket, why);
}
