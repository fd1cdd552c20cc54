/* SPDX-License-Identifier: MIT
 *
 * What holds for a person's password, as plain data.
 */
#ifndef DIRECTORY_POLICY_H
#define DIRECTORY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

/* How the password ends. */
enum password_end {
    PASSWORD_END_UNKNOWN, /* not to be had from this server */
    PASSWORD_END_AT,      /* at password_end_at, which may be past */
    PASSWORD_END_NEVER,
    PASSWORD_END_MUST_CHANGE, /* it must be changed before it is used again */
};

/* Ages in seconds; 0: no limit. */
struct password_policy {
    bool known; /* false: nothing below but pso is */
    char *pso;  /* DN of the PSO that holds for the person; NULL: the domain's policy does */
    int64_t max_age, min_age, lockout_time;
    uint32_t min_length, history, lockout_tries;
    bool complexity;
};

#endif
