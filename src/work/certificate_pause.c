/* SPDX-License-Identifier: MIT
 *
 * Authorities that are let alone for a while: what one errand has found out, all of the person's
 * identities and the errands after it know.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/due.h"
#include "base/file.h"
#include "base/log.h"
#include "net/wait.h"
#include "work/certificate.h"

#define FILE_NAME "authorities"
enum { FILE_MOST = 32 << 10, MINUTE = 60, DAY = 86400, EIGHTH = 8 };

/* Digits alone. */
static bool take_number(char **rest, long long most, long long *number)
{
    const char *word = strsep(rest, " ");
    size_t digits = word ? strspn(word, "0123456789") : 0;

    *number = digits && digits <= 15 && !word[digits] ? strtoll(word, NULL, 10) : -1;
    return *number >= 0 && *number <= most;
}

static bool take_line(struct pause *pause, char *line)
{
    long long failures, until, polled, most = 1LL << 40;
    const char *reason, *last;

    *pause = (struct pause){ .failures = 0 };
    if (!take_number(&line, 1000000, &failures) || !take_number(&line, most, &until) ||
        !take_number(&line, most, &polled) || !(reason = strsep(&line, " ")) ||
        !reason_parse(reason, &pause->reason) || !(last = strsep(&line, " ")) || !line || !*line)
        return false;
    pause->failures = (unsigned)failures;
    pause->until = (time_t)until;
    pause->polled = (time_t)polled;
    return (size_t)snprintf(pause->last, sizeof pause->last, "%s", last) < sizeof pause->last &&
           (size_t)snprintf(pause->base, sizeof pause->base, "%s", line) < sizeof pause->base &&
           text_is_clean(pause->base, strlen(pause->base)) &&
           text_is_clean(pause->last, strlen(pause->last));
}

void pauses_parse(struct pauses *pauses, const char *lines, size_t length)
{
    char *copy = strndup(lines, length), *rest = copy, *line;

    pauses->count = 0;
    while (rest && (line = strsep(&rest, "\n")) && pauses->count < PAUSES_MOST)
        if (take_line(&pauses->all[pauses->count], line))
            pauses->count++;
    free(copy);
}

void pauses_lines(const struct pauses *pauses, struct text *lines)
{
    for (size_t i = 0; i < pauses->count; i++) {
        const struct pause *pause = &pauses->all[i];
        text_add(lines, "%u %lld %lld %s %s %s\n", pause->failures, (long long)pause->until,
                 (long long)pause->polled, reason_word(pause->reason), pause->last, pause->base);
    }
}

/* What is damaged is nothing that a person has to hear of: the authority is asked. */
void pauses_read(struct certificates *all)
{
    text_auto *text = NULL;
    struct why why;

    all->began = time(NULL);
    if (file_read(all->folder, FILE_NAME, FILE_MOST, geteuid(), &text, &why))
        log_line(LOG_LEVEL_INFO, "%s", why.text);
    if (text)
        pauses_parse(&all->pauses, text_peek(text), text_length(text));
}

static void write_down(struct certificates *all)
{
    text_auto *text = text_new(FILE_MOST);
    struct why why;

    if (!all->pauses.changed || !text)
        return;
    pauses_lines(&all->pauses, text);
    if (!text_ok(text) ||
        file_write(all->folder, FILE_NAME, text_peek(text), text_length(text), &why))
        log_line(LOG_LEVEL_ERROR, "which authority is let alone cannot be written down");
    all->pauses.changed = false;
}

static struct pause *find(struct pauses *pauses, const char *base)
{
    for (size_t i = 0; i < pauses->count; i++)
        if (!strcmp(pauses->all[i].base, base))
            return &pauses->all[i];
    return NULL;
}

/* A new one takes the place of that of which nothing has been heard for the longest time. */
static struct pause *add(struct pauses *pauses, const char *base)
{
    struct pause *place = find(pauses, base);

