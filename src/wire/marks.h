/* SPDX-License-Identifier: MIT
 *
 * One try: which stored secrets, known by their random ids, were given to a worker or refused by a
 * server, in $XDG_STATE_HOME/chatelaine/tried, for all identities: two of them may have the same
 * account. An id that is there is never tried again, wherever it comes back from.
 */
#ifndef WIRE_MARKS_H
#define WIRE_MARKS_H

#include "wire/message.h"

enum { MARK_ID_MOST = 32 };

/* A secret that is being tried. */
struct mark {
    char id[MARK_ID_MOST + 1]; /* "": none */
    int lock;
};

/* Writes down that it is being tried, before it is: on the disk when this is OK. stored-refused,
 * stored-open: it was tried before. same-errand: another process tries one right now.
 * state-damaged, cannot-write, other-owner: the list cannot be believed or kept. */
enum outcome mark_begin(struct mark *mark, const char *id, struct why *why);

/* Is what this question to the keychain finds to be marked? A token's PIN is not: the worker knows
 * better which ones were right before (work/certificate_token.c), and a PIN that is lost takes all
 * keys with it. */
bool mark_is_due(const struct message *question);

/* What the worker hears of the keychain: *kept, or what failed. A secret for which a mark is due is
 * handed on only after mark_begin. Takes the failure of asking the keychain, and *kept NULL then.
 */
enum outcome mark_kept(struct mark *mark, bool is_due, enum outcome outcome, struct why *failure,
                       struct message **kept, struct why *why);

/* The worker's event of what became of it: "stored-unused" and "stored-good" take it off the list,
 * after "stored-refused" it is there for ever. Others are none of ours. */
void mark_event(struct mark *mark, const char *event);

/* Nobody tries it any more; without an event before, it stays on the list. Takes a mark of none. */
void mark_end(struct mark *mark);

#endif
