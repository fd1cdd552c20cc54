/* SPDX-License-Identifier: MIT
 *
 * The log: whole lines on standard error, with the program's name. No secret is ever given to it;
 * the type of secrets does not fit.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* The name is borrowed for good. Lines above the level are dropped. */
void log_open(const char *name, enum log_level level);

/* From now on what libraries write to stderr is at level debug, line by line; fd 2 stays as it is.
 */
void log_take_stderr(void);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
