/* SPDX-License-Identifier: MIT
 *
 * The groups of a person, with nesting: SIDs from the token that the server made for the sign-in,
 * then their names. For person.c.
 */
#ifndef DIRECTORY_GROUPS_H
#define DIRECTORY_GROUPS_H

#include "directory/person.h"

/* Takes the SIDs of tokenGroups of the rootDSE (MS-ADTS 3.1.1.3.2.20). Gives
 * NOT_IN_DIRECTORY if the person's own SID is not among them: the ticket is another's. */
enum outcome groups_take(LDAP *handle, LDAPMessage *root, struct person *person, struct why *why);

/* One search for the names of a part of the groups. */
struct group_search {
    size_t first, count;
    int id;
};

/* Sends the search for the part that begins at first, and says how far it goes. */
enum outcome groups_send(struct server *server, const struct person *person, const char *base,
                         size_t first, struct group_search *search, struct why *why);

/* Takes the names from its result. */
enum outcome groups_name(struct server *server, LDAPMessage *result, struct person *person,
                         const struct group_search *search, struct why *why);

#endif
