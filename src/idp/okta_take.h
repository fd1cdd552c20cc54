/* SPDX-License-Identifier: MIT
 *
 * Within idp: parts of one answer of Okta's, for okta_state_parse.
 */
#ifndef IDP_OKTA_TAKE_H
#define IDP_OKTA_TAKE_H

#include "idp/okta_state.h"

enum outcome okta_take_link(const char *org, const struct json_at *links, const char *name,
                            struct okta_link *link, struct why *why);

/* Of several the one that is called so. */
enum outcome okta_take_named(const char *org, const struct json_at *links, const char *name,
                             const char *which, struct okta_link *link, struct why *why);

enum outcome okta_take_factors(const char *org, const struct json_at *embedded,
                               struct okta_state *state, struct why *why);

#endif
