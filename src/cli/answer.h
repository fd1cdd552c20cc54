/* SPDX-License-Identifier: MIT
 *
 * Finds the answer to a worker's question: at the terminal, in the browser, from --password-fd.
 */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H

#include "cli/cli.h"

/* The answer is the caller's. NOBODY_TO_ASK, CANCELLED, TIME_OUT; PROTOCOL for what makes no sense.
 */
enum outcome answer_find(const struct options *options, const struct message *question,
                         struct secret **answer, struct why *why);

#endif
