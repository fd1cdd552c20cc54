/* SPDX-License-Identifier: MIT */
#include "idp/id_token.h"

#include <gnutls/crypto.h>
#include <inttypes.h>
#include <string.h>

#include "base/base64.h"

enum { ISSUER_MOST = 512, SUBJECT_MOST = 255, NAME_MOST = 1024, GROUPS_MOST = 8192 };

/* One that would live longer is a mistake: they live minutes to a day. */
static const int64_t life_most_s = 366 * 86400L, time_most = 1LL << 53;

/* The pattern itself, or with the tenant in the place of "{tenantid}". */
static bool issuer_is(const char *pattern, const char *tenant, const char *issuer)
{
    static const char hole[] = "{tenantid}";
    const char *at = strstr(pattern, hole);

    if (!at)
        return !strcmp(pattern, issuer);
    size_t before = (size_t)(at - pattern), length = tenant ? strlen(tenant) : 0;
    return length && strlen(issuer) > before + length && !strncmp(issuer, pattern, before) &&
           !strncmp(issuer + before, tenant, length) &&
           !strcmp(issuer + before + length, at + sizeof hole - 1);
}

static bool is_in(const char *text, const char *const *list)
{
    for (; text && *list; list++)
        if (!strcmp(text, *list))
            return true;
    return false;
}

/* The issuer without its scheme, to the letter. */
static bool is_bare(const char *issuer, const char *text)
{
    static const char scheme[] = "https://";

    return !strncmp(issuer, scheme, sizeof scheme - 1) && !strcmp(issuer + sizeof scheme - 1, text);
}

static enum outcome check_issuer(const struct jwk *key, const struct id_token_rules *rules,
                                 struct id_token *id, struct why *why)
{
    enum outcome out;

    if (strchr(rules->issuer, '{') && !(rules->tenants && *rules->tenants))
        return fail(why, REASON_BAD_SETTING, "no tenant is named that may sign in");
    if ((out = json_get_text(&id->claims, "iss", JSON_MUST, ISSUER_MOST, &id->issuer, why)) ||
        (out = json_get_text(&id->claims, "tid", JSON_MAY, 64, &id->tenant, why)))
        return out;
    if (rules->bare_issuer && is_bare(rules->issuer, id->issuer))
        id->issuer = rules->issuer;
    if (!issuer_is(rules->issuer, id->tenant, id->issuer))
        return fail(why, REASON_BAD_TOKEN, "claims.iss: expected %s", rules->issuer);
    if (key->issuer && !issuer_is(key->issuer, id->tenant, id->issuer))
        return fail(why, REASON_BAD_TOKEN, "its key is for another issuer");
    if (rules->tenants && !is_in(id->tenant, rules->tenants))
        return fail(why, REASON_OTHER_TENANT, "claims.tid: not a tenant that may sign in");
    return OUTCOME_OK;
}

/* Others for whom it is too are others who could have passed it on to us. */
static enum outcome check_audience(const struct id_token_rules *rules, const struct id_token *id,
                                   struct why *why)
{
    struct json_list audience;
    const char *party;
    enum outcome out;

    if ((out = json_get_texts(&id->claims, "aud", JSON_MUST | JSON_OR_ONE, 16, 512, &audience,
                              why)) ||
        (out = json_get_text(&id->claims, "azp", JSON_MAY, 512, &party, why)))
        return out;
    if (!json_lists(&audience, rules->client))
        return fail(why, REASON_BAD_TOKEN, "claims.aud: not for us");
    for (size_t i = 0; i < audience.count; i++)
        if (strcmp(json_text_of(&audience, i), rules->client) != 0)
            return fail(why, REASON_BAD_TOKEN, "claims.aud: for others too");
    if (party && strcmp(party, rules->client) != 0)
        return fail(why, REASON_BAD_TOKEN, "claims.azp: issued to another");
    return OUTCOME_OK;
}

static enum outcome check_times(const struct id_token_rules *rules, struct id_token *id,
                                struct why *why)
{
    int64_t not_before = 0, now = rules->now, soon = now + rules->skew_s;
    enum outcome out;

