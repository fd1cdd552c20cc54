/* SPDX-License-Identifier: MIT */
#include "idp/provider.h"

#include <stddef.h>
#include <string.h>

#define TENANTS           PROVIDER_TENANTS
#define TENANT_SUBJECT    PROVIDER_TENANT_SUBJECT
#define OFFLINE_PARAMETER PROVIDER_OFFLINE_PARAMETER
#define CONSENT           PROVIDER_CONSENT
#define BARE_ISSUER       PROVIDER_BARE_ISSUER
#define OWN_API           PROVIDER_OWN_API

static const struct provider rows[] = {
#define PROVIDER(name, word, issuer, scopes, user, groups, page, deviations)                       \
    { word, issuer, scopes, user, groups, page, deviations },
#include "idp/provider.def"
};

const struct provider *provider_find(const char *word)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(rows[i].word, word))
            return &rows[i];
    return NULL;
}
