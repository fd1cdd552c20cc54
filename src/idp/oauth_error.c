/* SPDX-License-Identifier: MIT */
#include "idp/oauth_error.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "AADSTS";

static const struct {
    int64_t number;
    enum reason reason;
    bool proves;
} numbers[] = {
#define AADSTS(number, proves, reason) { number, REASON_##reason, proves },
#include "idp/oauth_error.def"
};

static const struct {
    const char *error;
    enum reason reason;
} errors[] = {
#define OAUTH(error, reason) { error, REASON_##reason },
#include "idp/oauth_error.def"
};

static const char *const no_wrong_password[] = {
#define NO_WRONG_PASSWORD(description) description,
#include "idp/oauth_error.def"
};

int64_t oauth_error_number(const char *told)
{
    char *end;

    if (strncmp(told, prefix, sizeof prefix - 1) != 0)
        return 0;
    const char *digits = told + sizeof prefix - 1;
    size_t count = strspn(digits, "0123456789");
    return count && count < 12 ? strtoll(digits, &end, 10) : 0;
}

bool oauth_error_knows(int64_t number)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].number == number)
            return true;
    return false;
}

/* "invalid_grant" says it of whatever was sent. */
static bool is_of_password(int64_t number, const char *told)
{
    for (size_t i = 0; i < sizeof no_wrong_password / sizeof *no_wrong_password; i++)
        if (!strcmp(told, no_wrong_password[i]))
            return false;
    return !number;
}

static enum reason reason_of(const char *error, int64_t number, const char *told)
{
    enum reason reason = REASON_BAD_ANSWER;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].number == number)
            return numbers[i].reason;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (!strcmp(errors[i].error, error))
            reason = errors[i].reason;
    return reason == REASON_WRONG_PASSWORD && !is_of_password(number, told) ? REASON_NOT_TAKEN
                                                                            : reason;
}

bool oauth_error_proves(int64_t number)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].number == number)
            return numbers[i].proves;
    return false;
}

bool oauth_error_is_busy(int status)
{
    return status == 429 || status >= 500;
}

enum outcome oauth_error_fail(const char *error, int64_t number, const char *told, struct why *why)
{
    return fail(why, reason_of(error, number, told), "%.100s%s%.300s", error, *told ? ": " : "",
                told);
}
