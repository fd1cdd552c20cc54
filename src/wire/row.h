/* SPDX-License-Identifier: MIT
 *
 * Within wire: values that are several clean texts with TABs between; the first is not empty.
 */
#ifndef WIRE_ROW_H
#define WIRE_ROW_H

#include "wire/message.h"

/* True if the bytes are a value of this slot, a PAIR or a ROW. */
bool row_is_good(const struct slot_row *row, const char *bytes, size_t length);

/* How many bytes of a clean text to keep, at most that many, so that no character is halved. */
size_t row_cut(const char *text, size_t most);

/* Adds one value as it is. */
void message_add_bytes(struct message *message, enum slot slot, const void *bytes, size_t length);

/* Notes that a value could not be added: message_finish then fails. */
void message_spoil(struct message *message);

#endif
