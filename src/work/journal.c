/* SPDX-License-Identifier: MIT
 *
 * A line for each state, the last whole one counts: "1 PLACE=REASON,PLACE=REASON PRINCIPAL". Lines
 * are only added, so that a line that broke off loses nothing; with nothing open the file is empty.
 */
#include "work/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "wire/state.h"

enum { LINE_MOST = 1024 };

static const char version[] = "1 ";

static const char *const words[PLACE_COUNT] = {
#define PLACE(name, word) [PLACE_##name] = (word),
    PLACES
#undef PLACE
};

const char *journal_place(enum place place)
{
    return words[place];
}

static bool find_place(const char *word, enum place *place)
{
    for (unsigned i = 0; i < PLACE_COUNT; i++)
        if (!strcmp(words[i], word)) {
            *place = (enum place)i;
            return true;
        }
    return false;
}

static bool is_any_open(const struct journal *journal)
{
    for (unsigned i = 0; i < PLACE_COUNT; i++)
        if (journal->open[i])
            return true;
    return false;
}

static bool parse_place(struct journal *journal, char *item)
{
    char *reason = strchr(item, '=');
    enum place place;

    if (!reason)
        return false;
    *reason++ = '\0';
    return find_place(item, &place) && reason_parse(reason, &journal->open[place]) &&
           journal->open[place];
}

static bool parse(struct journal *journal, char *line)
{
    char *items = line + sizeof version - 1, *item;

    if (strncmp(line, version, sizeof version - 1) != 0)
        return false;
    char *principal = strchr(items, ' ');
    if (!principal)
        return false;
    *principal++ = '\0';
    if (!*principal || strlen(principal) >= sizeof journal->principal ||
        !text_is_clean(principal, strlen(principal)))
        return false;
    (void)strcpy(journal->principal, principal);
    while ((item = strsep(&items, ",")))
        if (!parse_place(journal, item))
            return false;
    return true;
}

/* Nothing is known: each place is to be looked at. */
static void all_open(struct journal *journal)
{
    *journal->principal = '\0';
    for (unsigned i = 0; i < PLACE_COUNT; i++)
        journal->open[i] = REASON_STATE_DAMAGED;
    journal->open[PLACE_DIRECTORY] = REASON_NONE;
}

/* The last whole line; NULL if there is none. The bytes have a NUL behind them, and begin with a
 * line only if they are all there is. */
static char *last_line(char *text, bool is_all)
{
    char *end, *begin;

    do {
        if (!(end = strrchr(text, '\n')))
            return NULL;
        *end = '\0';
        begin = strrchr(text, '\n');
    } while (end == (begin ? begin + 1 : text));
    return begin ? begin + 1 : is_all ? text : NULL;
}

static enum outcome read_it(struct journal *journal, struct why *why)
{
    char text[2 * LINE_MOST + 1];
    struct stat st;

    memset(journal->open, 0, sizeof journal->open);
    *journal->principal = '\0';
    if (fstat(journal->fd, &st))
        return fail(why, REASON_STATE_DAMAGED, "the journal: %s", strerror(errno));
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
        return fail(why, REASON_OTHER_OWNER, "the journal is not a file of this user alone");
    off_t begin = st.st_size > 2 * LINE_MOST ? st.st_size - 2 * LINE_MOST : 0;
    ssize_t n = pread(journal->fd, text, 2 * LINE_MOST, begin);
    if (n < 0)
        return fail(why, REASON_STATE_DAMAGED, "the journal: %s", strerror(errno));
    text[n] = '\0';
    bool is_text = strlen(text) == (size_t)n;
    char *line = last_line(text, !begin);
    if (n && (!is_text || !line || !parse(journal, line)))
        all_open(journal);
    return OUTCOME_OK;
}

enum outcome journal_open(struct journal *journal, const char *identity, bool to_write,
                          struct why *why)
{
    const int flags = to_write ? O_RDWR | O_CREAT | O_APPEND : O_RDONLY;
    char name[64];
    fd_auto folder = -1;
    enum outcome out;

    *journal = (struct journal){ .fd = -1 };
    if ((out = (to_write ? state_folder : state_look)(&folder, why)) || folder < 0)
        return out;
    (void)snprintf(name, sizeof name, "%s.journal", identity);
    journal->fd = openat(folder, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (journal->fd < 0 && errno == ENOENT && !to_write)
        return OUTCOME_OK;
    if (journal->fd < 0)
        return fail(why, errno == ELOOP ? REASON_OTHER_OWNER : REASON_CANNOT_WRITE,
                    "the journal %s: %s", name, strerror(errno));
    if ((out = read_it(journal, why)))
        journal_close(journal);
    return out;
}

void journal_close(struct journal *journal)
{
    fd_close(&journal->fd);
}

enum outcome journal_lock(struct journal *journal, struct why *why)
{
    if (!flock(journal->fd, LOCK_EX | LOCK_NB))
        return read_it(journal, why);
    return errno == EWOULDBLOCK
               ? fail(why, REASON_SAME_ERRAND, "the password is just being changed elsewhere")
               : fail(why, REASON_CANNOT_WRITE, "the journal: %s", strerror(errno));
}

bool journal_is_open(const struct journal *journal, const char *principal)
{
    return journal->fd >= 0 && is_any_open(journal) &&
           (!*journal->principal || !strcasecmp(journal->principal, principal));
}

/* What a full disk left of a line is taken away again. */
static enum outcome append(int fd, const char *line, size_t length, struct why *why)
{
    struct stat st;

    if (fstat(fd, &st))
        return fail(why, REASON_CANNOT_WRITE, "the journal: %s", strerror(errno));
    errno = ENOSPC; /* should fewer bytes be written */
    if (write(fd, line, length) == (ssize_t)length && !fsync(fd))
        return OUTCOME_OK;
    int error = errno;
    if (ftruncate(fd, st.st_size))
        error = errno;
    return fail(why, REASON_CANNOT_WRITE, "the journal: %s", strerror(error));
}

/* A line begins with a line feed, in case that the one before broke off. */
enum outcome journal_write(const struct journal *journal, struct why *why)
{
    text_auto *line = text_new(LINE_MOST);
    const char *before = version;

    if (!line)
        return fail_memory(why);
    if (!is_any_open(journal))
        return ftruncate(journal->fd, 0) || fsync(journal->fd)
                   ? fail(why, REASON_CANNOT_WRITE, "the journal: %s", strerror(errno))
                   : OUTCOME_OK;
    text_add(line, "\n");
    for (unsigned i = 0; i < PLACE_COUNT; i++)
        if (journal->open[i]) {
            text_add(line, "%s%s=%s", before, words[i], reason_word(journal->open[i]));
            before = ",";
        }
    text_add(line, " %s\n", journal->principal);
    if (!text_ok(line))
        return fail_memory(why);
    return append(journal->fd, text_peek(line), text_length(line), why);
}

void journal_facts(const struct journal *journal, const char *principal, struct message *message)
{
    bool is_open = principal && journal_is_open(journal, principal); /* it may lie in the message */

    message_drop(message, SLOT_OUT_OF_STEP);
    for (unsigned i = 0; is_open && i < PLACE_COUNT; i++)
        if (journal->open[i])
            message_add_pair(message, SLOT_OUT_OF_STEP, words[i], reason_word(journal->open[i]));
}
