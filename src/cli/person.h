/* SPDX-License-Identifier: MIT
 *
 * The facts of a result as a person reads them.
 */
#ifndef CLI_PERSON_H
#define CLI_PERSON_H

#include "wire/message.h"

/* Who is signed in, ticket, password, domain; with all, groups and policy too. On stdout. */
void person_print(const struct message *result, bool all);

#endif
