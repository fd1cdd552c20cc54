/* SPDX-License-Identifier: MIT
 *
 * When a password ends, from what the directory tells. No I/O.
 */
#ifndef DIRECTORY_PASSWORD_H
#define DIRECTORY_PASSWORD_H

#include <time.h>

#include "directory/entry.h"
#include "directory/policy.h"

/* Bits of userAccountControl, MS-ADTS 2.2.16. */
enum {
    CONTROL_NEVER_EXPIRES = 0x10000,
    CONTROL_SMARTCARD = 0x40000,
};

struct password_facts {
    bool has_end, has_set;
    int64_t end; /* msDS-UserPasswordExpiryTimeComputed (MS-ADTS 3.1.1.4.5.32), FILETIME */
    int64_t set; /* pwdLastSet, FILETIME */
    uint32_t control;
    bool max_age_known;
    int64_t max_age; /* seconds, 0: none */
};

/* The computed time if there is one; else pwdLastSet and the maximum age, with the bits for
 * "does not expire". *at is set with PASSWORD_END_AT only. */
enum password_end password_end_of(const struct password_facts *facts, time_t *at);

/* Reads the policy from the head of the domain (MS-SAMR 3.1.1.5), or from a PSO (MS-ADTS 2.2.17).
 */
void password_policy_of_domain(const struct entry *entry, struct password_policy *policy);
void password_policy_of_pso(const struct entry *entry, struct password_policy *policy);

#endif
