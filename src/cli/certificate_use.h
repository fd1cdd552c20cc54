/* SPDX-License-Identifier: MIT
 *
 * The words of certificate use: WHAT [WHERE] [CERTIFICATE].
 */
#ifndef CLI_CERTIFICATE_USE_H
#define CLI_CERTIFICATE_USE_H

#include "cli/cli.h"

/* Are they such words? */
bool use_is(const struct options *options);

/* bad-request */
enum outcome use_check(const struct options *options, struct why *why);

/* Into the request; they have been checked. */
void use_add(const struct options *options, struct message *request);

/* What was printed instead of written, and what was done for each program. */
void use_print(const struct message *result);

#endif
