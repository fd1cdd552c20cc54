/* SPDX-License-Identifier: MIT */
#include "work/certificate_use.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_MOST = 256 };

static const struct {
    const char *what;
    bool has_where, needs_certificate;
    enum outcome (*function)(const struct use *use, struct why *why);
} uses[] = {
    { "wifi", true, true, use_network },
    { "wired", false, true, use_network },
    { "vpn", true, true, use_vpn },
};
enum { USES = sizeof uses / sizeof *uses };

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

/* Which certificate, and how programs name it. */
static enum outcome find_certificate(struct use *use, struct why *why)
{
    struct certificates *all = use->all;
    const struct kept_list *list;
    enum outcome out;

    if ((out = find_named(all, errand_text(all->errand, SLOT_CERTIFICATE), &use->wanted, why)) ||
        (out = certificate_choose(all, &use->wanted, why)) ||
        (out = certificate_kept(all, use->wanted.place, &list, why)))
        return out;
    use->kept = list ? certificate_good(list, use->wanted.name) : NULL;
    if (!use->kept)
        return fail(why, REASON_NO_CERTIFICATE, "%s", use->wanted.name);
    out = keep_uri(all->token, &use->kept->id, KEEP_CERTIFICATE, use->uri, why);
    return out ? out : keep_uri(all->token, &use->kept->id, KEEP_KEY, use->key_uri, why);
}

enum outcome certificate_use(struct certificates *all, struct why *why)
{
    const char *what = errand_text(all->errand, SLOT_USE);
    const char *where = errand_text(all->errand, SLOT_USE_WHERE);
    struct use use = { .all = all,
                       .what = what,
                       .where = where ? where : "",
                       .prints = message_number(all->errand->request, SLOT_PRINT, 0) };
    unsigned row = 0;
    enum outcome out;

    while (row < USES && what && strcmp(uses[row].what, what) != 0)
        row++;
    if (!what || row == USES || uses[row].has_where != (where != NULL))
        return fail(why, REASON_BAD_REQUEST, "certificate use: for what?");
    if (uses[row].needs_certificate && (out = find_certificate(&use, why)))
        return fail_in(why, "certificate use %s", what);
    return (out = uses[row].function(&use, why)) ? fail_in(why, "certificate use %s", what) : out;
}
