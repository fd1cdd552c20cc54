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

/* Has the command been stopped and gone on, has the terminal another size, since this was asked? */
bool terminal_continued(void);
bool terminal_resized(void);

/* Waits until there is something to read (true), so many ms have passed (-1: without an end), or a
 * signal came. With the descriptor -1 for time and signals alone. */
bool terminal_await(int fd, int ms);

/* The step, in place of the one before; on a terminal that can draw only. NULL takes the line away.
 * What is too long for one line is cut. */
void terminal_step(const char *line);

/* The same, with the time that has passed. */
void terminal_step_for(const char *line, long seconds);

/* A line to keep, on standard error. */
void terminal_tell(const char *line);

/* Is there a terminal with somebody to ask? */
bool terminal_is_there(void);

/* Puts a question to the person, of any kind but WAIT; of QR the code is shown before. The terminal
 * is as before afterwards. NOBODY_TO_ASK without one, or for a kind that is not known here;
 * CANCELLED by Ctrl-C. */
enum outcome terminal_ask(const struct message *question, struct secret **answer, struct why *why);

/* Reads a password from a descriptor up to a line break or the end. NOBODY_TO_ASK if it has ended
 * already. */
enum outcome terminal_password_fd(int fd, struct secret **password, struct why *why);

#endif
