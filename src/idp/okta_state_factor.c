/* SPDX-License-Identifier: MIT
 *
 * The factors of an answer, and what lies in the one that a state is about.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "idp/okta_take.h"

enum { SHARED_MOST = 256, CREDENTIAL_MOST = 1400, TOUCH_MOST_S = 120 };

static const struct okta_factor_row factors[] = {
#define OKTA_FACTOR(type, provider, how, enroll, words)                                            \
    { type, provider, OKTA_##how, OKTA_##enroll, words },
#include "idp/okta.def"
};

const struct okta_factor_row *okta_factor_find(const char *type, const char *provider)
{
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (!strcmp(factors[i].type, type) && !strcmp(factors[i].provider, provider))
            return &factors[i];
    return NULL;
}

/* Which one of its kind it is. */
static enum outcome take_words(const struct json_at *at, struct okta_factor *factor,
                               struct why *why)
{
    static const char *const keys[] = { "questionText", "phoneNumber",       "email",
                                        "name",         "authenticatorName", "credentialId" };
    size_t count = sizeof keys / sizeof *keys;
    struct json_at profile;
    enum outcome out = json_get_object(at, "profile", JSON_MAY, &profile, why);

    if (out || !profile.object)
        return out;
    if (factor->row && factor->row->how == OKTA_KEY) {
        count--; /* nobody knows a key by that */
        if ((out = json_get_text(&profile, "credentialId", JSON_MAY, CREDENTIAL_MOST,
                                 &factor->credential, why)) ||
            (out =
                 json_get_text(&profile, "appId", JSON_MAY, OKTA_HREF_MOST, &factor->app_id, why)))
            return out;
    }
    for (size_t i = 0; !*factor->words && i < count; i++)
        json_get_words(&profile, keys[i], factor->words, sizeof factor->words);
    return OUTCOME_OK;
}

static enum outcome take_factor_links(const char *org, const struct json_at *at,
                                      struct okta_factor *factor, struct why *why)
{
    struct json_at links;
    enum outcome out = json_get_object(at, "_links", JSON_MAY, &links, why);

    if (out || !links.object)
        return out;
    if ((out = okta_take_link(org, &links, "verify", &factor->verify, why)) ||
        (out = okta_take_link(org, &links, "enroll", &factor->enroll, why)))
        return out;
    return okta_take_link(org, &links, "questions", &factor->questions, why);
}

/* RFC 4648 section 6, without its padding. */
static bool is_base32(const char *text)
{
    return !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")];
}

static enum outcome take_shared(const struct json_at *activation, struct okta_state *state,
                                struct why *why)
{
    enum outcome out;

    if ((out = json_get_number(activation, "keyLength", JSON_MAY, 4, 10, &state->digits, why)) ||
        (out = json_get_number(activation, "timeStep", JSON_MAY, 1, 3600, &state->period_s, why)))
        return out;
    if ((out = json_get_secret(activation, "sharedSecret", JSON_MAY, SHARED_MOST, &state->shared,
                               why)) ||
        !state->shared || is_base32(secret_peek(state->shared)))
        return out;
    return fail(why, REASON_BAD_ANSWER, "%s.sharedSecret: expected base32", activation->name);
}

static enum outcome take_app(const char *org, const struct json_at *activation,
                             struct okta_state *state, struct why *why)
{
    struct json_at links;
    enum outcome out = json_get_object(activation, "_links", JSON_MAY, &links, why);

    if (out || !links.object ||
        (out = okta_take_link(org, &links, "qrcode", &state->picture, why)) ||
        (out = okta_take_named(org, &links, "send", "sms", &state->by_sms, why)))
        return out;
    return okta_take_named(org, &links, "send", "email", &state->by_email, why);
}

/* Of an authenticator its seed, whatever else there is; of an app the links. */
static enum outcome take_activation(const char *org, const struct okta_factor *factor,
                                    const struct json_at *inside, struct okta_state *state,
                                    struct why *why)
{
    bool is_app = factor->row && factor->row->enroll == OKTA_PHONE_APP;
    struct json_at activation;
    enum outcome out = json_get_object(inside, "activation", JSON_MAY, &activation, why);

    if (out || !activation.object || state->shared)
        return out;
    return is_app ? take_app(org, &activation, state, why) : take_shared(&activation, state, why);
}

static enum outcome take_number(const struct json_at *inside, struct okta_state *state,
                                struct why *why)
{
    struct json_at challenge;
    const char *text;
    int64_t number = -1;
    enum outcome out = json_get_object(inside, "challenge", JSON_MAY, &challenge, why);

    if (out || !challenge.object)
        return out;
    if (!json_get_text(&challenge, "correctAnswer", JSON_MAY, sizeof state->number - 1, &text,
                       why) &&
        text) {
        (void)strcpy(state->number, text);
        return OUTCOME_OK;
    }
    if ((out = json_get_number(&challenge, "correctAnswer", JSON_MAY, 0, 999999, &number, why)))
        return out;
    if (number >= 0)
        (void)snprintf(state->number, sizeof state->number, "%" PRId64, number);
    return OUTCOME_OK;
}

/* What a security key is to sign: by WebAuthn a "challenge", by U2F a "nonce". */
static enum outcome take_challenge(const struct json_at *inside, struct okta_state *state,
                                   struct why *why)
{
    struct json_at challenge, extensions;
    const char *name, *verify;
    enum outcome out = json_get_object(inside, "challenge", JSON_MAY, &challenge, why);

