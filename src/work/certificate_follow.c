/* SPDX-License-Identifier: MIT
 *
 * What uses a certificate hears of a new one, and of its end.
 */
#include <string.h>

#include "base/log.h"
#include "work/certificate_network.h"

/* Whoever looks into the log later, and whoever is there. */
static void tell(const struct certificates *all, const struct use_row *row, const struct why *why)
{
    log_line(LOG_LEVEL_ERROR, "%s %s: %s", row->what, row->where, why->text);
    asker_tell(all->errand->asker, "%s%s%s: %s %s", row->what, *row->where ? " " : "", row->where,
               reason_sentence(why->reason), why->text);
}

void certificate_use_follow(struct certificates *all, const struct wanted *wanted)
{
    struct uses uses;
    struct why why;

    if (uses_read(all->folder, &uses, &why))
        return; /* told before the fence */
    for (size_t i = 0; i < uses.count; i++) {
        const struct use_row *row = &uses.all[i];
        struct use use = { .all = all, .what = row->what, .where = row->where };
        if (!network_is_of(all, row, wanted->name))
            continue;
        if (use_find(&use, wanted, &why) ? why.reason != REASON_NO_CERTIFICATE
                                         : network_write(&use, true, &why))
            tell(all, row, &why);
    }
}

void certificate_use_remove(struct certificates *all, const char *name)
{
    struct uses uses;
    struct why why;
    bool changed = false;

    if (uses_read(all->folder, &uses, &why))
        return;
    for (size_t i = uses.count; i-- > 0;) {
        const struct use_row *row = &uses.all[i];
        if (!network_is_of(all, row, name))
            continue;
        if (network_remove(all, row, &why))
            tell(all, row, &why);
        uses_drop(&uses, row->uuid);
        changed = true;
    }
    if (changed && uses_write(all->folder, &uses, &why))
        log_line(LOG_LEVEL_ERROR, "%s", why.text);
}