    if (place)
        return place;
    if (pauses->count < PAUSES_MOST)
        place = &pauses->all[pauses->count++];
    for (size_t i = 0; !place || i < pauses->count; i++)
        if (!place || pauses->all[i].until + pauses->all[i].polled < place->until + place->polled)
            place = &pauses->all[i];
    *place = (struct pause){ .reason = REASON_SERVER_BUSY, .last = "-" };
    (void)snprintf(place->base, sizeof place->base, "%s", base);
    return place;
}

/* One that is longer than any can be comes of a clock that was wrong. */
time_t pause_until(struct certificates *all, const char *base)
{
    const struct pause *pause = find(&all->pauses, base);
    time_t now = time(NULL);

    return pause && pause->failures && pause->until > now && pause->until - now <= 2 * DAY
               ? pause->until
               : 0;
}

enum outcome pause_check(struct certificates *all, struct wanted *wanted, const char *base,
                         struct why *why)
{
    const struct pause *pause = find(&all->pauses, base);
    long left = (long)(pause_until(all, base) - time(NULL));
    bool unattended = message_number(all->errand->request, SLOT_UNATTENDED, 0);

    if (left <= 0 || (!unattended && !pause->is_new))
        return OUTCOME_OK;
    wanted->again = pause->until;
    return fail(why, pause->reason, "%s has failed, and is asked again in %ld minutes", base,
                (left + MINUTE - 1) / MINUTE);
}

static void count_failure(struct pause *pause, enum reason reason, int wait_s, int64_t left,
                          const char *name)
{
    uint32_t random;

    if (getrandom(&random, sizeof random, 0) != sizeof random)
        random = UINT32_MAX / 2;
    int64_t wait = due_probe(++pause->failures, left, random), least = wait_s < DAY ? wait_s : DAY;
    if (wait < least)
        wait = least + due_part_of(least / EIGHTH, random);
    pause->until = time(NULL) + (time_t)wait;
    pause->reason = reason;
    pause->is_new = true;
    (void)snprintf(pause->last, sizeof pause->last, "%s", name);
}

void pause_note(struct certificates *all, struct wanted *wanted, const char *base,
                const struct pause_heard *heard)
{
    bool is_down = heard->status == 429 || (heard->status >= 500 && heard->status != 501) ||
                   (heard->failed && wait_may_help(heard->reason));
    enum reason reason = heard->failed ? heard->reason : REASON_SERVER_BUSY;
    struct pause *pause = find(&all->pauses, base);

    if (is_down && (pause = add(&all->pauses, base))) {
        count_failure(pause, reason, heard->wait_s,
                      wanted->end ? (int64_t)(wanted->end - time(NULL)) : 0, wanted->name);
        wanted->again = pause->until;
    } else if (pause && pause->failures && (!heard->failed || heard->status)) {
        pause->failures = 0;
    } else {
        return;
    }
    all->pauses.changed = true;
    write_down(all);
}

/* Who failed last is the last to be asked for: it may be that one alone. */
bool pause_was(const struct certificates *all, const char *name)
{
    for (size_t i = 0; i < all->pauses.count; i++)
        if (all->pauses.all[i].failures && !strcmp(all->pauses.all[i].last, name))
            return true;
    return false;
}

time_t pause_poll(struct certificates *all, const struct pending *pending)
{
    const struct pause *pause = find(&all->pauses, pending->base);
    time_t polled = pause && pause->polled <= all->began ? pause->polled : 0;
    time_t asked = pending->at <= all->began ? pending->at : 0;
    time_t at = (time_t)due_poll(asked, polled, due_part(pending->person, strlen(pending->person)));

    if (at < pending->again && pending->again <= all->began + WAIT_MOST)
        at = pending->again;
    return at > pause_until(all, pending->base) ? at : pause_until(all, pending->base);
}

void pause_polls(struct certificates *all, const char *base)
{
    add(&all->pauses, base)->polls = true;
}

void pauses_end(struct certificates *all)
{
    for (size_t i = 0; i < all->pauses.count; i++) {
        struct pause *pause = &all->pauses.all[i];
        if (pause->polls && !pause->is_new) {
            pause->polled = all->began;
            all->pauses.changed = true;
        }
    }
    write_down(all);
}
