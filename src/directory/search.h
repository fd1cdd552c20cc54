/* SPDX-License-Identifier: MIT
 *
 * Within directory: searches that are sent, several at a time, and waited for.
 */
#ifndef DIRECTORY_SEARCH_H
#define DIRECTORY_SEARCH_H

#include <ldap.h>

#include "directory/server.h"

/* Borrowed, for any number of searches. */
struct search {
    struct server *server;
    struct asker *asker;
    long end_ms; /* of clock_ms */
};

void search_result_free(LDAPMessage **result);
#define result_auto __attribute__((cleanup(search_result_free))) LDAPMessage

/* controls may be NULL. */
enum outcome search_send(const struct search *search, const char *base, int scope,
                         const char *filter, const char *const *attributes, LDAPControl **controls,
                         int *id, struct why *why);

/* Waits for the result of a search; *code is the server's. */
enum outcome search_receive(const struct search *search, int id, LDAPMessage **result, int *code,
                            struct why *why);

/* The same, and a code but 0 is a failure. */
enum outcome search_receive_well(const struct search *search, int id, const char *step,
                                 LDAPMessage **result, struct why *why);

#endif
