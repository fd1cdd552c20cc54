/* SPDX-License-Identifier: MIT
 *
 * What uses a certificate hears of a new one, of its end, and of the PIN.
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

void certificate_use_tell(struct certificates *all, const char *name)
{
    struct uses uses;
    struct why why;

    if (uses_read(all->folder, &uses, &why))
        log_line(LOG_LEVEL_ERROR, "%s", why.text);
    for (size_t i = 0; i < uses.count; i++) {
        const struct use_row *row = &uses.all[i];
        if (network_is_of(all, row, name))
            message_add_row(all->errand->result, SLOT_USES,
                            (const char *const[USE_COLUMNS]){ [USE_CERTIFICATE] = row->certificate,
                                                              [USE_KIND] = row->what,
                                                              [USE_PLACE] = row->where,
                                                              [USE_CONNECTION] = row->uuid });
    }
}

/* Whoever asks has it from a connection, where somebody may have set another key. */
static enum outcome check_key(struct certificates *all, const struct wanted *wanted,
                              const char *key_uri, struct why *why)
{
    const struct kept_list *list;
    char uri[TOKEN_URI];
    enum outcome out = certificate_kept(all, wanted->place, &list, why);

    for (size_t i = 0; !out && list && i < list->count; i++) {
        if (strcmp(list->all[i].name, wanted->name) != 0)
            continue;
        out = keep_uri(all->token, &list->all[i].id, KEEP_KEY, uri, why);
        if (!out && !strcmp(uri, key_uri))
            return OUTCOME_OK;
    }
    if (!out && !list)
        return fail(why, REASON_TOKEN_MISSING, "the person's own");
    return out ? out : fail(why, REASON_NO_KEY, "%s", key_uri);
}

enum outcome certificate_network_pin(struct certificates *all, struct why *why)
{
    const char *name = errand_text(all->errand, SLOT_CERTIFICATE);
    const char *key_uri = errand_text(all->errand, SLOT_USE_WHERE);
    secret_auto *pin = NULL;
    struct wanted wanted;
    enum outcome out;

    if (!name || !key_uri || !wanted_find(all, name, &wanted))
        return fail(why, REASON_BAD_REQUEST, "the PIN of no certificate of the settings");
    if ((out = certificate_choose(all, &wanted, why)) ||
        (out = check_key(all, &wanted, key_uri, why)) ||
        (out = certificate_pin(all, wanted.place, &pin, why)))
        return fail_in(why, "certificate %s", name);
    message_add_secret(all->errand->result, SLOT_NETWORK_PIN, pin);
    return OUTCOME_OK;
}