    if ((out = json_get_number(&id->claims, "exp", JSON_MUST, 0, time_most, &id->expires, why)) ||
        (out = json_get_number(&id->claims, "iat", JSON_MUST, 0, time_most, &id->issued, why)) ||
        (out = json_get_number(&id->claims, "nbf", JSON_MAY, 0, time_most, &not_before, why)))
        return out;
    if (now - rules->skew_s >= id->expires)
        return fail(why, REASON_TOKEN_TIME,
                    "claims.exp: it ended %" PRId64 " s ago, by this computer's clock",
                    now - id->expires);
    if (id->issued > soon)
        return fail(why, REASON_TOKEN_TIME,
                    "claims.iat: issued in %" PRId64 " s, by this computer's clock",
                    id->issued - now);
    if (not_before > soon)
        return fail(why, REASON_TOKEN_TIME,
                    "claims.nbf: not valid for %" PRId64 " s, by this computer's clock",
                    not_before - now);
    if (id->expires > now + life_most_s)
        return fail(why, REASON_BAD_TOKEN, "claims.exp: too far ahead");
    return OUTCOME_OK;
}

/* In constant time, for texts of one length. */
static bool is_same(const char *one, const char *other)
{
    return strlen(one) == strlen(other) && !gnutls_memcmp(one, other, strlen(one));
}

static enum outcome check_nonce(const struct id_token_rules *rules, const struct id_token *id,
                                struct why *why)
{
    const char *nonce;
    enum outcome out;

    if (rules->no_nonce)
        return OUTCOME_OK;
    if ((out = json_get_text(&id->claims, "nonce", JSON_MUST, 255, &nonce, why)))
        return out;
    if (!is_same(nonce, rules->nonce))
        return fail(why, REASON_BAD_TOKEN, "claims.nonce: not the one that was sent");
    return OUTCOME_OK;
}

/* The left half of the hash that goes with the signature's algorithm (3.1.3.6, 3.3.2.11). */
static enum outcome check_hash(const char *name, const struct secret *of, enum algorithm algorithm,
                               const struct id_token *id, struct why *why)
{
    gnutls_digest_algorithm_t digest = algorithm_facts(algorithm)->digest;
    unsigned char hash[64];
    char expected[BASE64URL_TEXT(sizeof hash)];
    const char *claimed;
    enum outcome out;

    if ((out = json_get_text(&id->claims, name, JSON_MAY, 128, &claimed, why)) || !claimed || !of)
        return out;
    if (gnutls_hash_fast(digest, secret_peek(of), secret_length(of), hash))
        return fail(why, REASON_BROKEN, "GnuTLS cannot hash");
    base64url_encode(hash, gnutls_hash_get_len(digest) / 2, expected);
    if (!is_same(claimed, expected))
        return fail(why, REASON_BAD_TOKEN, "claims.%s: not of what came with it", name);
    return OUTCOME_OK;
}

static enum outcome check_sign_in(const struct id_token_rules *rules, struct id_token *id,
                                  struct why *why)
{
    enum json_need need = rules->max_age_s ? JSON_MUST : JSON_MAY;
    enum outcome out;

    if ((out =
             json_get_number(&id->claims, "auth_time", need, 0, time_most, &id->signed_in, why)) ||
        (out = json_get_text(&id->claims, "acr", JSON_MAY, 512, &id->acr, why)) ||
        (out = json_get_texts(&id->claims, "amr", JSON_MAY | JSON_OR_ONE, 32, 128, &id->amr, why)))
        return out;
    if (rules->max_age_s && rules->now - id->signed_in > rules->max_age_s + rules->skew_s)
        return fail(why, REASON_SIGN_IN_TOO_OLD, "claims.auth_time: %" PRId64 " s ago",
                    rules->now - id->signed_in);
    if (id->signed_in > rules->now + rules->skew_s)
        return fail(why, REASON_TOKEN_TIME, "claims.auth_time: in the future");
    if (rules->acr && !is_in(id->acr, rules->acr))
        return fail(why, REASON_NO_SECOND_FACTOR, "claims.acr: not one that is demanded");
    for (const char *const *amr = rules->amr; amr && *amr; amr++)
        if (json_lists(&id->amr, *amr))
            return OUTCOME_OK;
    return rules->amr ? fail(why, REASON_NO_SECOND_FACTOR, "claims.amr: none that is demanded")
                      : OUTCOME_OK;
}

