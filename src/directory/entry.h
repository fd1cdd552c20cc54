/* SPDX-License-Identifier: MIT
 *
 * Values of one entry of a search result, checked and bounded. For person.c, groups.c and
 * enrolment_take.c.
 */
#ifndef DIRECTORY_ENTRY_H
#define DIRECTORY_ENTRY_H

#include <ldap.h>
#include <stdbool.h>
#include <stdint.h>

#include "directory/sid.h"

/* Borrowed; message NULL: there is no such entry, and so no values. */
struct entry {
    LDAP *handle;
    LDAPMessage *message;
    bool no_memory; /* set when a value is absent for want of memory */
};

/* All values as they are, with NULL at the end (ldap_value_free_len); NULL if absent. */
struct berval **entry_values(const struct entry *entry, const char *name);

/* The first value as clean text, cut at PERSON_VALUE bytes; the caller's, NULL if absent. */
char *entry_text(struct entry *entry, const char *name);

/* The first value as a number; false, and *number as it was, if there is none. */
bool entry_number(const struct entry *entry, const char *name, int64_t *number);

/* The first value as a SID or GUID in text; the caller's, NULL if absent or malformed. */
char *entry_sid(struct entry *entry, const char *name);
char *entry_guid(struct entry *entry, const char *name);

/* A value as text: line breaks become blanks; what is no UTF-8 becomes "0x" and hexadecimal digits.
 * The caller's; NULL without memory. */
char *entry_value(const struct berval *value);

#endif
