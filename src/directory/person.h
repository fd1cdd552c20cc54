/* SPDX-License-Identifier: MIT
 *
 * Who the person of the ticket is, as the directory says: names, password's end and policy, groups
 * with nesting. Two flights of searches after the bind. All text is clean UTF-8; absent text is
 * NULL.
 */
#ifndef DIRECTORY_PERSON_H
#define DIRECTORY_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/asker.h"
#include "base/outcome.h"
#include "directory/policy.h"
#include "directory/server.h"

enum {
    PERSON_GROUPS = 10000, /* read at most, then groups_cut */
    PERSON_VALUE = 16384,  /* bytes of one value at most, then it is cut */
    PERSON_VALUES = 64,    /* values of an extra attribute */
    PERSON_EXTRAS = 32,    /* extra attributes */
};

struct membership {
    char *sid;  /* "S-1-5-21-..." */
    char *name; /* sAMAccountName, or the well-known name; NULL if nobody tells */
};

struct person_extra {
    char *name;
    size_t count;
    char **values; /* binary values as "0x..." */
};

struct person {
    char *sid, *guid, *dn, *account, *upn, *mail, *display_name, *given_name, *surname;
    char *home_directory, *home_drive;
    uint32_t account_control; /* userAccountControl and its computed part, MS-ADTS 2.2.16 */
    enum password_end password_end;
    time_t password_end_at, password_set; /* seconds since 1970 UTC; password_set 0: unknown */
    struct password_policy policy;
    size_t group_count;
    struct membership *groups; /* without the person itself, in the server's order */
    bool groups_cut;
    size_t extra_count;
    struct person_extra *extras;
};

/* All borrowed for the call. */
struct person_request {
    const char *account;       /* sAMAccountName: the first part of the principal */
    const char *domain;        /* DNS name of the person's domain */
    const char *const *extras; /* names of more attributes, ends with NULL; may be NULL */
    int budget_ms;
};

/* NOT_IN_DIRECTORY: not one such person, or the ticket belongs to another than the one found.
 * CONNECTION_LOST, TIME_OUT, REFUSED, BAD_ANSWER, CANCELLED. The person is the caller's. */
enum outcome person_read(struct server *server, const struct person_request *request,
                         struct asker *asker, struct person **person, struct why *why);

void person_free(struct person **person);
#define person_auto __attribute__((cleanup(person_free))) struct person

#endif
