/* SPDX-License-Identifier: MIT
 *
 * The certificates of an identity, for those who tell of the identity.
 */
#ifndef CLI_CERTIFICATE_H
#define CLI_CERTIFICATE_H

#include "cli/cli.h"

/* Adds those that the settings name, unless the agent has; a token is looked into for that. */
void certificates_add(const struct options *options, struct message *result);

/* A line each, as status has it. */
void certificates_print(const struct message *result);

#endif
