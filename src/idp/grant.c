/* SPDX-License-Identifier: MIT */
#include "idp/grant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idp/oauth_error.h"
#include "net/fields.h"
#include "net/json.h"
#include "net/url.h"

enum { FIELDS_MOST = 12, WORD_MOST = 64, TOLD_MOST = 400, INTERVAL_S = 5, SLOWER_S = 5 };
enum { EXPIRES_MOST_S = 366 * 86400, DEVICE_MOST_S = 3600, INTERVAL_MOST_S = 60 };
enum { CODES_MOST = 16 };
enum { ASKED_MOST = 900 }; /* a conversation (wire/messages.def) has no room for many more */

void tokens_free(struct tokens *tokens)
{
    secret_free(&tokens->access);
    secret_free(&tokens->id);
    secret_free(&tokens->refresh);
}

void device_free(struct device *device)
{
    secret_free(&device->code);
}

/* Seconds; as it was if there are none. Some tell them as text. */
static enum outcome take_seconds(const struct json_at *top, const char *key, enum json_need need,
                                 int64_t least, int64_t most, int64_t *seconds, struct why *why)
{
    const char *text;

    if (json_get_text(top, key, need, WORD_MOST, &text, why) || !text)
        return json_get_number(top, key, need, least, most, seconds, why);
    size_t digits = strspn(text, "0123456789");
    if (!digits || text[digits])
        return fail(why, REASON_BAD_ANSWER, "%s.%s: expected a whole number", top->name, key);
    int64_t told = strtoll(text, NULL, 10); /* the largest there is, if it is larger */
    if (told < least || told > most)
        return fail(why, REASON_BAD_ANSWER, "%s.%s: out of range", top->name, key);
    *seconds = told;
    return OUTCOME_OK;
}

/* "access_token", "Bearer", perhaps the others. */
static enum outcome take_tokens(const struct json_at *top, struct tokens *tokens, struct why *why)
{
    const char *type;
    enum outcome out;

    if ((out = json_get_secret(top, "access_token", JSON_MUST, TOKEN_MOST, &tokens->access, why)) ||
        (out = json_get_secret(top, "id_token", JSON_MAY, TOKEN_MOST, &tokens->id, why)) ||
        (out =
             json_get_secret(top, "refresh_token", JSON_MAY, TOKEN_MOST, &tokens->refresh, why)) ||
        (out = json_get_text(top, "token_type", JSON_MUST, WORD_MOST, &type, why)) ||
        (out =
             take_seconds(top, "expires_in", JSON_MAY, 0, EXPIRES_MOST_S, &tokens->expires_s, why)))
        return out;
    return strcasecmp(type, "bearer")
               ? fail(why, REASON_BAD_ANSWER, "%s.token_type: expected Bearer", top->name)
               : OUTCOME_OK;
}

/* Entra's: of several the first that is known. They are in error_codes, and before what is told. */
static int64_t find_number(const struct json_at *top, const char *told)
{
    int64_t in_text = oauth_error_number(told), first = 0, number;
    struct json_list codes = { 0 };
    struct why why;

    (void)json_get_list(top, "error_codes", JSON_MAY, CODES_MOST, &codes, &why);
    for (size_t i = 0; codes.list && i < codes.count; i++) {
        if (!json_number_of(&codes, i, &number))
            continue;
        if (oauth_error_knows(number))
            return number;
        first = first ? first : number;
    }
    return first && !oauth_error_knows(in_text) ? first : in_text;
}

/* An error is an error whatever the status: Google's "pending" is 428. */
static enum outcome take_error(const struct json_at *top, bool *pending, bool *slower,
                               int64_t *number, struct why *why)
{
    char told[TOLD_MOST];
    const char *error;
    enum outcome out;

    if ((out = json_get_text(top, "error", JSON_MUST, WORD_MOST, &error, why)))
        return out;
    *slower = !strcmp(error, "slow_down");
    *pending = *slower || !strcmp(error, "authorization_pending");
    if (*pending)
        return OUTCOME_OK;
    json_get_words(top, "error_description", told, sizeof told);
    *number = find_number(top, told);
    return oauth_error_fail(error, *number, told, why);
}

/* An answer with an error, or with what was asked for. */
static enum outcome read_answer(const char *name, int status, const char *bytes, size_t length,
                                struct json **json, struct json_at *top, struct why *why)
{
    enum outcome out;

    if (oauth_error_is_busy(status))
        return fail(why, REASON_SERVER_BUSY, "status %d", status);
    if ((out = json_parse(name, bytes, length, TOKEN_ANSWER_MOST, json, top, why)))
        return fail_in(why, "status %d", status);
    if (!json_has(top, "error") && status != 200)
        return fail(why, REASON_BAD_ANSWER, "status %d without an error", status);
    return OUTCOME_OK;
}

enum outcome tokens_parse(int status, const char *bytes, size_t length, bool *pending, bool *slower,
                          struct tokens *tokens, struct why *why)
{
    json_auto *json = NULL;
    struct json_at top;
    enum outcome out;

