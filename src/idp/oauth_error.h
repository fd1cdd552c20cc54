/* SPDX-License-Identifier: MIT
 *
 * A provider's refusals, by its codes and never by its text.
 */
#ifndef IDP_OAUTH_ERROR_H
#define IDP_OAUTH_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/outcome.h"

/* The error and what the provider tells of it, which is cleaned and cut: "" if nothing. An error
 * that is not known is BAD_ANSWER. An "AADSTS50126:" at the beginning of what is told counts more
 * than the error. */
enum outcome oauth_error_fail(const char *error, const char *told, struct why *why);

/* The number at the beginning of what Entra tells; 0: there is none. */
int64_t oauth_error_number(const char *told);

/* Does this refusal of Entra mean that the password was right? */
bool oauth_error_proves(int64_t number);

/* Is it the status of a server that may answer later? */
bool oauth_error_is_busy(int status);

#endif