    if (out || !challenge.object || state->challenge)
        return out;
    name = json_has(&challenge, "nonce") ? "nonce" : "challenge";
    if ((out = json_get_text(&challenge, name, JSON_MAY, OKTA_CHALLENGE_MOST, &state->challenge,
                             why)) ||
        (out = json_get_text(&challenge, "userVerification", JSON_MAY, OKTA_WORD, &verify, why)) ||
        (out = json_get_number(&challenge, "timeoutSeconds", JSON_MAY, 1, TOUCH_MOST_S,
                               &state->touch_s, why)) ||
        (out = json_get_object(&challenge, "extensions", JSON_MAY, &extensions, why)))
        return out;
    state->must_verify = verify && !strcmp(verify, "required");
    return extensions.object
               ? json_get_text(&extensions, "appid", JSON_MAY, OKTA_HREF_MOST, &state->app_id, why)
               : OUTCOME_OK;
}

/* What lies in the factor that the state is about. */
static enum outcome take_inside(const char *org, const struct json_at *at,
                                const struct okta_factor *factor, struct okta_state *state,
                                struct why *why)
{
    struct json_at inside;
    enum outcome out = json_get_object(at, "_embedded", JSON_MAY, &inside, why);

    if (out || !inside.object)
        return out;
    if ((out = take_activation(org, factor, &inside, state, why)) ||
        (out = take_number(&inside, state, why)))
        return out;
    return take_challenge(&inside, state, why);
}

static enum outcome take_factor(const char *org, const struct json_at *at,
                                struct okta_factor *factor, struct why *why)
{
    const char *set_up, *demand;
    enum outcome out;

    if ((out = json_get_text(at, "factorType", JSON_MUST, OKTA_WORD, &factor->type, why)) ||
        (out = json_get_text(at, "provider", JSON_MUST, OKTA_WORD, &factor->provider, why)) ||
        (out = json_get_text(at, "id", JSON_MAY, OKTA_WORD, &factor->id, why)) ||
        (out = json_get_text(at, "status", JSON_MAY, OKTA_WORD, &set_up, why)) ||
        (out = json_get_text(at, "enrollment", JSON_MAY, OKTA_WORD, &demand, why)))
        return out;
    factor->row = okta_factor_find(factor->type, factor->provider);
    if ((out = take_words(at, factor, why)))
        return out;
    factor->is_set_up = set_up && !strcmp(set_up, "ACTIVE");
    factor->is_required = demand && !strcmp(demand, "REQUIRED");
    return take_factor_links(org, at, factor, why);
}

/* All security keys of a type are asked at once, as one factor. */
static void join_keys(struct okta_state *state, const char *type, const struct okta_link *link)
{
    struct okta_factor *first = NULL;
    size_t kept = 0;

    for (size_t i = 0; i < state->factors; i++) {
        struct okta_factor *factor = &state->factor[i];
        bool is_key = factor->row && factor->row->how == OKTA_KEY && !strcmp(factor->type, type);
        if (is_key && first) {
            first->verify = *link;
            *first->words = '\0';
            continue;
        }
        state->factor[kept] = *factor;
        if (is_key)
            first = &state->factor[kept];
        kept++;
    }
    state->factors = kept;
}

/* Beside the list of factors there may be one of their types, with links of their own. */
static enum outcome take_types(const char *org, const struct json_at *embedded,
                               struct okta_state *state, struct why *why)
{
    struct okta_link link = { 0 };
    struct json_list list;
    struct json_at at, links;
    const char *type;
    enum outcome out =
        json_get_list(embedded, "factorTypes", JSON_OR_ONE, OKTA_FACTORS, &list, why);

    for (size_t i = 0; !out && i < list.count; i++) {
        if (!json_object_of(&list, i, &at))
            return fail(why, REASON_BAD_ANSWER, "%s: expected an object", at.name);
        if ((out = json_get_text(&at, "factorType", JSON_MUST, OKTA_WORD, &type, why)) ||
            (out = json_get_object(&at, "_links", JSON_MAY, &links, why)) ||
            (links.object && (out = okta_take_link(org, &links, "next", &link, why))))
            return out;
        if (links.object && link.href)
            join_keys(state, type, &link);
    }
    return out;
}

/* A list by the name of a single one has been seen, too. */
enum outcome okta_take_factors(const char *org, const struct json_at *embedded,
                               struct okta_state *state, struct why *why)
{
    const char *name = json_has(embedded, "factors") ? "factors" : "factor";
    struct json_list list;
    struct json_at at;
    enum outcome out = take_challenge(embedded, state, why);

    if (out || (out = json_get_list(embedded, name, JSON_OR_ONE, OKTA_FACTORS, &list, why)))
        return out;
    for (size_t i = 0; !out && i < list.count; i++) {
        if (!json_object_of(&list, i, &at))
            return fail(why, REASON_BAD_ANSWER, "%s: expected an object", at.name);
        if (!(out = take_factor(org, &at, &state->factor[i], why)))
            out = take_inside(org, &at, &state->factor[i], state, why);
        state->factors++;
    }
    return out ? out : take_types(org, embedded, state, why);
}
