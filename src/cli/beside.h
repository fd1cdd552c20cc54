/* SPDX-License-Identifier: MIT
 *
 * The identity in the directory beside the one that the command is about (setting directory).
 */
#ifndef CLI_BESIDE_H
#define CLI_BESIDE_H

#include "cli/cli.h"

/* How its status ended. */
struct beside {
    enum outcome outcome;
    struct why why;
    struct message *result; /* the caller's; NULL: none */
};

/* Asks; false if there is no such identity. */
bool beside_look(const struct options *options, struct beside *beside);
void beside_print(const struct options *options, const struct beside *beside, bool all);

/* Remembers what came of it in an errand of this one: of no other than the settings name. */
void beside_remember(const struct options *options, const struct message *request,
                     const struct message *message);

#endif
