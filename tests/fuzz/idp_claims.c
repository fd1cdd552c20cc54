/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "idp/id_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void trust(bool it)
{
    if (!it)
        __builtin_trap();
}

static void trust_text(const char *text, size_t most)
{
    trust(!text || (strlen(text) <= most && text_is_clean(text, strlen(text))));
}

static void trust_all(const struct id_token *id, const struct id_token_rules *rules)
{
    const char *nonce;
    struct why why;

    trust(!strcmp(id->issuer, "https://x.test/t1/v2.0") && !strcmp(id->tenant, "t1"));
    trust(*id->subject && id->signed_in && json_lists(&id->amr, "mfa"));
    trust(id->expires > rules->now - rules->skew_s && id->issued <= rules->now + rules->skew_s);
    trust(!json_get_text(&id->claims, "nonce", JSON_MUST, 9, &nonce, &why) && !strcmp(nonce, "n"));
    trust_text(id->subject, 255);
    trust_text(id->object, 64);
    trust_text(id->name, 1024);
    trust_text(id->preferred_username, 1024);
    trust_text(id->email, 1024);
    for (size_t i = 0; i < id->groups.count; i++)
        trust_text(json_text_of(&id->groups, i), 1024);
}

/* What was signed, whoever wrote it: what is taken keeps the rules. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const tenants[] = { "t1", NULL }, *const amr[] = { "mfa", NULL };
    static const struct jwk key = { .issuer = "https://x.test/{tenantid}/v2.0" };
    struct jwt jwt = { .algorithm = ALGORITHM_RS256, .key = &key };
    id_token_auto id = { 0 };
    struct why why = { 0 };
    secret_auto *access_token = secret_new(1);
    struct id_token_rules rules = {
        .issuer = "https://x.test/{tenantid}/v2.0",
        .tenants = tenants,
        .client = "c",
        .nonce = "n",
        .access_token = access_token,
        .amr = amr,
        .max_age_s = 600,
        .now = 1800000000,
        .skew_s = ID_TOKEN_SKEW_S,
    };

    jwt.payload = secret_new(size);
    if (access_token && jwt.payload && secret_append(jwt.payload, data, size)) {
        if (!id_token_read(&jwt, &rules, &id, &why))
            trust_all(&id, &rules);
        else
            trust(!id.document && why.reason && text_is_clean(why.text, strlen(why.text)));
    }
    jwt_close(&jwt);
    return 0;
}