/* Entra tells of groups that are too many by _claim_names, or by hasgroups. */
static enum outcome read_groups(struct id_token *id, struct why *why)
{
    struct json_at names;
    enum outcome out;

    if ((out = json_get_texts(&id->claims, "groups", JSON_MAY | JSON_OR_ONE, GROUPS_MOST, NAME_MOST,
                              &id->groups, why)) ||
        (out = json_get_object(&id->claims, "_claim_names", JSON_MAY, &names, why)))
        return out;
    id->groups_elsewhere =
        json_has(&id->claims, "hasgroups") || (names.object && json_has(&names, "groups"));
    return OUTCOME_OK;
}

static enum outcome read_person(const struct id_token_rules *rules, struct id_token *id,
                                struct why *why)
{
    const struct json_at *claims = &id->claims;
    enum outcome out;

    if ((out = json_get_text(claims, "sub", JSON_MUST, SUBJECT_MOST, &id->subject, why)) ||
        (out = json_get_text(claims, "oid", JSON_MAY, 64, &id->object, why)) ||
        (out = json_get_text(claims, "name", JSON_MAY, NAME_MOST, &id->name, why)) ||
        (out = json_get_text(claims, "preferred_username", JSON_MAY, NAME_MOST,
                             &id->preferred_username, why)) ||
        (out = json_get_text(claims, "email", JSON_MAY, NAME_MOST, &id->email, why)))
        return out;
    if (rules->subject && strcmp(id->subject, rules->subject) != 0)
        return fail(why, REASON_OTHER_PERSON, "claims.sub: not who signed in before");
    return read_groups(id, why);
}

/* The caller's mistakes. */
static bool rules_are_whole(const struct id_token_rules *rules)
{
    return rules->keys && rules->algorithms && rules->issuer && *rules->issuer && rules->client &&
           *rules->client && (rules->no_nonce ? !rules->nonce : rules->nonce && *rules->nonce) &&
           rules->now > 0 && rules->now < time_most && rules->skew_s >= 0 &&
           rules->skew_s <= ID_TOKEN_SKEW_MOST_S && rules->max_age_s >= 0 &&
           rules->max_age_s < time_most;
}

static enum outcome hold_against(const struct jwt *jwt, const struct id_token_rules *rules,
                                 struct id_token *id, struct why *why)
{
    enum outcome out;

    if ((out = json_parse("claims", secret_peek(jwt->payload), secret_length(jwt->payload),
                          JWT_MOST, &id->document, &id->claims, why)) ||
        (out = check_issuer(jwt->key, rules, id, why)) || (out = check_audience(rules, id, why)) ||
        (out = check_times(rules, id, why)) || (out = check_nonce(rules, id, why)) ||
        (out = check_hash("at_hash", rules->access_token, jwt->algorithm, id, why)) ||
        (out = check_hash("c_hash", rules->code, jwt->algorithm, id, why)) ||
        (out = check_sign_in(rules, id, why)))
        return out;
    return read_person(rules, id, why);
}

enum outcome id_token_read(const struct jwt *jwt, const struct id_token_rules *rules,
                           struct id_token *id, struct why *why)
{
    enum outcome out;

    *id = (struct id_token){ 0 };
    if ((out = hold_against(jwt, rules, id, why))) {
        id_token_free(id);
        out = why->reason == REASON_BAD_ANSWER ? fail_as(why, REASON_BAD_TOKEN) : out;
    }
    return out;
}

enum outcome id_token_check(const struct secret *token, const struct id_token_rules *rules,
                            struct id_token *id, struct why *why)
{
    jwt_auto jwt = { 0 };
    enum outcome out;

    *id = (struct id_token){ 0 };
    if (!rules_are_whole(rules))
        return fail(why, REASON_BROKEN, "the rules for ID tokens are not whole");
    if ((out = jwt_open(token, rules->keys, rules->algorithms, &jwt, why)) ||
        (out = id_token_read(&jwt, rules, id, why)))
        return fail_in(why, "ID token");
    return OUTCOME_OK;
}

void id_token_free(struct id_token *id)
{
    json_free(&id->document);
    *id = (struct id_token){ 0 };
}
