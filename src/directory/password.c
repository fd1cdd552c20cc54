/* SPDX-License-Identifier: MIT */
#include "directory/password.h"

#include <stdlib.h>
#include <string.h>

#include "directory/filetime.h"

enum { COMPLEX = 1 }; /* DOMAIN_PASSWORD_COMPLEX of pwdProperties */

enum password_end password_end_of(const struct password_facts *facts, time_t *at)
{
    enum filetime_kind kind;
    time_t set = 0;

    if (facts->has_end && filetime_at(facts->end, &kind, at))
        return kind == FILETIME_NEVER  ? PASSWORD_END_NEVER
               : kind == FILETIME_ZERO ? PASSWORD_END_MUST_CHANGE
                                       : PASSWORD_END_AT;
    if (facts->control & (CONTROL_NEVER_EXPIRES | CONTROL_SMARTCARD))
        return PASSWORD_END_NEVER;
    if (!facts->has_set || !filetime_at(facts->set, &kind, &set))
        return PASSWORD_END_UNKNOWN;
    if (kind == FILETIME_ZERO)
        return PASSWORD_END_MUST_CHANGE;
    if (!facts->max_age_known || kind == FILETIME_NEVER)
        return PASSWORD_END_UNKNOWN;
    if (!facts->max_age)
        return PASSWORD_END_NEVER;
    *at = set + (time_t)facts->max_age;
    return PASSWORD_END_AT;
}

static bool span(const struct entry *entry, const char *name, int64_t *seconds)
{
    int64_t number;

    if (!entry_number(entry, name, &number))
        return false;
    *seconds = filetime_span(number);
    return true;
}

static bool count(const struct entry *entry, const char *name, uint32_t *value)
{
    int64_t number;

    if (!entry_number(entry, name, &number) || number < 0 || number > UINT32_MAX)
        return false;
    *value = (uint32_t)number;
    return true;
}

void password_policy_of_domain(const struct entry *entry, struct password_policy *policy)
{
    uint32_t properties = 0;

    policy->known = span(entry, "maxPwdAge", &policy->max_age) &&
                    span(entry, "minPwdAge", &policy->min_age) &&
                    count(entry, "minPwdLength", &policy->min_length) &&
                    count(entry, "pwdHistoryLength", &policy->history) &&
                    count(entry, "pwdProperties", &properties);
    policy->complexity = properties & COMPLEX;
    (void)count(entry, "lockoutThreshold", &policy->lockout_tries);
    (void)span(entry, "lockoutDuration", &policy->lockout_time);
}

void password_policy_of_pso(const struct entry *entry, struct password_policy *policy)
{
    char *complexity = entry->message
                           ? entry_text(&(struct entry){ entry->handle, entry->message, false },
                                        "msDS-PasswordComplexityEnabled")
                           : NULL;

    policy->known = span(entry, "msDS-MaximumPasswordAge", &policy->max_age) &&
                    span(entry, "msDS-MinimumPasswordAge", &policy->min_age) &&
                    count(entry, "msDS-MinimumPasswordLength", &policy->min_length) &&
                    count(entry, "msDS-PasswordHistoryLength", &policy->history) && complexity;
    policy->complexity = complexity && !strcmp(complexity, "TRUE");
    (void)count(entry, "msDS-LockoutThreshold", &policy->lockout_tries);
    (void)span(entry, "msDS-LockoutDuration", &policy->lockout_time);
    free(complexity);
}
