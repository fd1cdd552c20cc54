/* SPDX-License-Identifier: MIT
 *
 * One message of messages.def. It lives in secret memory, built or received, for any message may
 * carry a password.
 */
#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"
#include "base/secret.h"
#include "base/text.h"

enum slot {
#define SLOT(name, number, ...) SLOT_##name = (number),
#include "wire/messages.def"
    SLOT_END = 128
};

enum slot_kind { SLOT_TEXT, SLOT_NUMBER, SLOT_TIME, SLOT_FLAG, SLOT_PAIR, SLOT_ROW, SLOT_SECRET };

struct slot_row {
    const char *name, *first, *second; /* name is NULL for numbers not in use */
    uint32_t bytes, values;
    enum slot_kind kind;
};

/* The row of a number below SLOT_END. */
const struct slot_row *slot_row(unsigned number);

/* The fact of that name; false if there is none. */
bool fact_find(const char *name, enum slot *slot);

enum message_kind {
#define MESSAGE(name, number, ...) MESSAGE_##name = (number),
#include "wire/messages.def"
    MESSAGE_END
};

enum { MESSAGE_MOST = 2 << 20, HEADER_SIZE = 8 };

struct message;
void message_free(struct message **message);
#define message_auto __attribute__((cleanup(message_free))) struct message

/* Building. What does not fit its slot is noted, and message_finish then fails. NULL is left out;
 * texts are cleaned, and cut to what the slot holds, but the first of a pair must fit as it is. */
struct message *message_new(enum message_kind kind);
void message_add(struct message *message, enum slot slot, const char *text);
void message_add_number(struct message *message, enum slot slot, int64_t number);
void message_add_pair(struct message *message, enum slot slot, const char *first,
                      const char *second);
/* As many texts as the slot has columns. */
void message_add_row(struct message *message, enum slot slot, const char *const texts[]);
void message_add_secret(struct message *message, enum slot slot, const struct secret *secret);

/* Outcome, reason and, of a failure, why. */
void message_add_outcome(struct message *message, enum outcome outcome, const struct why *why);

/* Drops every value of the slot, or every fact, to say it anew. */
void message_drop(struct message *message, enum slot slot);
void message_drop_facts(struct message *message);

/* Adds every fact of another message that this one does not have yet. */
void message_add_facts(struct message *message, const struct message *from);

/* Adds every value that another message has in this slot. */
void message_copy(struct message *message, const struct message *from, enum slot slot);

/* Reading. Absent: NULL, or the number given. Texts are borrowed and end in NUL. */
enum message_kind message_kind(const struct message *message);
const char *message_text(const struct message *message, enum slot slot);
bool message_has(const struct message *message, enum slot slot);
int64_t message_number(const struct message *message, enum slot slot, int64_t absent);
struct secret *message_secret(const struct message *message, enum slot slot); /* the caller's */

/* Steps through all values in order: start with *at = 0. */
struct slot_value {
    enum slot slot;
    const char *text, *second; /* TEXT; PAIR: first, TAB, second, which is also pointed at; ROW */
    int64_t number;            /* NUMBER, TIME, FLAG */
};
bool message_next(const struct message *message, size_t *at, struct slot_value *value);

/* The columns of SHARES. */
enum share_column {
    SHARE_NAME,
    SHARE_STATE,
    SHARE_URL,
    SHARE_BY,
    SHARE_FOLDER,
    SHARE_DID,
    SHARE_REASON,
    SHARE_DETAIL,
    SHARE_REMEDY,
    SHARE_COLUMNS
};

/* The columns of CERTIFICATES. */
enum certificate_column {
    CERTIFICATE_NAME,
    CERTIFICATE_STATE,
    CERTIFICATE_DID,
    CERTIFICATE_SUBJECT,
    CERTIFICATE_ISSUER,
    CERTIFICATE_SERIAL,
    CERTIFICATE_BEGIN,
    CERTIFICATE_END,
    CERTIFICATE_AUTHORITY,
    CERTIFICATE_TEMPLATE,
    CERTIFICATE_REQUEST,
    CERTIFICATE_URI,
    CERTIFICATE_KEY_URI,
    CERTIFICATE_REASON,
    CERTIFICATE_DETAIL,
    CERTIFICATE_REMEDY,
    CERTIFICATE_AGAIN,
    CERTIFICATE_COLUMNS
};

/* The columns of USES. */
enum use_column { USE_CERTIFICATE, USE_KIND, USE_PLACE, USE_CONNECTION, USE_COLUMNS };

/* The columns of PROGRAMS. */
enum program_column {
    PROGRAM_NAME,
    PROGRAM_STATE,
    PROGRAM_FILE,
    PROGRAM_REASON,
    PROGRAM_DETAIL,
    PROGRAM_REMEDY,
    PROGRAM_COLUMNS
};

/* The text of one column of a ROW, from 0; its length, for no NUL ends it. */
const char *message_column(const struct slot_value *value, unsigned column, size_t *length);

/* A number for all values of each slot, 0 where it has none: other values, another number. Not for
 * secrets, nor against somebody who wants two to be the same. Takes NULL. */
void message_digests(const struct message *message, uint64_t digests[SLOT_END]);

/* The frame: header and slots, complete. BROKEN if something did not fit. */
enum outcome message_finish(struct message *message, const struct secret **frame, struct why *why);

/* How many bytes follow this header; checks all that can be known by then. */
enum outcome message_size(const unsigned char header[HEADER_SIZE], uint32_t *size, struct why *why);

/* Takes a complete frame, checks kind, slots, sizes, numbers and texts. Takes over the frame. */
enum outcome message_parse(struct secret **frame, struct message **message, struct why *why);

/* Are their facts about two people? */
bool facts_differ(const struct message *one, const struct message *other);

/* The facts as lines "name value", for the state file, and back. */
void message_save(const struct message *message, struct text *lines);
enum outcome message_load(struct message *message, const char *lines, size_t length,
                          struct why *why);

/* All values as members of a JSON object that is open. */
void message_json(const struct message *message, struct text *json);

#endif
