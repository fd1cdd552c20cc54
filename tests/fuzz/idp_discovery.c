/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "idp/algorithm.h"
#include "idp/discovery.h"
#include "net/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void trust(bool it)
{
    if (!it)
        __builtin_trap();
}

static void trust_endpoint(const char *endpoint, bool must)
{
    struct url parts;
    struct why why;

    trust(*endpoint
              ? !strncasecmp(endpoint, "https://", 8) && !web_url_check(endpoint, &parts, &why)
              : !must);
}

static void trust_all(const struct discovery *discovery)
{
    trust_endpoint(discovery->authorization, false);
    trust_endpoint(discovery->token, true);
    trust_endpoint(discovery->device, false);
    trust_endpoint(discovery->keys, true);
    trust_endpoint(discovery->userinfo, false);
    trust_endpoint(discovery->revocation, false);
    trust(discovery->algorithms && discovery->algorithms < ALGORITHM_BIT(ALGORITHM_COUNT));
}

/* Either the same, or "https://x.test/", a tenant that is a number or the template, "/v2.0". */
static void trust_issuer(const char *issuer, const char *published, bool tenants)
{
    size_t length = strlen(published);

    if (!strcmp(published, issuer))
        return;
    trust(tenants && !strncmp(published, "https://x.test/", 15));
    trust((length == 15 + 36 + 5 || !strncmp(published + 15, "{tenantid}/", 11)) &&
          !strcmp(published + length - 5, "/v2.0"));
    trust(strspn(published + 15, "0123456789abcdefABCDEF-{tenantid}") == length - 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const rows[][2] = { { "oidc", "https://x.test/common/v2.0" },
                                           { "entra", "https://x.test/common/v2.0" },
                                           { "google", "https://x.test" },
                                           { "entra", "https://x.test" },
                                           { "keycloak", "https://x.test/realms/a b" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct discovery discovery;
        struct why why = { 0 };
        if (discovery_parse(provider_find(rows[i][0]), rows[i][1], (const char *)data, size,
                            &discovery, &why)) {
            trust(why.reason == REASON_BAD_ANSWER || why.reason == REASON_OTHER_ISSUER);
            trust(*why.text && text_is_clean(why.text, strlen(why.text)));
            continue;
        }
        trust_issuer(rows[i][1], discovery.issuer, i == 1);
        trust_all(&discovery);
    }
    return 0;
}
