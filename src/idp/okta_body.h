/* SPDX-License-Identifier: MIT
 *
 * Within idp: JSON (RFC 8259) to be sent, in secret memory.
 */
#ifndef IDP_OKTA_BODY_H
#define IDP_OKTA_BODY_H

#include "base/secret.h"

/* One of them, borrowed: a text, a secret, true or false, or members. One with none of these is
 * left out; a list ends with a NULL name. Texts are UTF-8. */
struct okta_member {
    const char *name, *text;
    const struct secret *secret;
    const char *flag; /* "true" */
    const struct okta_member *members;
};

/* NULL without memory. */
struct secret *okta_body(const struct okta_member *members);

#endif
