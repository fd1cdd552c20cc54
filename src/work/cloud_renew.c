/* SPDX-License-Identifier: MIT
 *
 * What the keychain keeps of a sign-in at an OpenID provider goes on: renew, and a sign-in without
 * the person.
 */
#include <stdio.h>

#include "work/cloud.h"

/* What the provider says now of who is remembered. */
static enum outcome take_same(struct cloud *cloud, const struct tokens *tokens, struct why *why)
{
    const struct cloud_check check = { .is_refresh = true };
    struct errand *errand = cloud->errand;
    static const enum slot of_sign_in[] = { SLOT_AMR, SLOT_ACR }; /* and not of this token */
    id_token_auto id = { .document = NULL };
    enum outcome out;

    if (!tokens->id) {
        cloud_same_facts(cloud, tokens);
        return OUTCOME_OK;
    }
    if ((out = cloud_id_token(cloud, tokens, &check, &id, why)) ||
        (out = cloud_same_person(cloud, &id, why)) || (out = cloud_facts(cloud, &id, tokens, why)))
        return out;
    for (size_t i = 0; i < sizeof of_sign_in / sizeof *of_sign_in; i++) {
        const char *then = errand_text(errand, of_sign_in[i]);
        if (then)
            message_drop(errand->result, of_sign_in[i]);
        message_add(errand->result, of_sign_in[i], then);
    }
    cloud_same_rights(cloud);
    return OUTCOME_OK;
}

/* The same person, by the token that the keychain keeps. Of an answer that cannot be believed
 * nothing stays but the token for the next time; not even that if it is about somebody else. */
enum outcome cloud_by_stored(struct cloud *cloud, struct why *why)
{
    struct errand *errand = cloud->errand;
    tokens_auto tokens = { .access = NULL };
    char item[KEYCHAIN_ID];
    enum outcome out = cloud_refresh(cloud, &tokens, why);

    if (out)
        return out;
    const char *kept = message_text(errand->result, SLOT_TOKEN_ITEM);
    (void)snprintf(item, sizeof item, "%s", kept ? kept : "");
    if ((out = take_same(cloud, &tokens, why))) {
        message_drop_facts(errand->result);
        message_add_facts(errand->result, errand->request);
    }
    message_drop(errand->result, SLOT_TOKEN_ITEM);
    if (*item)
        message_add(errand->result, SLOT_TOKEN_ITEM, item);
    else
        message_drop(errand->result, SLOT_REMEMBERED);
    if (out && why->reason == REASON_OTHER_PERSON)
        cloud_end_stay(cloud);
    return out;
}

/* Where a refusal counts as a sign-in there is a password, and nothing else. */
static enum outcome renew_password(struct cloud *cloud, enum outcome out, struct why *why)
{
    const struct tokens nothing = { .access = NULL };
    struct errand *errand = cloud->errand;
    bool alone = !errand_text(errand, SLOT_SUBJECT) || !cloud_has_tokens(cloud);
    struct why password;

    if (!cloud_verify(cloud, &password)) {
        if (alone)
            cloud_same_facts(cloud, &nothing);
        return alone ? OUTCOME_OK : out;
    }
    if (password.reason == REASON_NOT_STORED)
        return out;
    if (alone && password.reason == REASON_WRONG_PASSWORD) {
        message_add_facts(errand->result, errand->request);
        cloud_end_stay(cloud);
    }
    if (alone || password.reason == REASON_WRONG_PASSWORD || !out) {
        *why = password;
        out = reason_outcome(password.reason);
    }
    return out;
}

/* What is kept still holds, says the provider: the token, and the password. */
enum outcome cloud_renew(struct errand *errand, struct why *why)
{
    cloud_auto cloud = { .errand = NULL };
    enum outcome out;

    if (!errand_text(errand, SLOT_PRINCIPAL) ||
        message_number(errand->request, SLOT_STAYS_SIGNED_OUT, 0))
        return fail(why, REASON_NOT_SIGNED_IN, "identity %s", errand->identity);
    if ((out = cloud_open(errand, &cloud, why)))
        return out;
    out = cloud_by_stored(&cloud, why);
    if (out && why->reason == REASON_NOT_SIGNED_IN)
        return out;
    return cloud_takes_password(&cloud) ? renew_password(&cloud, out, why) : out;
}
