/* SPDX-License-Identifier: MIT
 *
 * What is asked of the person's own entry, and how it is taken over. For person.c.
 */
#ifndef DIRECTORY_PERSON_TAKE_H
#define DIRECTORY_PERSON_TAKE_H

#include "directory/entry.h"
#include "directory/password.h"
#include "directory/person.h"

enum { PERSON_ATTRIBUTES = 15 };
extern const char *const person_attributes[PERSON_ATTRIBUTES];

/* Fills in everything but groups, policy and the password's end, for which it gives the facts. */
enum outcome person_take(struct person *person, struct entry *entry, const char *const *extras,
                         struct password_facts *facts, struct why *why);

#endif