    *pending = *slower = false;
    *tokens = (struct tokens){ .access = NULL };
    if ((out = read_answer("token", status, bytes, length, &json, &top, why)))
        return out;
    if (json_has(&top, "error"))
        return take_error(&top, pending, slower, &tokens->refusal, why);
    if ((out = take_tokens(&top, tokens, why)))
        tokens_free(tokens);
    return out;
}

static void add(struct field *fields, const char *name, const char *text,
                const struct secret *secret)
{
    size_t count = 0;

    while (fields[count].name)
        count++;
    if ((text || secret) && count + 1 < FIELDS_MOST)
        fields[count] = (struct field){ name, text, secret };
}

/* A public client names itself in the form. One with a secret proves itself, in the form or by a
 * header, and then not in the form too (RFC 6749 2.3). */
static enum outcome add_client(const struct grant *grant, enum client_method method,
                               struct field *form, struct field *header, struct secret **proof,
                               struct why *why)
{
    if (grant->client_secret && method == CLIENT_NEITHER)
        return fail(why, REASON_CLIENT_REFUSED,
                    "%s takes a secret neither in a form nor in a header",
                    grant->discovery->issuer);
    if (!grant->client_secret || method == CLIENT_POST) {
        add(form, "client_id", grant->client, NULL);
        add(form, "client_secret", NULL, grant->client_secret);
        return OUTCOME_OK;
    }
    if (!(*proof = client_proof(grant->client, grant->client_secret)))
        return fail_memory(why);
    *header = (struct field){ "Authorization", "Basic ", *proof };
    return OUTCOME_OK;
}

static enum outcome post(const struct grant *grant, const char *url, enum client_method method,
                         struct field *form, struct https_answer *answer, struct why *why)
{
    struct field headers[2] = { { 0 } };
    const struct https_request request = { .url = url,
                                           .headers = headers,
                                           .form = form,
                                           .accept = "application/json",
                                           .most = TOKEN_ANSWER_MOST };
    secret_auto *proof = NULL;
    enum outcome out = add_client(grant, method, form, headers, &proof, why);

    return out ? out
               : https_do(grant->https, &request, grant->budget_ms, grant->asker, answer, why);
}

static enum outcome ask(const struct grant *grant, struct field *form, bool *pending, bool *slower,
                        struct tokens *tokens, struct why *why)
{
    https_answer_auto answer = { 0 };
    enum outcome out =
        post(grant, grant->discovery->token, grant->discovery->token_method, form, &answer, why);

    if (!out)
        out = tokens_parse(answer.status, secret_peek(answer.body), secret_length(answer.body),
                           pending, slower, tokens, why);
    tokens->sent = answer.sent;
    tokens->wait_s = answer.wait_s;
    tokens->broke_down = answer.status >= 500 && answer.status != 503; /* RFC 9110 15.6.4 */
    return out ? fail_in(why, "the tokens of %s", grant->discovery->issuer) : OUTCOME_OK;
}

static enum outcome ask_once(const struct grant *grant, struct field *form, struct tokens *tokens,
                             struct why *why)
{
    bool pending, slower;
    enum outcome out = ask(grant, form, &pending, &slower, tokens, why);

    return !out && pending ? fail(why, REASON_BAD_ANSWER, "%s has nothing to be pending",
                                  grant->discovery->issuer)
                           : out;
}

/* "invalid_grant" is a wrong password only where one was sent. */
static enum outcome no_password(enum outcome out, enum reason instead, struct why *why)
{
    bool is_grant = why->reason == REASON_WRONG_PASSWORD || why->reason == REASON_NOT_TAKEN;

    return out && is_grant ? fail_as(why, instead) : out;
}

enum outcome grant_code(const struct grant *grant, const struct authorize *authorize,
                        const struct secret *code, struct tokens *tokens, struct why *why)
{
    struct field form[FIELDS_MOST] = { { "grant_type", "authorization_code", NULL },
                                       { "code", NULL, code },
                                       { "redirect_uri", REDIRECT_URI, NULL },
                                       { "code_verifier", NULL, authorize->verifier } };
    return no_password(ask_once(grant, form, tokens, why), REASON_TOKEN_EXPIRED, why);
}

enum outcome grant_refresh(const struct grant *grant, const struct secret *refresh,
                           struct tokens *tokens, struct why *why)
{
    struct field form[FIELDS_MOST] = { { "grant_type", "refresh_token", NULL },
                                       { "refresh_token", NULL, refresh } };
    add(form, "scope", grant->fewer_scopes, NULL);
    if (grant->audience)
        add(form, strstr(grant->audience, "://") ? "resource" : "audience", grant->audience, NULL);
    return no_password(ask_once(grant, form, tokens, why), REASON_TOKEN_EXPIRED, why);
}

