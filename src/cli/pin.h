/* SPDX-License-Identifier: MIT
 *
 * certificate pin: the PIN of a token, for a program that asks the person for it.
 */
#ifndef CLI_PIN_H
#define CLI_PIN_H

#include "cli/cli.h"

/* Whether standard output is a terminal or a pipe of this person: it goes into no file. bad-request
 */
enum outcome pin_may_be_told(const struct options *options, struct why *why);

/* The line, past the buffers of stdio. */
enum outcome pin_tell(const struct message *result, struct why *why);

#endif
