/* SPDX-License-Identifier: MIT */

#include "work/certificate_use.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "work/certificate_network.h"

enum { NAMES_MOST = 256 };

/* What can use one; prepare is called before the fence. */
static const struct row {
    const char *what;
    bool has_where, needs_certificate;
    void (*prepare)(struct certificates *all);
    enum outcome (*function)(const struct use *use, struct why *why);
} uses[] = {
    { "wifi", true, true, use_network_prepare, use_network },
    { "wired", false, true, use_network_prepare, use_network },
    { "vpn", true, true, NULL, use_vpn },
    { "browser", false, false, NULL, use_browser },
};
enum { USES = sizeof uses / sizeof *uses };

/* NULL: none. */
static const struct row *find_row(const char *what)
{
    for (int i = 0; what && i < USES; i++)
        if (!strcmp(uses[i].what, what))
            return &uses[i];
    return NULL;
}

void use_line(const struct use *use, const char *format, ...)
{
    char line[1024];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(line, sizeof line, format, list);
    va_end(list);
    message_add(use->all->errand->result, SLOT_PRINTED, line);
}

/* The only one that the identity has by the settings. */
static enum outcome find_only(const struct certificates *all, struct wanted *wanted,
                              struct why *why)
{
    struct wanted other;
    char names[NAMES_MOST] = "";

    if (!wanted_at(all, 0, wanted))
        return fail(why, REASON_NO_CERTIFICATE, "identity %s has none in the settings",
                    all->errand->identity);
    if (!wanted_at(all, 1, &other))
        return OUTCOME_OK;
    for (size_t n = 0; wanted_at(all, n, &other); n++)
        if (strlen(names) + strlen(other.name) + 2 < sizeof names)
            (void)sprintf(names + strlen(names), " %s", other.name);
    return fail(why, REASON_BAD_REQUEST, "which one of them:%s?", names);
}

static enum outcome find_named(const struct certificates *all, const char *name,
                               struct wanted *wanted, struct why *why)
{
    if (!name)
        return find_only(all, wanted, why);
    return wanted_find(all, name, wanted)
               ? OUTCOME_OK
               : fail(why, REASON_BAD_REQUEST, "identity %s has no certificate %s in the settings",
                      all->errand->identity, name);
}

enum outcome use_find(struct use *use, const struct wanted *wanted, struct why *why)
{
    struct certificates *all = use->all;
    const struct kept_list *list;
    enum outcome out;

    use->wanted = *wanted;
    if ((out = certificate_choose(all, &use->wanted, why)) ||
        (out = certificate_kept(all, use->wanted.place, &list, why)))
        return out;
    use->kept = list ? certificate_good(list, use->wanted.name) : NULL;
    if (!use->kept)
        return fail(why, REASON_NO_CERTIFICATE, "%s", use->wanted.name);
    out = keep_uri(all->token, &use->kept->id, KEEP_CERTIFICATE, use->uri, why);
    return out ? out : keep_uri(all->token, &use->kept->id, KEEP_KEY, use->key_uri, why);
}

static enum outcome run(const struct row *row, struct use *use, struct why *why)
{
    const char *name = errand_text(use->all->errand, SLOT_CERTIFICATE);
    struct wanted wanted;
    enum outcome out;

    if ((row->needs_certificate || name) &&
        ((out = find_named(use->all, name, &wanted, why)) || (out = use_find(use, &wanted, why))))
        return out;
    return row->function(use, why);
}

enum outcome certificate_use(struct certificates *all, struct why *why)
{
    const char *where = errand_text(all->errand, SLOT_USE_WHERE);
    struct use use = { .all = all,
                       .what = errand_text(all->errand, SLOT_USE),
                       .where = where ? where : "",
                       .prints = message_number(all->errand->request, SLOT_PRINT, 0) };
    const struct row *row = find_row(use.what);

    if (!row || row->has_where != (where != NULL))
        return fail(why, REASON_BAD_REQUEST, "certificate use: for what?");
    return run(row, &use, why) ? fail_in(why, "certificate use %s", use.what) : OUTCOME_OK;
}

void certificate_use_prepare(struct certificates *all)
{
    const struct row *row = find_row(errand_text(all->errand, SLOT_USE));
    struct uses told;
    struct why why;
    bool any = false;

    if (all->action == ACTION_USE) {
        if (row && row->prepare)
            row->prepare(all);
        return;
    }
    if (uses_read(all->folder, &told, &why))
        log_line(LOG_LEVEL_ERROR, "%s", why.text);
    for (size_t i = 0; i < told.count; i++)
        any = any || network_is_of(all, &told.all[i], NULL);
    network_prepare(all, any);
}
