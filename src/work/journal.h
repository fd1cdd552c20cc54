/* SPDX-License-Identifier: MIT
 *
 * Which places do not have the person's password for sure, in
 * $XDG_STATE_HOME/chatelaine/IDENTITY.journal (mode 0600, no secret): written before a password is
 * changed, so that whatever ends the change, the next sign-in or repair finishes it.
 */
#ifndef WORK_JOURNAL_H
#define WORK_JOURNAL_H

#include <stdbool.h>

#include "wire/message.h"

/* Where a password is, with its word in --json. */
#define PLACES                                                                                     \
    PLACE(DIRECTORY, "directory")                                                                  \
    PLACE(KEYCHAIN, "keychain")                                                                    \
    PLACE(KEYRING, "keyring")                                                                      \
    PLACE(COMPUTER, "computer")

enum place {
#define PLACE(name, word) PLACE_##name,
    PLACES
#undef PLACE
        PLACE_COUNT
};

const char *journal_place(enum place place);

struct journal {
    int fd;                        /* -1: none, which says nothing */
    char principal[513];           /* whose password; "" if the journal is damaged: anybody's */
    enum reason open[PLACE_COUNT]; /* why a place may lack it; NONE: it has it, or need not */
};

/* Opens and reads it, before files are fenced off. To read only: an absent one is OK. One that
 * makes no sense, of another version say, is taken for one where all places are open. */
enum outcome journal_open(struct journal *journal, const char *identity, bool to_write,
                          struct why *why);
void journal_close(struct journal *journal);

/* For one process at a time: same-errand if another one has it. Reads it anew. */
enum outcome journal_lock(struct journal *journal, struct why *why);

/* Is anything open of this principal? */
bool journal_is_open(const struct journal *journal, const char *principal);

/* Writes down principal and open as they are now: on the disk when this is OK. */
enum outcome journal_write(const struct journal *journal, struct why *why);

/* The open places of this principal as facts, in place of those that are there. */
void journal_facts(const struct journal *journal, const char *principal, struct message *message);

#endif
