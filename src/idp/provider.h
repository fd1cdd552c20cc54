/* SPDX-License-Identifier: MIT
 *
 * The table of OpenID providers.
 */
#ifndef IDP_PROVIDER_H
#define IDP_PROVIDER_H

#include <stdbool.h>

enum provider_deviation {
    PROVIDER_TENANTS = 1,
    PROVIDER_TENANT_SUBJECT = 2,
    PROVIDER_OFFLINE_PARAMETER = 4,
    PROVIDER_BARE_ISSUER = 8,
    PROVIDER_CONSENT = 16,
    PROVIDER_OWN_API = 32
};

struct provider {
    const char *word, *issuer, *scopes, *user_claim, *groups_claim, *password_page;
    unsigned deviations; /* enum provider_deviation */
};

/* The row of that word; NULL if there is none. */
const struct provider *provider_find(const char *word);

#endif
