/* SPDX-License-Identifier: MIT
 *
 * What an errand does with each of its certificates, the most urgent one first.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "work/certificate_adopted.h"

/* One of them, by its number in the settings. */
struct urgent {
    size_t number;
    time_t end;
    bool is_last;
};

static int compare(const void *left, const void *right)
{
    const struct urgent *one = left, *other = right;

    if (one->is_last != other->is_last)
        return one->is_last ? 1 : -1;
    if (one->end != other->end)
        return one->end < other->end ? -1 : 1;
    return one->number < other->number ? -1 : one->number > other->number;
}

/* One that cannot be looked at fails when it has its turn. */
static void look(struct certificates *all, struct wanted *wanted, struct urgent *urgent)
{
    const struct kept_list *list = NULL;
    struct why unread;
    bool is_seen = !certificate_choose(all, wanted, &unread) &&
                   !certificate_kept(all, wanted->place, &list, &unread);
    const struct kept *good = is_seen && list ? certificate_good(list, wanted->name) : NULL;

    urgent->end = good ? good->end : 0;
    urgent->is_last = pause_was(all, wanted->name);
}

/* Those that are not there come first, then what ends soonest; only: that one alone. */
static size_t put_in_order(struct certificates *all, const char *only, bool asks,
                           struct urgent order[CERTIFICATES_MOST])
{
    struct wanted wanted;
    size_t count = 0;

    for (size_t n = 0; n < CERTIFICATES_MOST && wanted_at(all, n, &wanted); n++) {
        if (only && strcmp(wanted.name, only) != 0)
            continue;
        order[count] = (struct urgent){ .number = n };
        if (asks)
            look(all, &wanted, &order[count]);
        count++;
    }
    qsort(order, count, sizeof *order, compare);
    return count;
}

/* Each has the errand's time for itself. */
static void give_time(struct errand *errand)
{
    errand->deadline_ms =
        clock_ms() + conf_seconds(errand->conf, errand->identity, SETTING_TIME_LIMIT) * 1000;
    errand_watch(errand->deadline_ms);
}

static bool is_unattended(const struct certificates *all)
{
    return message_number(all->errand->request, SLOT_UNATTENDED, 0);
}

/* Is there one that is good, and need not be renewed? What is under way goes on all the same. */
static enum outcome is_enough(struct certificates *all, const struct wanted *wanted, bool named,
                              bool *enough, struct why *why)
{
    const struct kept_list *list;
    struct pending pending;
    enum outcome out;

    *enough = false;
    if ((out = pending_read(all->folder, wanted->name, &pending, why)) ||
        (out = certificate_kept(all, wanted->place, &list, why)))
        return out;
    bool waits = pending.step == STEP_PENDING || pending.step == STEP_ISSUED;
    if (!list || waits || all->action == ACTION_POLL)
        return OUTCOME_OK;
    const struct kept *good = certificate_good(list, wanted->name);
    time_t due = !good                ? 0
                 : is_unattended(all) ? certificate_due_itself(wanted, good)
                                      : certificate_due(wanted, good);
    *enough = good && (all->action == ACTION_REQUEST || (!named && time(NULL) < due));
    return OUTCOME_OK;
}

static enum outcome do_request(struct certificates *all, struct wanted *wanted, bool named,
                               const char **did, struct why *why)
{
    bool enough;
    enum outcome out;

    give_time(all->errand);
    out = is_enough(all, wanted, named, &enough, why);
    *did = "nothing";
    return out || enough ? out : certificate_request(all, wanted, did, why);
}

/* What became of one. */
struct done {
    enum outcome outcome;
    struct why why;
    const char *did;
    time_t again;
    bool is_adopted; /* and told already */
};

/* Then nothing more is to be done. */
static bool is_adopted(struct certificates *all, const struct wanted *wanted, bool named,
                       struct done *done)
{
    bool has = false;

    done->outcome = adopted_do(all, wanted, named, &has, &done->why);
    done->is_adopted = has || done->outcome;
    return done->is_adopted;
}

static void do_one(struct certificates *all, const struct urgent *urgent, bool named,
                   struct done *done)
{
    struct wanted wanted;

    (void)wanted_at(all, urgent->number, &wanted);
    wanted.end = urgent->end;
    if (is_adopted(all, &wanted, named, done) || (!wanted.by_agent && is_unattended(all)))
        return;
    if (!(done->outcome = certificate_choose(all, &wanted, &done->why)))
        done->outcome = do_request(all, &wanted, named, &done->did, &done->why);
    done->again = wanted.again;
}

/* Whatever became of it, what there is is told. */
static enum outcome tell_one(struct certificates *all, size_t number, bool named, bool asks,
                             struct done *done)
{
    struct why *why = &done->why, untold;
    struct wanted wanted;
    enum outcome out = done->outcome;

    (void)wanted_at(all, number, &wanted);
    if (asks ? done->is_adopted : is_adopted(all, &wanted, named, done))
        return done->outcome;
    if (!out && !(out = certificate_choose(all, &wanted, why)) && done->did)
        certificate_use_follow(all, &wanted);
    if (!out)
        out = all->action == ACTION_EXPORT ? certificate_export(all, &wanted, why)
                                           : certificate_tell(all, &wanted, done->did, why);
    if (!out || all->action == ACTION_EXPORT)
        return out;
    certificate_tell_failed(all, wanted.name, done->did, why, done->again);
    if (!certificate_choose(all, &wanted, &untold))
        (void)certificate_tell(all, &wanted, done->did, &untold);
    return fail_in(why, "certificate %s", wanted.name);
}

/* The most urgent one has the first turn; told are they in the order of the settings. What a person
 * has cancelled leaves the others alone. */
static enum outcome do_each(struct certificates *all, const struct urgent *order, size_t count,
                            bool named, struct done *done, bool asks, struct why *why)
{
    enum outcome first = OUTCOME_OK;

    for (size_t i = 0; asks && i < count; i++) {
        struct done *its = &done[order[i].number];
        do_one(all, &order[i], named, its);
        if (its->outcome == OUTCOME_CANCELLED)
            count = i + 1;
    }
    if (asks)
        pauses_end(all);
    for (size_t n = 0; n < CERTIFICATES_MOST; n++) {
        size_t i = 0;
        while (i < count && order[i].number != n)
            i++;
        enum outcome out = i < count ? tell_one(all, n, named, asks, &done[n]) : OUTCOME_OK;
        if (out && !first) {
            *why = done[n].why;
            first = out;
        }
    }
    return first;
}

enum outcome certificates_do(struct certificates *all, const char *only, bool asks, struct why *why)
{
    struct urgent order[CERTIFICATES_MOST];
    struct why rest;
    enum outcome first;

    pauses_read(all);
    size_t count = put_in_order(all, only, asks, order);
    if (only && !count)
        return adopted_do_other(all, only, why);
    struct done *done = calloc(CERTIFICATES_MOST, sizeof *done);
    if (!done)
        return fail_memory(why);
    first = do_each(all, order, count, only, done, asks, why);
    free(done);
    enum outcome out = only ? OUTCOME_OK : adopted_do_rest(all, &rest);
    if (out && !first) {
        *why = rest;
        first = out;
    }
    bool tells_rest = all->action == ACTION_LIST || all->action == ACTION_SHOW;
    return first || only || !tells_rest ? first : certificate_tell_rest(all, why);
}
