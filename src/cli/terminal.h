/* SPDX-License-Identifier: MIT
 *
 * The person at the terminal: steps, questions, Ctrl-C.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/outcome.h"
#include "base/secret.h"
#include "wire/message.h"

/* From now on Ctrl-C, a hang-up and a polite kill are a cancel; what was ignored stays so. */
void terminal_begin(void);
bool terminal_cancelled(void);

/* The step, in place of the one before; on a terminal only. NULL takes the line away. */
void terminal_step(const char *line);

/* A line to keep, on standard error. */
void terminal_tell(const char *line);

/* Is there a terminal with somebody to ask? */
bool terminal_is_there(void);

/* Puts a question to the person. NOBODY_TO_ASK without a terminal; CANCELLED by Ctrl-C. */
enum outcome terminal_ask(const struct message *question, struct secret **answer, struct why *why);

/* Reads a password from a descriptor up to a line break or the end. NOBODY_TO_ASK if it has ended
 * already. */
enum outcome terminal_password_fd(int fd, struct secret **password, struct why *why);

#endif