enum outcome grant_password(const struct grant *grant, const char *user,
                            const struct secret *password, struct tokens *tokens, struct why *why)
{
    struct field form[FIELDS_MOST] = { { "grant_type", "password", NULL },
                                       { "username", user, NULL },
                                       { "password", NULL, password },
                                       { "scope", grant->scopes, NULL } };
    return ask_once(grant, form, tokens, why);
}

enum outcome grant_revoke(const struct grant *grant, const struct secret *refresh, struct why *why)
{
    struct field form[FIELDS_MOST] = { { "token", NULL, refresh },
                                       { "token_type_hint", "refresh_token", NULL } };
    https_answer_auto answer = { 0 };

    if (!*grant->discovery->revocation)
        return OUTCOME_OK;
    enum outcome out = post(grant, grant->discovery->revocation,
                            grant->discovery->revocation_method, form, &answer, why);
    if (!out && answer.status != 200)
        out = fail(why, oauth_error_is_busy(answer.status) ? REASON_SERVER_BUSY : REASON_BAD_ANSWER,
                   "status %d", answer.status);
    return out ? fail_in(why, "revoking a token of %s", grant->discovery->issuer) : OUTCOME_OK;
}

/* Google calls it verification_url. */
static enum outcome take_url(const struct json_at *top, struct device *device, struct why *why)
{
    bool googles = !json_has(top, "verification_uri") && json_has(top, "verification_url");
    const char *url, *whole;
    struct url parts;
    enum outcome out;

    if ((out = json_get_text(top, googles ? "verification_url" : "verification_uri", JSON_MUST,
                             DEVICE_URL_MOST, &url, why)) ||
        (out = json_get_text(top, "verification_uri_complete", JSON_MAY, DEVICE_URL_MOST, &whole,
                             why)) ||
        (out = web_url_check(url, &parts, why)) ||
        (whole && (out = web_url_check(whole, &parts, why))))
        return out;
    (void)strcpy(device->url, url);
    (void)strcpy(device->whole_url, whole ? whole : "");
    return OUTCOME_OK;
}

static enum outcome take_device(const struct json_at *top, struct device *device, struct why *why)
{
    const char *user_code;
    enum outcome out;

    if ((out = json_get_secret(top, "device_code", JSON_MUST, DEVICE_CODE_MOST, &device->code,
                               why)) ||
        (out = json_get_text(top, "user_code", JSON_MUST, USER_CODE_MOST, &user_code, why)) ||
        (out = take_url(top, device, why)) ||
        (out = take_seconds(top, "expires_in", JSON_MUST, 1, DEVICE_MOST_S, &device->expires_s,
                            why)) ||
        (out =
             take_seconds(top, "interval", JSON_MAY, 0, INTERVAL_MOST_S, &device->interval_s, why)))
        return out;
    (void)strcpy(device->user_code, user_code);
    int64_t least = (device->expires_s + ASKED_MOST - 1) / ASKED_MOST;
    if (device->interval_s < least)
        device->interval_s = least;
    return OUTCOME_OK;
}

enum outcome device_parse(int status, const char *bytes, size_t length, struct device *device,
                          struct why *why)
{
    json_auto *json = NULL;
    struct json_at top;
    bool pending, slower;
    int64_t number;
    enum outcome out;

    *device = (struct device){ .interval_s = INTERVAL_S };
    if ((out = read_answer("device", status, bytes, length, &json, &top, why)))
        return out;
    if (json_has(&top, "error")) {
        out = take_error(&top, &pending, &slower, &number, why);
        return out ? out : fail(why, REASON_BAD_ANSWER, "device.error: nothing can be pending yet");
    }
    if ((out = take_device(&top, device, why)))
        device_free(device);
    return out;
}

enum outcome grant_device(const struct grant *grant, struct device *device, struct why *why)
{
    struct field form[FIELDS_MOST] = { { "scope", grant->scopes, NULL } };
    https_answer_auto answer = { 0 };
    enum outcome out;

    *device = (struct device){ .code = NULL };
    if (!*grant->discovery->device)
        return fail(why, REASON_CLIENT_REFUSED, "%s has no device grant", grant->discovery->issuer);
    if (!(out = post(grant, grant->discovery->device, grant->discovery->token_method, form, &answer,
                     why)))
        out = device_parse(answer.status, secret_peek(answer.body), secret_length(answer.body),
                           device, why);
    out = no_password(out, REASON_BAD_ANSWER, why);
    return out ? fail_in(why, "a device code of %s", grant->discovery->issuer) : OUTCOME_OK;
}

enum outcome grant_device_poll(const struct grant *grant, struct device *device, bool *pending,
                               struct tokens *tokens, struct why *why)
{
    struct field form[FIELDS_MOST] = { { "grant_type",
                                         "urn:ietf:params:oauth:grant-type:device_code", NULL },
                                       { "device_code", NULL, device->code } };
    bool slower;

    enum outcome out = ask(grant, form, pending, &slower, tokens, why);
    if (!out && slower) /* section 3.5: for this and all that follow */
        device->interval_s += SLOWER_S;
    return no_password(out, REASON_DEVICE_EXPIRED, why);
}
