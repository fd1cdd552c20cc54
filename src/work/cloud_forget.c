/* SPDX-License-Identifier: MIT
 *
 * The end of what the keychain holds for an OpenID provider.
 */
#include <string.h>

#include "base/log.h"
#include "work/cloud.h"

enum { REVOKE_MS = 5000 };

/* What is of an issuer that is not the one of the settings any more is deleted, and not sent. */
struct secret *cloud_forget(struct cloud *cloud, bool and_password, struct why *why)
{
    struct errand *errand = cloud->errand;
    const struct item password = cloud_password_item(cloud, errand->request);
    const struct item item = cloud_token_item(cloud, errand->request);
    struct secret *token = NULL;

    *why = (struct why){ .reason = REASON_NONE };
    *errand->stored_id = '\0';
    (void)cloud_find_token(cloud, &item, &token, why);
    if (*errand->stored_id || why->reason == REASON_NOT_STORED)
        *why = (struct why){ .reason = REASON_NONE };
    if (*errand->stored_id) /* also of one that is not given out again */
        (void)keychain_remove(errand, &item, errand->stored_id, why);
    if (token)
        asker_event(errand->asker, why->reason ? "stored-refused" : "stored-unused");
    if (!cloud_knows(cloud))
        secret_free(&token);
    if (!and_password || !password.user || why->reason)
        return token;
    if (keychain_is_there(errand))
        (void)keychain_remove(errand, &password, "", why);
    else if (keychain_is_out_of_reach(errand))
        (void)fail(why, REASON_NO_KEYCHAIN, "the password of %s stays in it", password.user);
    return token;
}

void cloud_revoke(struct cloud *cloud, const struct secret *token)
{
    struct grant grant = *cloud_grant(cloud);
    struct why why;

    if (grant.budget_ms > REVOKE_MS)
        grant.budget_ms = REVOKE_MS;
    if (token && grant_revoke(&grant, token, &why))
        log_line(LOG_LEVEL_INFO, "%s", why.text);
}

static bool has_kept(const struct errand *errand)
{
    const char *remembered = errand_text(errand, SLOT_REMEMBERED);

    return errand_text(errand, SLOT_TOKEN_ITEM) || (remembered && !strcmp(remembered, "yes"));
}

void cloud_leave_other(struct cloud *cloud)
{
    struct errand *errand = cloud->errand;
    struct why why;

    if (!has_kept(errand) || cloud_is_same(errand))
        return;
    secret_auto *token = cloud_forget(cloud, true, &why);
    cloud_revoke(cloud, token);
    if (why.reason)
        asker_tell(errand->asker, "What the keychain holds of %s stays there: %s",
                   errand_text(errand, SLOT_PRINCIPAL), reason_sentence(why.reason));
}

/* With one token Keycloak and Google end all that the person has of us, also one that is kept. */
void cloud_drop(struct cloud *cloud, const struct secret *token)
{
    const struct errand *errand = cloud->errand;

    if (!message_has(errand->result, SLOT_TOKEN_ITEM) &&
        !(errand_text(errand, SLOT_TOKEN_ITEM) && cloud_is_same(errand)))
        cloud_revoke(cloud, token);
}
