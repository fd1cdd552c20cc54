/* SPDX-License-Identifier: MIT
 *
 * A provider's refusals, by its codes; a text can only take back that a password is wrong.
 */
#ifndef IDP_OAUTH_ERROR_H
#define IDP_OAUTH_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/outcome.h"

/* The error, Entra's number with it (0: none), and what the provider tells of it, which is cleaned
 * and cut: "" if nothing. The number counts more than the error. An error that is not known is
 * BAD_ANSWER; NOT_TAKEN: it may be about the password, and does not say that it is wrong. */
enum outcome oauth_error_fail(const char *error, int64_t number, const char *told, struct why *why);

/* The number at the beginning of what Entra tells ("AADSTS50126: ..."); 0: there is none. */
int64_t oauth_error_number(const char *told);

/* Is anything known of it? */
bool oauth_error_knows(int64_t number);

/* Does this refusal of Entra mean that the password was right? */
bool oauth_error_proves(int64_t number);

/* Is it the status of a server that may answer later? */
bool oauth_error_is_busy(int status);

#endif
