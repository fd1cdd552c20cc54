/* SPDX-License-Identifier: MIT
 *
 * shares: lists, mounts and unmounts the network shares of an identity. Programs of the system do
 * it, with the ticket that the session has.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "kerberos/pin.h"
#include "share/gvfs.h"
#include "share/member.h"
#include "share/share.h"
#include "wire/verbs.h"
#include "work/errand.h"

enum action { ACTION_LIST, ACTION_MOUNT, ACTION_UNMOUNT, ACTIONS };
enum { REST_MS = 5000 }; /* of the verb's time, to tell what became of it */

struct job {
    struct errand *errand;
    enum action action;
    long end_ms;          /* of all shares together */
    struct ticket ticket; /* no principal: not looked for yet */
};

/* One share, as far as is known. */
struct found {
    const char *name, *state, *did;
    struct url url;
    struct share_place place;
    struct why why;
};

/* Is the person in one of the groups that the share is for? */
static bool is_for(const struct errand *errand, const char *name)
{
    const char *groups = conf_text(errand->conf, name, SETTING_GROUPS);
    struct member_domain domain = { .dns = errand_text(errand, SLOT_DOMAIN),
                                    .netbios = errand_text(errand, SLOT_NETBIOS),
                                    .person_sid = errand_text(errand, SLOT_SID) };
    struct slot_value value;
    char sid[200];

    if (!*groups)
        return true;
    for (size_t at = 0; message_next(errand->request, &at, &value);) {
        if (value.slot != SLOT_GROUP)
            continue;
        (void)snprintf(sid, sizeof sid, "%.*s", (int)(value.second - 1 - value.text), value.text);
        if (member_matches(groups, &domain, sid, value.second))
            return true;
    }
    return false;
}

static enum outcome find_url(const struct errand *errand, const char *name, struct url *url,
                             struct why *why)
{
    const char *values[URL_VARIABLES] = {
        [URL_USER] = errand_text(errand, SLOT_USER),
        [URL_MAIL] = errand_text(errand, SLOT_MAIL),
        [URL_UPN] = errand_text(errand, SLOT_UPN),
        [URL_NETBIOS] = errand_text(errand, SLOT_NETBIOS),
        [URL_HOME] = errand_text(errand, SLOT_HOME_DIRECTORY),
        [URL_DOMAIN] = errand_text(errand, SLOT_DOMAIN),
        [URL_DC] = errand_text(errand, SLOT_DC),
        [URL_SITE] = errand_text(errand, SLOT_SITE),
    };

    return url_build(conf_text(errand->conf, name, SETTING_URL), values, url, why);
}

/* The ticket of the identity, which must be good. */
static enum outcome find_ticket(struct job *job, struct why *why)
{
    const struct errand *errand = job->errand;
    const char *principal = errand_text(errand, SLOT_PRINCIPAL);
    tickets_auto *tickets = NULL;
    enum outcome out;

    if (*job->ticket.principal)
        return OUTCOME_OK;
    if (!principal)
        return fail(why, REASON_NOT_SIGNED_IN, "nobody has signed in yet as identity %s",
                    errand->identity);
    if ((out = tickets_open(&tickets, why)) ||
        (out = tickets_find(tickets, errand_text(errand, SLOT_CCACHE),
                            errand_text(errand, SLOT_TICKET_CACHE), principal, &job->ticket, why)))
        return out;
    if (job->ticket.end > time(NULL))
        return OUTCOME_OK;
    *job->ticket.principal = '\0';
    return fail(why, REASON_TICKET_EXPIRED, "the ticket of %s", principal);
}

/* GVfs takes whoever is in the cache that it was started with: that must be this identity, or the
 * share would be opened as somebody else. */
static enum outcome check_session(const struct job *job, const struct tool_limits *limits,
                                  struct why *why)
{
    tickets_auto *tickets = NULL;
    struct ticket theirs = { .end = 0 };
    struct why unfound;
    char name[1024];
    enum outcome out;

    if ((out = gvfs_ccache(limits, name, sizeof name, why)) || (out = tickets_open(&tickets, why)))
        return out;
    bool found = !tickets_find(tickets, *name ? name : NULL, NULL, NULL, &theirs, &unfound);
    if (found && !strcmp(theirs.principal, job->ticket.principal) && theirs.end > time(NULL))
        return OUTCOME_OK;
    return fail(why, REASON_SESSION_CACHE, "GVfs uses %s, which has %s%s, and not %s of %s",
                *name ? name : "the system's default ticket cache",
                found ? "the ticket of " : "no good ticket", found ? theirs.principal : "",
                job->ticket.cache, job->ticket.principal);
}

static enum outcome mount_it(struct job *job, const struct share *share,
                             const struct tool_limits *limits, struct found *found, struct why *why)
{
    enum outcome out;

    if (found->place.is_mounted)
        return OUTCOME_OK;
    if ((out = find_ticket(job, why)) || (out = share_choose(share, limits, &found->place, why)))
        return out;
    struct tool_limits mine = *limits;
    mine.ccache = job->ticket.cache;
    if ((found->place.way == SHARE_BY_GVFS && (out = check_session(job, limits, why))) ||
        (out = share_mount(share, &mine, &found->place, why)))
        return out;
    found->did = "mounted";
    return OUTCOME_OK;
}

static enum outcome unmount_it(const struct share *share, const struct tool_limits *limits,
                               struct found *found, struct why *why)
{
    if (!found->place.is_mounted)
        return OUTCOME_OK;
    enum outcome out = share_unmount(share, limits, &found->place, why);
    if (!out)
        found->did = "unmounted";
    return out;
}

/* Each share has the errand's time for itself, as long as there is any. */
static void begin_time(struct job *job)
{
    struct errand *errand = job->errand;
    long limit = conf_seconds(errand->conf, errand->identity, SETTING_TIME_LIMIT) * 1000;

    errand->deadline_ms = clock_ms() + limit;
    if (errand->deadline_ms > job->end_ms)
        errand->deadline_ms = job->end_ms;
    errand_watch(errand->deadline_ms);
}

/* Where it is, and what was asked for. */
static enum outcome do_share(struct job *job, struct found *found, struct why *why)
{
    struct errand *errand = job->errand;
    struct share share = { .url = &found->url,
                           .mount_point =
                               conf_text(errand->conf, found->name, SETTING_MOUNT_POINT) };
    struct tool_limits limits = { .asker = errand->asker };
    enum outcome out;

    if ((out = find_url(errand, found->name, &found->url, why)))
        return out;
    begin_time(job);
    limits.deadline_ms = errand->deadline_ms;
    if ((out = share_look(&share, &limits, &found->place, why)))
        return out;
    found->state = found->place.is_mounted ? "mounted" : "unmounted";
    if (job->action == ACTION_UNMOUNT) {
        out = unmount_it(&share, &limits, found, why);
    } else if (!is_for(errand, found->name)) {
        found->state = "forbidden";
        return job->action == ACTION_LIST
                   ? OUTCOME_OK
                   : fail(why, REASON_SHARE_FORBIDDEN, "it is for members of %s",
                          conf_text(errand->conf, found->name, SETTING_GROUPS));
    } else if (job->action == ACTION_MOUNT) {
        asker_step(errand->asker, "Mounting the share %s", found->name);
        out = mount_it(job, &share, &limits, found, why);
    }
    if (!out)
        found->state = found->place.is_mounted ? "mounted" : "unmounted";
    return out;
}

static void tell(struct message *result, const struct found *found, enum outcome out)
{
    enum reason reason = found->why.reason;
    const char *const columns[] = { found->name,
                                    out && strcmp(found->state, "forbidden") != 0 ? "failed"
                                                                                  : found->state,
                                    found->url.text,
                                    share_way_name(found->place.way),
                                    found->place.entry.folder,
                                    found->did,
                                    out ? reason_word(reason) : "",
                                    out ? found->why.text : "",
                                    out ? reason_remedy(reason) : "" };

    message_add_row(result, SLOT_SHARES, columns);
}

/* With no name given, those that are for others are no failure; and a list tells in its lines what
 * is wrong. */
static bool is_failure(const struct job *job, const struct found *found, bool named)
{
    return found->why.reason == REASON_CANCELLED ||
           (job->action != ACTION_LIST && (named || found->why.reason != REASON_SHARE_FORBIDDEN));
}

static enum outcome do_all(struct job *job, const char *only, struct why *why)
{
    struct errand *errand = job->errand;
    enum outcome first = OUTCOME_OK;
    const char *name;
    size_t count = 0;

    for (size_t n = 0; (name = conf_share(errand->conf, n)); n++) {
        struct found found = { .name = name, .state = "failed", .did = "" };
        if (strcmp(conf_text(errand->conf, name, SETTING_SHARE_IDENTITY), errand->identity) != 0 ||
            (only && strcmp(name, only) != 0))
            continue;
        enum outcome out = do_share(job, &found, &found.why);
        tell(errand->result, &found, out);
        count++;
        if (out && !first && is_failure(job, &found, only)) {
            *why = found.why;
            first = fail_in(why, "share %s", name);
        }
        if (out == OUTCOME_CANCELLED)
            break;
    }
    if (only && !count)
        return fail(why, REASON_BAD_REQUEST, "identity %s has no share %s in the settings",
                    errand->identity, only);
    return first;
}

enum outcome verb_shares(struct errand *errand, struct why *why)
{
    static const char *const words[ACTIONS] = { "list", "mount", "unmount" };
    const char *word = errand_text(errand, SLOT_ACTION);
    struct job job = { .errand = errand,
                       .end_ms = clock_ms() + verb_row(VERB_SHARES)->seconds * 1000L - REST_MS };
    enum outcome out = pin_realm(NULL, NULL, why);

    while (word && job.action < ACTIONS && strcmp(words[job.action], word) != 0)
        job.action++;
    if (job.action == ACTIONS)
        return fail(why, REASON_BAD_REQUEST, "shares takes list, mount or unmount, not %s", word);
    return out ? out : do_all(&job, errand_text(errand, SLOT_SHARE), why);
}
